using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using AuditTracker.Platform.Workbooks;

namespace AuditTracker.Benchmarks;

/// <summary>
/// Writing a register of 10 mixed columns against merely deflating the very same sheet XML at the same level, turn by turn in one run,
/// and the memory it takes in a process that does nothing else. <c>workbook [ROWS] [ROUNDS]</c>
/// </summary>
internal static class WorkbookBenchmark
{
    private const double RatioGoal = 1.3;
    private const double MemoryGoalMiB = 80;
    private const int PythonRows = 100_000;

    private static readonly string[] Names = ["田中 美咲", "髙﨑 濵邊", "伊藤 健", "佐藤 由紀子", "鈴木 一郎", "Maria Santos", "渡邉 翔太"];
    private static readonly string[] Titles = ["アクセス権の棚卸し", "バックアップ結果の確認", "入退室記録の点検", "教育実施記録", "委託先の評価", "脆弱性診断の報告", "ログの確認"];

    internal static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["memory", var count])
            return await MeasureMemoryAsync(int.Parse(count, CultureInfo.InvariantCulture));
        var rows = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1_000_000;
        var rounds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 5;
        Console.WriteLine($"{rows:N0} rows x 10 mixed cells, level {WorkbookWriter.Level}, {rounds} rounds, {Environment.ProcessorCount} cores, .NET {Environment.Version}");

        var memory = MemoryInOwnProcess(rows);
        var (xml, fileSize) = await SheetXmlAsync(rows);
        Console.WriteLine($"sheet XML {xml.Sum(chunk => (long)chunk.Length) / 1048576.0:N0} MiB, file {fileSize / 1048576.0:N1} MiB");

        await WriteAsync(Stream.Null, Math.Min(rows, 50_000));
        await DeflateAsync(xml.Take(50));
        List<double> writer = [], deflate = [], ratios = [];
        for (var round = 0; round < rounds; round++)
        {
            // Taking turns at going first keeps a machine that warms up or slows down from favouring one side.
            if (round % 2 == 0)
                deflate.Add(await TimeAsync(() => DeflateAsync(xml)));
            writer.Add(await TimeAsync(() => WriteAsync(Stream.Null, rows)));
            if (round % 2 == 1)
                deflate.Add(await TimeAsync(() => DeflateAsync(xml)));
            ratios.Add(writer[round] / deflate[round]);
            Console.WriteLine($"  round {round + 1}: writer {writer[round]:N2} s, deflate {deflate[round]:N2} s, ratio {ratios[round]:N2}");
        }
        Console.WriteLine($"writer {Median(writer):N2} s, deflating the same XML {Median(deflate):N2} s (medians)");
        var fast = Report("ratio", Median(ratios), RatioGoal, "");
        var small = Report("memory over idle", memory, MemoryGoalMiB, " MiB");
        await ComparePythonAsync();
        return fast && small ? 0 : 1;
    }

    private static async Task WriteAsync(Stream stream, int rows)
    {
        await using var workbook = await WorkbookWriter.CreateAsync(stream, new WorkbookProperties("Benchmark", "AuditTracker", new DateTime(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc)));
        var sheet = await workbook.BeginSheetAsync(new SheetSetup("明細") { Columns = [8, 12, 16, 30, 24, 12, 18, 10, 12, 14], FrozenRows = 1, RepeatedRows = (1, 1), FilterRow = 1 });
        await sheet.RowAsync();
        foreach (var head in new[] { "No.", "社員番号", "氏名", "名称", "ファイル", "期限", "提出", "大きさ", "割合", "状態" })
            sheet.Text(head, CellStyle.Heading);
        var start = new DateTime(2026, 4, 1, 0, 0, 0, DateTimeKind.Utc);
        var day = new DateOnly(2026, 4, 1);
        var random = new Random(20261124);
        for (var i = 1; i <= rows; i++)
        {
            await sheet.RowAsync();
            var n = random.Next(1_000_000);
            sheet.Number(i);
            sheet.Text(n.ToString("000000", CultureInfo.InvariantCulture), CellStyle.Code);
            sheet.Text(Names[n % 7]);
            sheet.Text(Titles[n % 5]);
            sheet.Text($"E-{n:000000}_evidence.xlsx");
            sheet.Date(day.AddDays(n % 365));
            sheet.Instant(start.AddSeconds(n * 31L));
            sheet.Number(n * 37L);
            sheet.Number(n / 100m);
            sheet.Text(n % 9 == 0 ? "期限切れ" : "受領", n % 9 == 0 ? CellStyle.Late : CellStyle.Done);
        }
        await workbook.CompleteAsync();
    }

    private static async Task DeflateAsync(IEnumerable<byte[]> chunks)
    {
        await using var deflate = new DeflateStream(Stream.Null, WorkbookWriter.Level);
        foreach (var chunk in chunks)
            await deflate.WriteAsync(chunk);
    }

    /// <summary>The sheet's XML as the writer made it, in the pieces it writes.</summary>
    private static async Task<(List<byte[]> Xml, long FileSize)> SheetXmlAsync(int rows)
    {
        var path = Path.GetTempFileName();
        try
        {
            await using (var file = File.Create(path))
                await WriteAsync(file, rows);
            using var zip = ZipFile.OpenRead(path);
            await using var part = zip.GetEntry("xl/worksheets/sheet1.xml")!.Open();
            var chunks = new List<byte[]>();
            var buffer = new byte[64 * 1024];
            for (int read; (read = await part.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false)) > 0;)
                chunks.Add(buffer[..read]);
            return (chunks, new FileInfo(path).Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double MemoryInOwnProcess(int rows)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["workbook", "memory", $"{rows}"]) { RedirectStandardOutput = true };
        // Started as "dotnet X.dll" the process is dotnet itself.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Insert(0, typeof(WorkbookBenchmark).Assembly.Location);
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0 ? double.Parse(output.Trim(), CultureInfo.InvariantCulture) : throw new InvalidOperationException("The memory run failed: " + output);
    }

    /// <summary>Peak resident memory over that of the idle process, in MiB.</summary>
    private static async Task<int> MeasureMemoryAsync(int rows)
    {
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        var idle = self.WorkingSet64;
        await WriteAsync(Stream.Null, rows);
        self.Refresh();
        Console.WriteLine(FormattableString.Invariant($"{(self.PeakWorkingSet64 - idle) / 1048576.0:F1}"));
        return 0;
    }

    private static async Task ComparePythonAsync()
    {
        var ours = await TimeAsync(() => WriteAsync(Stream.Null, PythonRows));
        Console.WriteLine($"{PythonRows:N0} rows: this writer {ours:N2} s");
        foreach (var module in new[] { "xlsxwriter", "openpyxl" })
        {
            var script = Path.Combine(AppContext.BaseDirectory, "workbook.py");
            var start = new ProcessStartInfo("python3", [script, module, $"{PythonRows}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            try
            {
                using var python = Process.Start(start)!;
                var output = (await python.StandardOutput.ReadToEndAsync()).Trim();
                await python.WaitForExitAsync();
                Console.WriteLine(python.ExitCode == 0 ? $"{PythonRows:N0} rows: {module} {output} s ({double.Parse(output, CultureInfo.InvariantCulture) / ours:N1}x ours)" : $"{module}: not measured, python3 cannot import it here");
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Console.WriteLine($"{module}: not measured, there is no python3 here");
            }
        }
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        GC.Collect();
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalSeconds;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static bool Report(string what, double value, double goal, string unit)
    {
        Console.WriteLine($"{(value <= goal ? "PASS" : "over")}  {what} {value:N2}{unit} (goal {goal:N1}{unit})");
        return value <= goal;
    }
}
