using System.Diagnostics;
using AuditTracker.Platform.Files;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

/// <summary>
/// A file of 2 GiB into the blob store, directly and as a multipart upload that curl sends over HTTP, beside <c>openssl dgst -sha256</c> plus <c>dd conv=fsync</c> of the same file.
/// Goal: at most 150 MiB and at least 60 % of that speed (time ≤ the two commands' time ÷ 0.6).
/// </summary>
public static class UploadBenchmark
{
    private const long Size = 2L << 30;

    private const double Least = 0.6;
    private const long Most = 150L << 20;

    public static async Task<int> RunAsync()
    {
        var folder = Path.Combine(Environment.GetEnvironmentVariable("BENCHMARK_FOLDER") ?? Path.GetTempPath(), $"upload-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            var source = Path.Combine(folder, "source");
            await WriteRandomAsync(source);
            var idle = Peak();
            var (stored, sent) = (new List<double>(), new List<double>());
            for (var round = 1; round <= 3; round++)
            {
                var digest = await CommandAsync("openssl", "dgst", "-sha256", source);
                var copy = await CommandAsync("dd", $"if={source}", $"of={folder}/copy", "bs=1M", "conv=fsync", "status=none");
                File.Delete($"{folder}/copy");

                var store = new BlobStore(Path.Combine(folder, $"blobs-{round}"));
                var watch = Stopwatch.StartNew();
                await using (var stream = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous | FileOptions.SequentialScan))
                {
                    await store.SaveAsync(stream, Size, CancellationToken.None);
                }

                var saved = watch.Elapsed;
                Directory.Delete(Path.Combine(folder, $"blobs-{round}"), recursive: true);
                var uploaded = await OverHttpAsync(source, Path.Combine(folder, $"http-{round}"));
                stored.Add((digest + copy) / saved);
                sent.Add((digest + copy) / uploaded);
                Console.WriteLine($"      round {round}: store {saved.TotalSeconds:F2} s, HTTP {uploaded.TotalSeconds:F2} s; openssl {digest.TotalSeconds:F2} s + dd {copy.TotalSeconds:F2} s");
            }
            var isSmall = Peak() <= Most;
            Console.WriteLine($"{Said(Median(stored) >= Least)}  2 GiB into the store at {Median(stored):P0} of the commands' speed (goal {Least:P0})");
            Console.WriteLine($"{Said(Median(sent) >= Least)}  2 GiB uploaded at {Median(sent):P0} of their speed");
            Console.WriteLine($"{Said(isSmall)}  peak {Peak() >> 20} MiB, {idle >> 20} MiB when idle (goal {Most >> 20} MiB)");
            return Median(stored) >= Least && Median(sent) >= Least && isSmall ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Said(bool holds) => holds ? "PASS" : "over";

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task<TimeSpan> OverHttpAsync(string source, string blobs)
    {
        var store = new BlobStore(blobs);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapPost("/", async (HttpContext http) =>
            (await MultipartUpload.ReadAsync(http, store, new UploadLimits(), null, http.RequestAborted)).Files.Single().Blob.Size == Size ? Results.Ok() : Results.BadRequest());
        await app.StartAsync();
        var time = await CommandAsync("curl", "-sf", "-H", "Expect:", "-F", "note=benchmark", "-F", $"file=@{source}", app.Urls.Single());
        Directory.Delete(blobs, recursive: true);
        return time;
    }

    private static async Task WriteRandomAsync(string path)
    {
        var part = new byte[1 << 20];
        await using var file = File.Create(path, 0);
        for (long written = 0; written < Size; written += part.Length)
        {
            Random.Shared.NextBytes(part);
            await file.WriteAsync(part);
        }

        file.Flush(flushToDisk: true);
    }

    private static async Task<TimeSpan> CommandAsync(string name, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? watch.Elapsed : throw new InvalidOperationException($"{name} ended with {process.ExitCode}.");
    }

    private static long Peak()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
