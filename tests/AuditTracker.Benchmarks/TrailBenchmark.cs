using System.Diagnostics;
using System.Globalization;
using AuditTracker.Commands;
using AuditTracker.Platform.Database;
using AuditTracker.Trail;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AuditTracker.Benchmarks;

/// <summary>
/// The sealed trail beside the bare work: verifying the living database beside <c>copy … to stdout</c> of the same rows (at most 1.5 times), an exported segment beside
/// <c>openssl dgst -sha256</c> over the same file (at least half as fast), and writers with and without the sealer (at most a tenth more time).
/// </summary>
public static class TrailBenchmark
{
    private const double Verifying = 1.5, Segment = 0.5, Sealing = 1.10;
    private static readonly TimeSpan Writing = TimeSpan.FromSeconds(6);

    public static async Task<int> RunAsync(string[] args)
    {
        var (entries, rounds) = (args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200_000, args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5);
        var data = Path.Combine(Environment.GetEnvironmentVariable("BENCHMARK_FOLDER") ?? Path.GetTempPath(), "trail");
        var settings = Settings.From(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["AuditTracker:Data"] = data, ["AuditTracker:Port"] = "0" }).Build());
        await using var installation = await Installation.OpenAsync(settings, mayCreate: true);
        await installation.MigrateAsync();
        await using var services = new ServiceCollection().AddLogging().AddRooms(installation).BuildServiceProvider();
        await SeedAsync(services, installation.Owner, entries);
        var passed = await VerifyAsync(services, installation.Owner, rounds);
        passed &= await SegmentAsync(services, data, rounds);
        passed &= await SealAsync(services, rounds);
        return passed ? 0 : 1;
    }

    private static async Task<bool> VerifyAsync(IServiceProvider services, string owner, int rounds)
    {
        var (ours, rows, bare, verdict) = (new List<double>(), new List<double>(), new List<double>(), default(Verdict)!);
        for (var round = 0; round <= rounds; round++)
        {
            // The first round compiles and fills caches.
            var copied = await CopyAsync(owner);
            var watch = Stopwatch.StartNew();
            verdict = await services.GetRequiredService<VerifyTrail>().RunAsync();
            var took = watch.Elapsed.TotalMilliseconds;
            watch.Restart();
            var withRows = await services.GetRequiredService<VerifyTrail>().RunAsync(withRows: true);
            if (!verdict.IsSound || !withRows.IsSound)
            {
                Console.WriteLine($"over  the trail is not sound: {verdict.Findings.Concat(withRows.Findings).First()}");
                return false;
            }
            if (round > 0)
            {
                bare.Add(copied);
                ours.Add(took);
                rows.Add(watch.Elapsed.TotalMilliseconds - took);
            }
        }
        var pass = Median(ours) <= Verifying * Median(bare);
        Console.WriteLine($"{(pass ? "PASS" : "over")}  verifying {verdict.Entries} entries: {Median(ours):F0} ms, copy of the same rows {Median(bare):F0} ms, {Median(ours) / Median(bare):F2} ×; rows against trail {Median(rows):F0} ms more");
        return pass;
    }

    /// <summary>Entries, personal values and seals, to nowhere.</summary>
    private static async Task<double> CopyAsync(string owner)
    {
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync();
        var watch = Stopwatch.StartNew();
        foreach (var table in new[] { "trail.entries", "trail.entry_values", "trail.seals" })
        {
            using var rows = await connection.BeginTextExportAsync($"copy {table} to stdout");
            var buffer = new char[1 << 16];
            while (await rows.ReadAsync(buffer, CancellationToken.None) > 0)
            {
            }
        }
        return watch.Elapsed.TotalMilliseconds;
    }

    private static async Task<bool> SegmentAsync(IServiceProvider services, string data, int rounds)
    {
        var file = Path.Combine(data, "segment");
        await using (var output = File.Create(file))
        {
            await services.GetRequiredService<TrailSegment>().WriteAsync(1, long.MaxValue, output);
        }
        var (ours, openssl) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            using (var process = Process.Start(new ProcessStartInfo("openssl", ["dgst", "-sha256", file]) { RedirectStandardOutput = true })!)
            {
                await process.WaitForExitAsync();
            }
            var digest = watch.Elapsed.TotalMilliseconds;
            watch.Restart();
            using var text = File.OpenRead(file);
            if (!VerifySegment.Run(text).IsSound)
            {
                Console.WriteLine("over  the segment is not sound");
                return false;
            }
            if (round > 0)
            {
                ours.Add(watch.Elapsed.TotalMilliseconds);
                openssl.Add(digest);
            }
        }
        var (size, ratio) = (new FileInfo(file).Length / 1e6, Median(openssl) / Median(ours));
        Console.WriteLine($"{(ratio >= Segment ? "PASS" : "over")}  an exported segment of {size:F0} MB: {Median(ours):F0} ms ({size / Median(ours) * 1000:F0} MB/s), openssl dgst {Median(openssl):F0} ms, {ratio:P0} of its speed");
        return ratio >= Segment;
    }

    /// <summary>Two writers, with the sealer every five seconds as the service has it, and without; by turns.</summary>
    private static async Task<bool> SealAsync(IServiceProvider services, int rounds)
    {
        var (with, without) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var alone = await WriteAsync(services, seals: false);
            var together = await WriteAsync(services, seals: true);
            if (round > 0)
            {
                without.Add(alone);
                with.Add(together);
            }
        }
        var ratio = Median(with) / Median(without);
        Console.WriteLine($"{(ratio <= Sealing ? "PASS" : "over")}  an operation of two writers: {Median(with):F2} ms with the sealer, {Median(without):F2} ms without, {ratio:F2} ×");
        return ratio <= Sealing;
    }

    /// <returns>Milliseconds an operation.</returns>
    private static async Task<double> WriteAsync(IServiceProvider services, bool seals)
    {
        var (db, seal, watch) = (services.GetRequiredService<Db>(), services.GetRequiredService<SealTrail>(), Stopwatch.StartNew());
        using var enough = new CancellationTokenSource();
        var sealing = seals ? Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await seal.RunAsync();
                await Task.Delay(TimeSpan.FromSeconds(5), enough.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }) : Task.CompletedTask;
        var written = await Task.WhenAll(Enumerable.Range(0, 2).Select(writer => Task.Run(async () =>
        {
            var operations = 0;
            for (; watch.Elapsed < Writing; operations++)
            {
                await using var work = await db.BeginAsync(Actor.Job("benchmark"));
                await work.ExecuteAsync("insert into departments (code) select gen_random_uuid()::text from generate_series(1, 10)");
                await work.ActAsync("department.changed", "department:1", new Dictionary<string, string?> { ["count"] = "10" });
                await work.CommitAsync();
            }
            return operations;
        })));
        var took = watch.Elapsed.TotalMilliseconds;
        await enough.CancelAsync();
        await sealing;
        if (!seals)
        {
            // What was left is not the next round's load.
            await SealAllAsync(seal, db);
        }
        return took / written.Sum();
    }

    private static async Task SeedAsync(IServiceProvider services, string owner, int entries)
    {
        var (db, seal) = (services.GetRequiredService<Db>(), services.GetRequiredService<SealTrail>());
        for (var there = await CountAsync(db); there < entries; there = await CountAsync(db))
        {
            await using var work = await db.BeginAsync(Actor.Job("benchmark"));
            await work.ExecuteAsync("""
                insert into departments (code) select gen_random_uuid()::text from generate_series(1, 4000);
                with made as (insert into people (employee_no, name, name_kana, name_key, email, email_key, employment_type, hired_on)
                    select 'T' || gen_random_uuid(), '佐藤 ' || n, 'サトウ', '佐藤' || n, gen_random_uuid() || '@bench.test', gen_random_uuid() || '@bench.test', '正社員', '2015-04-01' from generate_series(1, 200) n returning id)
                insert into posts (person_id, department_id, from_on) select id, (select min(id) from departments), '2020-04-01' from made;
                """);
            await work.ActAsync("department.changed", "department:1", new Dictionary<string, string?> { ["count"] = "4000" });
            await work.CommitAsync();
        }
        await SealAllAsync(seal, db);
        await using var connection = new NpgsqlConnection(owner);
        await connection.ExecuteAsync("vacuum analyze", commandTimeout: 0);
    }

    private static async Task SealAllAsync(SealTrail seal, Db db)
    {
        await using var connection = await db.OpenAsync();
        do
        {
            await seal.RunAsync();
        }
        while (await connection.FirstAsync<bool>("select coalesce((select max(through_id) from trail.seals), 0) < (select max(id) from trail.entries)"));
    }

    private static async Task<long> CountAsync(Db db)
    {
        await using var connection = await db.OpenAsync();
        return await connection.FirstAsync<long>("select count(*) from trail.entries");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
