using AuditTracker.Benchmarks;

var rest = args.Skip(1).ToArray();
switch (args.FirstOrDefault())
{
    case "workbook": return await WorkbookBenchmark.RunAsync(rest);
    case "lists": return await ListBenchmark.RunAsync(rest);
    case "planning": return await PlanningBenchmark.RunAsync(rest);
    case "trail": return await TrailBenchmark.RunAsync(rest);
    case "training": return await TrainingBenchmark.RunAsync(rest);
    case "mail": return await MailBenchmark.RunAsync(rest);
    case "upload": return await UploadBenchmark.RunAsync();
    default:
        Console.WriteLine("Say which: workbook, lists, planning, trail, training, mail, upload");
        return 2;
}
