using System.Diagnostics;
using AuditTracker.Accounts;
using AuditTracker.Commands;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Dapper;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AuditTracker.Benchmarks;

/// <summary>
/// Pages of lists over 1,000,000 collections, 10,000 requests and 10,000 people: every filter and order of the list of collections through the
/// real host, as those who read it, beside the statements the same page waited for.
/// Goal: p95 at most 50 ms, and at most 15 ms above the page's statements.
/// </summary>
public static class ListBenchmark
{
    private const double Goal = 50, Above = 15;

    /// <summary>The first ten reads of each page are not measured. Fewer rounds show plans, not promises.</summary>
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("BENCHMARK_ROUNDS") ?? "30", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly string[] Filters =
    [
        "", "state=all", "state=open", "state=accepted", "state=submitted", "state=planned", "overdue=true", "framework=iso27001-2022", "framework=safe-security-isp", "state=all&framework=safe-security-isp",
        "assignee=000006", "state=all&assignee=000006", "reviewer=000003", "state=all&reviewer=000003", "department=D001", "state=all&department=D001",
        "dueFrom=2026-10-01&dueBefore=2026-11-01", "state=all&dueFrom=2020-01-01&dueBefore=2026-01-01", "state=all&request=77", "q=%E9%8D%B5%E5%8F%B0%E5%B8%B3", "state=all&q=9999", "mine=true",
        "overdue=true&framework=pmark-jisq15001-2023&department=D002",
    ];
    private static readonly string[] Sorted = ["", "state=all", "state=accepted", "state=all&framework=safe-security-isp", "overdue=true", "q=%E9%8D%B5%E5%8F%B0%E5%B8%B3"];
    private static readonly string[] Orders = ["-due", "title", "-title", "state", "-state", "assignee", "-assignee"];
    private static readonly string[] Others =
    [
        "/evidence/requests", "/evidence/requests?sort=title", "/evidence/requests?sort=owner", "/evidence/requests?sort=next", "/evidence/requests?q=%E9%8D%B5", "/evidence/requests?owner=none",
        "/evidence/requests?frequency=month", "/people", "/people?q=%E3%81%95%E3%81%A8%E3%81%86",
    ];

    // p1 is the compliance manager; p6 owns requests and heads nobody; p50 heads a department of fifty; p3 reviews a framework and fifty requests.
    private static readonly (string Who, int Number)[] Readers = [("manager", 1), ("owner", 6), ("head", 50), ("reviewer", 3)];

    /// <summary>The measuring ends here at the latest, whatever was not reached.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(12);

