using AuditTracker.Calendar;
using AuditTracker.Commands;
using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Platform.Files;
using AuditTracker.Tests.Support;
using Dapper;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace AuditTracker.Tests.Commands;

public sealed class DemoTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "templates", "demo");

    [Fact]
    public async Task The_story_is_the_same_every_time_and_keeps_the_rules()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var connection = await database.Db.OpenAsync();
        var calendar = await BusinessCalendars.LoadAsync(connection, default);
        var (story, again) = (Tell(calendar), Tell(calendar));

        Assert.Equal(story.Select(Line), again.Select(Line));
        Assert.Equal(story.Select(act => act.At).Order(), story.Select(act => act.At));
        Assert.Equal(40, story.Count(act => act.Kind == "adopt"));
        foreach (var collection in story.Where(act => act.Kind is "submit" or "review").GroupBy(act => (act.Request, act.Period)))
        {
            Assert.Equal("submit", collection.First().Kind);
            Assert.All(collection.Zip(collection.Skip(1)), pair => Assert.NotEqual(pair.First.Kind, pair.Second.Kind));
            Assert.All(collection.SkipLast(1).Where(act => act.Kind == "review"), act => Assert.Equal(Decision.Return, act.Decision));
        }
        var papers = new DemoPapers(YamlFile.Read<PapersFile>(Path.Combine(Folder, "papers.yaml")), calendar);
        foreach (var act in story.Where(act => act.Kind == "submit").DistinctBy(act => act.Request))
        {
            var (one, two) = (await papers.OfAsync(act, "髙﨑 濵", "総務部"), await papers.OfAsync(act, "髙﨑 濵", "総務部"));
            Assert.Equal(one.Select(paper => paper.Bytes), two.Select(paper => paper.Bytes));
            Assert.All(one, paper => Assert.InRange(paper.Bytes.Length, 60, 20_000));
            Assert.All(one, paper => Assert.DoesNotContain("{", paper.Name + System.Text.Encoding.UTF8.GetString(paper.Name.EndsWith(".txt") ? paper.Bytes : [])));
        }
    }

    [Fact]
    public async Task An_empty_database_becomes_a_company_with_a_year_behind_it()
    {
        var server = await TestPostgres.GetAsync();
        var name = await server.CreateDatabaseAsync();
        var data = Directory.CreateTempSubdirectory("audit-tracker-demo-").FullName;
        var settings = Settings.From(new ConfigurationBuilder().AddInMemoryCollection([new("AuditTracker:Data", data), new("AuditTracker:Port", "0")]).Build());
        await using (var installation = new Installation(settings, server.App(name), server.Owner(name)))
        {
            var demo = new Demo(installation);
            await installation.MigrateAsync(demo.BeginAsync);
            Assert.Contains("hibari-demo-2026", await demo.LoadAsync());
        }
        await using (var connection = new NpgsqlConnection(server.Owner(name)))
        {
            var states = (await connection.QueryAsync<(string State, long Count)>("select state, count(*) from collections group by state")).ToDictionary(row => row.State, row => row.Count);
            Assert.True(states["accepted"] > 230 && states["submitted"] >= 5 && states["returned"] >= 2 && states["open"] >= 6 && states["waived"] == 1, string.Join(' ', states));
            async Task<long> Count(string sql) => await connection.ExecuteScalarAsync<long>(sql);
            Assert.Equal(3, await Count("select count(distinct i.framework) from request_items i"));
            Assert.InRange(await Count("select 100 * count(*) filter (where tokyo_date(s.at) <= c.due_on) / count(*) from (select distinct on (collection_id) * from submissions order by collection_id, id) s join collections c on c.id = s.collection_id where c.period_to >= '2025-04-01'"), 85, 97);
            Assert.Equal(3, await Count("select count(*) from past_evidence_pieces where submission_id is not null and period_to < '2025-04-01'"));
            Assert.True(await Count("select count(*) from collection_acts where act = 'return'") > 10);
            Assert.Equal(1, await Count("select count(*) from evidence_requests r join people p on p.id = r.owner_id where p.left_on < '2026-11-24'"));
            Assert.True(await Count("select count(*) from mails where state = 'accepted' and language = 'en'") > 20);
            Assert.Equal(0, await Count("select count(*) from mails where state not in ('accepted', 'queued')"));
            Assert.Equal(0, await Count("select count(*) from submissions s join collections c on c.id = s.collection_id where s.at < c.opens_on or s.at > business_now()"));
            Assert.Equal("2026-11-24", await connection.ExecuteScalarAsync<string>("select tokyo_date(business_now())::text"));
        }
        NpgsqlConnection.ClearPool(new NpgsqlConnection(server.Owner(name)));
        await server.DropDatabaseAsync(name);
        Directory.Delete(data, recursive: true);
    }

    private static IReadOnlyList<DemoAct> Tell(BusinessCalendar calendar) => DemoStory.Of(YamlFile.Read<RequestsFile>(Path.Combine(Folder, "requests.yaml")).Requests,
        YamlFile.Read<QuarterFile>(Path.Combine(Folder, "quarter.yaml")), YamlFile.Read<YearFile>(Path.Combine(Folder, "year.yaml")), calendar, JapanTime.InstantOf(new DateOnly(2026, 11, 24), new TimeOnly(9, 0)));

    private static string Line(DemoAct act) => $"{act.At:O} {act.Kind} {act.Request} {act.Period} {act.By} {act.Note} {act.Comment} {act.CapturedOn}";
}
