using AuditTracker.Benchmarks;

var rest = args.Skip(1).ToArray();
switch (args.FirstOrDefault())
{
    case "workbook": return await WorkbookBenchmark.RunAsync(rest);
    default:
        Console.WriteLine("Say which: workbook");
        return 2;
}