    /// <summary>A service in use has its pages compiled to the end; the first seconds of a new process are not measured.</summary>
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] args)
    {
        var only = args.FirstOrDefault();
        var data = Path.Combine(Environment.GetEnvironmentVariable("BENCHMARK_FOLDER") ?? Path.GetTempPath(), "lists");
        var settings = Settings.From(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["AuditTracker:Data"] = data, ["AuditTracker:Port"] = "0" }).Build());
        await using var installation = await Installation.OpenAsync(settings, mayCreate: true);
        await installation.MigrateAsync();
        await SeedAsync(installation.Owner);
        await using var app = Web.Build(installation, worksHere: false);
        await app.StartAsync();
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        using var statements = new Statements();
        var (measured, over, since) = (0, 0, Stopwatch.StartNew());
        foreach (var (who, number) in Readers)
        {
            using var client = await SignInAsync(app.Services, address, number);
            for (var warming = Stopwatch.StartNew(); warming.Elapsed < Warm;)
            {
                (await client.GetAsync("/evidence/collections")).EnsureSuccessStatusCode();
            }
            foreach (var path in Paths(who).Where(path => only is null || $"{who} {path}".Contains(only, StringComparison.Ordinal)))
            {
                if (since.Elapsed > Patience)
                {
                    Console.WriteLine($"Out of time after {measured} pages; the rest was not measured.");
                    return 1;
                }
                measured++;
                over += await MeasureAsync(statements, client, who, path) ? 0 : 1;
            }
        }
        Console.WriteLine($"{measured - over} of {measured} pages keep the promise, in {since.Elapsed.TotalSeconds:F0} s.");
        return over == 0 ? 0 : 1;
    }

    /// <summary>Every filter in the list's own order, every order over a few of them, a page far inside, and the other lists.</summary>
    private static IEnumerable<string> Paths(string who) =>
    [
        .. Filters.Select(filter => $"/evidence/collections?{filter}"),
        .. from filter in who == "manager" ? Sorted : Sorted[..2] from order in Orders select $"/evidence/collections?{(filter.Length > 0 ? filter + "&" : "")}sort={order}",
        "/evidence/collections?state=all&after=due.2024-06-15_500000", "/evidence/collections?state=all&before=due.2024-06-15_500000",
        .. Others.Where(path => who == "manager" || !path.StartsWith("/people", StringComparison.Ordinal)),
        .. who is "manager" or "reviewer" ? ["/evidence/review"] : Array.Empty<string>(),
    ];

    private static async Task<bool> MeasureAsync(Statements statements, HttpClient client, string who, string path)
    {
        var (page, sql, above, bytes) = (new List<double>(), new List<double>(), new List<double>(), 0);
        for (var round = 0; round < Rounds; round++)
        {
            statements.Forget();
            var watch = Stopwatch.StartNew();
            using var answer = await client.GetAsync(path);
            bytes = (await answer.Content.ReadAsByteArrayAsync()).Length;
            var took = watch.Elapsed.TotalMilliseconds;
            if (!answer.IsSuccessStatusCode)
            {
                Console.WriteLine($"over  {who,-8} {path}: {(int)answer.StatusCode}");
                return false;
            }
            // The first ones compile and fill caches, as a service in use has done.
            if (round >= Math.Min(10, Rounds - 3))
            {
                page.Add(took);
                sql.Add(statements.Milliseconds);
                above.Add(took - statements.Milliseconds);
            }
        }
        var pass = P95(page) <= Goal && P95(above) <= Above;
        Console.WriteLine($"{(pass ? "PASS" : "over")}  {who,-8} p95 {P95(page),6:F1} ms  statements {P95(sql),6:F1} ms ({statements.Count})  above them {P95(above),5:F1} ms  median {page.Order().ElementAt(page.Count / 2),6:F1} ms  {bytes / 1000,3} KB  {Uri.UnescapeDataString(path)}");
        if (Environment.GetEnvironmentVariable("BENCHMARK_STATEMENTS") is not null)
        {
            Console.WriteLine(statements);
        }
        return pass;
    }

    private static async Task<HttpClient> SignInAsync(IServiceProvider services, Uri address, int number)
    {
        var db = services.GetRequiredService<Db>();
        await using var work = await db.BeginAsync(Actor.Operator("benchmark"));
        var account = await work.FirstAsync<long>("select id from accounts where sign_in = @mail", new { mail = $"p{number}@bench.test" });
        var secret = await services.GetRequiredService<SignIn>().BeginSessionAsync(work, account, "benchmark", CancellationToken.None, SecondFactor.Totp);
        await work.CommitAsync();
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = address };
        client.DefaultRequestHeaders.Add("Cookie", $"{IdentifyCaller.SessionCookie}={secret}");
        return client;
    }

    private static async Task SeedAsync(string owner)
    {
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync();
        if (await connection.ExecuteScalarAsync<long>("select count(*) from people") > 0)
        {
            return;
        }
        Console.WriteLine("Filling the company …");
        await connection.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "lists.sql")), commandTimeout: 1800);
        await connection.ExecuteAsync("vacuum analyze", commandTimeout: 600);
    }

    private static double P95(List<double> values) => values.Order().ElementAt((int)Math.Ceiling(values.Count * 0.95) - 1);
}
