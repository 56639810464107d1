using System.Diagnostics;
using AuditTracker.Commands;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Training;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AuditTracker.Benchmarks;

/// <summary>Opening a campaign for 100,000 people with their first notices queued (goal: 10 s), a tick with nothing to tell, a reminder to half of them, and what the pages ask.</summary>
public static class TrainingBenchmark
{
    private const double Goal = 10_000;

    public static async Task<int> RunAsync(string[] args)
    {
        var people = args.Length > 0 ? int.Parse(args[0]) : 100_000;
        var data = Path.Combine(Environment.GetEnvironmentVariable("BENCHMARK_FOLDER") ?? Path.GetTempPath(), "training");
        var settings = Settings.From(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["AuditTracker:Data"] = data, ["AuditTracker:Port"] = "0" }).Build());
        await using var installation = await Installation.OpenAsync(settings, mayCreate: true);
        await installation.MigrateAsync();
        await SeedAsync(installation.Owner, people);
        await using var services = new ServiceCollection().AddLogging().AddRooms(installation).BuildServiceProvider();
        var user = new CurrentUser { AccountId = 1, PersonId = 1, EmployeeNo = "000001", SignIn = "m@bench.test", Name = "m", Language = "ja", Roles = new HashSet<Role> { Role.ComplianceManager }, RequestId = "benchmark" };
        var (plans, start, remind, store) = (services.GetRequiredService<PlanCampaign>(), services.GetRequiredService<StartCampaigns>(), services.GetRequiredService<RemindTrainees>(), services.GetRequiredService<CampaignStore>());
        // The first campaign compiles and fills caches.
        await OpenAsync(plans, start, user, new(false, [], [], ["000001", "000002"]));
        var (id, opened, told) = await OpenAsync(plans, start, user, new(true, [], [], []));
        Say(opened <= Goal, $"opening for {told} people, first notices queued: {opened:F0} ms (goal {Goal:F0})");
        await using (var connection = new NpgsqlConnection(installation.Owner))
        {
            await connection.OpenAsync();
            await connection.ExecuteAsync("""
                select set_config('audit.actor', 'operator:benchmark', false);
                insert into training_progress (roster_id, started_at, completed_at, how, score) select id, business_now(), business_now(), 'online', 90 from training_roster where campaign_id = @id and id % 2 = 0;
                update business_clock set offset_us = (extract(epoch from '2026-11-20 09:00+09'::timestamptz - clock_timestamp()) * 1000000)::bigint;
                """, new { id }, commandTimeout: 0);
            await connection.ExecuteAsync("vacuum analyze", commandTimeout: 0);
        }
        Console.WriteLine($"      a reminder to half of them: {await TimeAsync(() => remind.RunAsync(default)):F0} ms");
        Console.WriteLine($"      a tick with nothing to tell: {await MedianAsync(() => remind.RunAsync(default)):F0} ms");
        var (now, _) = await services.GetRequiredService<BusinessClock>().NowAsync();
        Console.WriteLine($"      progress page: numbers, departments and types {await MedianAsync(() => store.ProgressAsync(user, id, now, default)):F0} ms, by day {await MedianAsync(() => store.DaysAsync(user, id, now, default)):F0} ms");
        Console.WriteLine($"      progress page, both side by side: {await MedianAsync(() => Task.WhenAll(store.ProgressAsync(user, id, now, default), store.DaysAsync(user, id, now, default))):F0} ms");
        var slice = new ListSlice(CampaignStore.PeopleOrders[0], false, 50);
        Console.WriteLine($"      roster page: all {await MedianAsync(() => store.PeopleAsync(user, id, new(null, null, null, null), slice, now, default)):F0} ms, still to go {await MedianAsync(() => store.PeopleAsync(user, id, new("open", null, null, null), slice, now, default)):F0} ms, count {await MedianAsync(() => store.CountAsync(user, id, new("open", null, null, null), now, default)):F0} ms");
        Console.WriteLine($"      list of campaigns {await MedianAsync(() => store.PageAsync(user, new(CampaignStore.Orders[0], true, 50), default)):F0} ms");
        return opened <= Goal ? 0 : 1;
    }

    private static void Say(bool pass, string what) => Console.WriteLine($"{(pass ? "PASS" : "over")}  {what}");

    private static async Task<(long Id, double Took, int Told)> OpenAsync(PlanCampaign plans, StartCampaigns start, CurrentUser user, Audience audience)
    {
        var id = await plans.SaveAsync(user, null, new("教育", "yearly", "all-staff", "", new(2026, 11, 2), new(2026, 11, 2), new(2026, 11, 30), 5, "000001", audience));
        await plans.ApproveAsync(user with { AccountId = 2 }, id);
        var watch = Stopwatch.StartNew();
        var told = await start.RunAsync(default);
        return (id, watch.Elapsed.TotalMilliseconds, told);
    }

    private static async Task<double> TimeAsync(Func<Task> act)
    {
        var watch = Stopwatch.StartNew();
        await act();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static async Task<double> MedianAsync(Func<Task> act)
    {
        var times = new List<double>();
        for (var round = 0; round < 7; round++)
        {
            times.Add(await TimeAsync(act));
        }
        return times.Order().ElementAt(3);
    }

    private static async Task SeedAsync(string owner, int people)
    {
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync();
        await connection.ExecuteAsync("""
            select set_config('audit.actor', 'operator:benchmark', false);
            update business_clock set offset_us = (extract(epoch from '2026-11-02 08:00+09'::timestamptz - clock_timestamp()) * 1000000)::bigint;
            truncate training_campaigns, training_roster, notices, mails cascade;
            """, commandTimeout: 0);
        if (await connection.ExecuteScalarAsync<int>("select count(*)::int from people") == people)
        {
            return;
        }
        await connection.ExecuteAsync("""
            select set_config('audit.actor', 'operator:benchmark', false);
            insert into departments (code) select to_char(n, 'FM0000') from generate_series(1, 500) n;
            insert into department_versions (department_id, name, from_on) select id, '部門' || code, '2015-04-01' from departments;
            insert into people (employee_no, name, name_kana, name_key, email, email_key, employment_type, hired_on)
            select to_char(n, 'FM000000'), 'p' || n, 'p' || n, 'p' || n, format('p%s@bench.test', n), format('p%s@bench.test', n), (array['正社員', '契約社員', 'パート', '派遣社員'])[1 + n % 4], '2015-04-01' from generate_series(1, @people) n;
            insert into posts (person_id, department_id, from_on) select p.id, d.id, '2015-04-01' from people p join departments d on d.id = 1 + p.id % 500;
            insert into managers (person_id, manager_id, from_on) select id, 1 + id % 500, '2015-04-01' from people where id > 500;
            insert into accounts (sign_in, sign_in_key, person_id, created_at) select email, email_key, id, now() from people where id <= 2;
            """, new { people }, commandTimeout: 0);
        await connection.ExecuteAsync("vacuum analyze", commandTimeout: 0);
    }
}
