using System.Diagnostics;
using AuditTracker.Commands;
using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using Dapper;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace AuditTracker.Benchmarks;

/// <summary>
/// Planning a year for 10,000 requests of every recurrence, with its trail, beside a bare <c>insert … select</c> of the same rows into the same
/// table without one. Goal: at most 2.5 times as long.
/// </summary>
public static class PlanningBenchmark
{
    private const double Goal = 2.5;

    public static async Task<int> RunAsync(string[] args)
    {
        var (requests, rounds) = (args.Length > 0 ? int.Parse(args[0]) : 10_000, args.Length > 1 ? int.Parse(args[1]) : 5);
        var data = Path.Combine(Environment.GetEnvironmentVariable("BENCHMARK_FOLDER") ?? Path.GetTempPath(), "planning");
        var settings = Settings.From(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["AuditTracker:Data"] = data, ["AuditTracker:Port"] = "0" }).Build());
        await using var installation = await Installation.OpenAsync(settings, mayCreate: true);
        await installation.MigrateAsync();
        await SeedAsync(installation.Owner, requests);
        var db = new Db(installation.App);
        var (ours, bare, rows) = (new List<double>(), new List<double>(), 0);
        for (var round = 0; round <= rounds; round++)
        {
            // The first round compiles and fills caches.
            await EmptyAsync(installation.Owner);
            var watch = Stopwatch.StartNew();
            await using (var work = await db.BeginAsync(Actor.Job("benchmark")))
            {
                rows = await PlanCollections.PlanAsync(work, await BusinessCalendars.LoadAsync(work.Connection));
                await work.CommitAsync();
            }
            var planned = watch.Elapsed.TotalMilliseconds;
            var copied = await CopyAsync(installation.Owner);
            if (round > 0)
            {
                ours.Add(planned);
                bare.Add(copied);
            }
        }
        var (median, beside) = (ours.Order().ElementAt(rounds / 2), bare.Order().ElementAt(rounds / 2));
        var pass = median <= Goal * beside;
        Console.WriteLine($"{(pass ? "PASS" : "over")}  planning {requests} requests, {rows} rows: {median:F0} ms with the trail, bare insert … select {beside:F0} ms, {median / beside:F2} ×  (each: {string.Join(' ', ours.Select(one => $"{one:F0}"))} / {string.Join(' ', bare.Select(one => $"{one:F0}"))})");
        return pass ? 0 : 1;
    }

    /// <summary>The rows that were just planned once more, from a plain copy, without the trail; indexes and foreign keys as they are.</summary>
    private static async Task<double> CopyAsync(string owner)
    {
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync();
        await connection.ExecuteAsync("""
            drop table if exists planned_before;
            create unlogged table planned_before as select request_id, version, period_from, period_to, opens_on, planned_due_on, due_on, assignee_id, reviewer_id from collections order by id;
            """, commandTimeout: 0);
        await EmptyAsync(owner);
        await connection.ExecuteAsync("alter table collections disable trigger user; analyze planned_before", commandTimeout: 0);
        var watch = Stopwatch.StartNew();
        await connection.ExecuteAsync("""
            insert into collections (request_id, version, period_from, period_to, opens_on, planned_due_on, due_on, assignee_id, reviewer_id) select * from planned_before
            """, commandTimeout: 0);
        var took = watch.Elapsed.TotalMilliseconds;
        await connection.ExecuteAsync("alter table collections enable trigger user");
        return took;
    }

    private static async Task EmptyAsync(string owner)
    {
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync();
        await connection.ExecuteAsync("truncate collections cascade", commandTimeout: 0);
    }

    private static async Task SeedAsync(string owner, int requests)
    {
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync();
        if (await connection.ExecuteScalarAsync<int>("select count(*)::int from evidence_requests") == requests)
        {
            return;
        }
        await connection.ExecuteAsync("""
            select set_config('audit.actor', 'operator:benchmark', false);
            truncate evidence_requests cascade;
            update business_clock set offset_us = (extract(epoch from '2026-11-24 09:00+09'::timestamptz - clock_timestamp()) * 1000000)::bigint;
            insert into people (employee_no, name, name_kana, name_key, email, email_key, employment_type, hired_on)
            select to_char(n, 'FM000000'), 'p' || n, 'p' || n, 'p' || n, format('p%s@bench.test', n), format('p%s@bench.test', n), '正社員', '2015-04-01' from generate_series(1, 1000) n where not exists (select from people where employee_no = '000001');
            insert into evidence_requests (title, title_key, owner_id, reviewer_id, start_on, created_at)
            select 'request ' || n, 'request ' || n, o.id, r.id, '2026-12-01', now() from generate_series(1, @requests) n
            join people o on o.employee_no = to_char(1 + n % 900, 'FM000000') join people r on r.employee_no = to_char(901 + n % 100, 'FM000000') order by n;
            insert into request_versions (request_id, version, title, guidance, every, every_months, on_day, opens_offset, due_offset, due_unit, owner_id, reviewer_id, start_on, at)
            select id, 1, title, '', k.every, case k.every when 'months' then 2 else 0 end, case when k.every = 'week' then 'friday' when k.every = 'month' and id % 3 = 0 then 'lastBusinessDay' when k.every = 'month' and id % 3 = 1 then '2 tuesday' else '' end,
                   1 - (id % 5)::int, 5 + (id % 11)::int, case when id % 2 = 0 then 'days' else 'businessDays' end, owner_id, reviewer_id, start_on, now()
            from evidence_requests cross join lateral (select (array['month', 'month', 'month', 'month', 'quarter', 'quarter', 'quarter', 'half', 'year', 'months', 'week'])[1 + id % 11] as every) k;
            """, new { requests }, commandTimeout: 0);
        await connection.ExecuteAsync("vacuum analyze", commandTimeout: 0);
    }
}
