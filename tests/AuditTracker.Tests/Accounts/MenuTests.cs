using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Accounts;

public sealed partial class MenuTests(TestApp app) : IClassFixture<TestApp>
{
    private async Task<IReadOnlyList<string>> EntriesAsync(Cast.Member member) =>
        [.. Entry().Matches(Side().Match(await (await app.PagesAsAsync(member)).PageAsync("/")).Value).Select(match => match.Groups[1].Value)];

    [Fact]
    public async Task Every_entry_of_the_menu_opens_for_whom_it_is_shown()
    {
        foreach (var member in Cast.All)
        {
            var client = await app.PagesAsAsync(member);
            foreach (var path in await EntriesAsync(member))
            {
                Assert.True((await client.GetAsync(path)).StatusCode == HttpStatusCode.OK, $"{member.Nick} {path}");
            }
        }
    }

    [Fact]
    public async Task Accounts_stand_in_the_menu_of_administrator_and_compliance_manager_only()
    {
        foreach (var member in Cast.All)
        {
            var entries = await EntriesAsync(member);
            Assert.True(entries.Contains("/accounts") == (member == Cast.Adam || member == Cast.Manami) || entries.Count == 0, member.Nick);
        }
        Assert.Contains("/accounts", await EntriesAsync(Cast.Manami));
    }

    [Fact]
    public async Task An_employee_gets_no_menu_and_a_sentence()
    {
        var page = await (await app.PagesAsAsync(Cast.Mallory)).PageAsync("/");
        Assert.DoesNotContain("class=\"menu\"", page);
        Assert.Contains("今日することはありません。", page);
        Assert.DoesNotContain("デモの会社です", page);
        Assert.Contains("href=\"/tokens\"", page);
    }

    [Fact]
    public async Task A_demo_says_so_with_its_clock()
    {
        await using var own = new OwnApp();
        var client = await own.StartAsync(Cast.Manami);
        await own.App.Database.ArrangeAsync("update installation set is_demo = true, demo_loaded = true");
        await own.App.Database.SetClockAsync("2026-11-24T09:00:10");
        Assert.Contains("デモの会社です。時計 2026/11/24（火） 9:00", await client.PageAsync("/"));
    }

    [Fact]
    public async Task Today_lists_what_is_mine_and_what_waits_for_me_with_the_counts_of_the_menu()
    {
        await using var own = new OwnApp();
        var alice = await own.StartAsync(Cast.Alice);
        await own.App.Database.SetClockAsync("2026-11-24T09:00:00");
        await own.App.Database.ArrangeAsync("""
            insert into evidence_requests (title, title_key, owner_id, reviewer_id, start_on, created_at) values ('アクセス権棚卸し', 'アクセス権棚卸し', @alice, @bob, '2026-04-01', now());
            insert into request_versions (request_id, version, title, guidance, every, due_offset, due_unit, owner_id, reviewer_id, start_on, at) values (1, 1, 'アクセス権棚卸し', '', 'quarter', 10, 'businessDays', @alice, @bob, '2026-04-01', now());
            insert into request_items (request_id, version, framework, ref) values (1, 1, 'iso27001-2022', 'A.5.18');
            insert into collections (request_id, version, period_from, period_to, opens_on, planned_due_on, due_on, assignee_id, reviewer_id, state, state_at) values
                (1, 1, '2026-04-01', '2026-06-30', '2026-07-01', '2026-07-14', '2026-07-14', @alice, @bob, 'submitted', '2026-07-08T01:00:00Z'),
                (1, 1, '2026-07-01', '2026-09-30', '2026-10-01', '2026-10-15', '2026-10-15', @alice, @bob, 'open', '2026-10-01T00:00:00Z'),
                (1, 1, '2026-10-01', '2026-12-31', '2027-01-01', '2027-01-18', '2027-01-18', @alice, @bob, 'planned', null);
            """, new { alice = Cast.Alice.PersonId, bob = Cast.Bob.PersonId });
        var mine = await alice.PageAsync("/");
        Assert.Contains("<title>(1) 今日｜AuditTracker</title>", mine);
        Assert.Contains("期限超過", mine);
        Assert.Contains("40日超過", mine);
        Assert.Contains("7～9月分", mine);
        Assert.DoesNotContain("確認待ち <span", mine);
        var bobs = await (await own.App.PagesAsAsync(Cast.Bob)).PageAsync("/");
        Assert.Contains("4～6月分", bobs);
        Assert.Contains("(1) 今日", bobs);
        var managers = await (await own.App.PagesAsAsync(Cast.Manami)).PageAsync("/");
        Assert.Contains("4～6月分", managers);
        Assert.Contains("今日することはありません。", await (await own.App.PagesAsAsync(Cast.Mallory)).PageAsync("/"));
    }

    [GeneratedRegex("<div class=\"side\">.*?</nav>", RegexOptions.Singleline)]
    private static partial Regex Side();

    [GeneratedRegex("href=\"([^\"]+)\"")]
    private static partial Regex Entry();
}
