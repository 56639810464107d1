using AuditTracker.Accounts;
using AuditTracker.Notifications;
using AuditTracker.People;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;
using AuditTracker.Trail;

namespace AuditTracker.Tests.Overview;

/// <summary>Lists of people, mails, accounts and entries of the trail in each of their orders, page by page and back, also where keys tie or are empty.</summary>
public sealed class SortedListsTests(Desk desk) : IClassFixture<Desk>
{
    private static readonly DateTime Now = new(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task People_by_department_kana_and_number()
    {
        await desk.App.Database.ArrangeAsync("""
            insert into people (employee_no, name, name_kana, name_key, email, email_key, hired_on)
            select 'S' || lpad((40 - n)::text, 3, '0'), '清水 ' || n, case when n % 3 = 0 then '' else 'シミズ ' || n % 2 end, '清水' || n, 's' || n || '@example.test', 's' || n || '@example.test', '2020-04-01' from generate_series(1, 30) n
            """);
        var people = desk.App.Get<PeopleList>();
        var orders = await ListWalk.EveryAsync(PeopleOrders.All, 7, slice => people.PageAsync(Desk.Manager, new(), slice, default), row => row.Id);

        var numbers = await desk.App.Database.ListAsync<long>("select id from people order by employee_no");
        Assert.Equal(numbers, orders[2]);
        Assert.Equal(orders[1].Reverse(), orders[4]);
        Assert.NotEqual(orders[0], orders[1]);

        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        Assert.Contains("aria-sort=\"descending\"><a href=\"/people?sort=no\">", await Browsing.PageAsync(manami, "/people?sort=-no"));
        Assert.DoesNotContain("scope=\"rowgroup\"", await Browsing.PageAsync(manami, "/people?sort=name"));
        Assert.Contains("scope=\"rowgroup\"", await Browsing.PageAsync(manami, "/people"));
    }

    [Fact]
    public async Task Mails_by_instant_and_address_with_what_waits_in_front()
    {
        await desk.App.Database.ArrangeAsync("""
            insert into mails (kind, to_name, to_address, language, state, message_id, claimed_at, created_at)
            select 'now', '人' || n, 'p' || n % 5 || '@example.test', 'ja', case when n % 4 = 0 then 'deferred' else 'accepted' end, 'sorted' || n,
                   case when n % 4 > 0 then timestamptz '2026-11-20T00:00:00.000001Z' - n / 3 * interval '1 microsecond' end, now() from generate_series(1, 30) n
            """);
        var ledger = desk.App.Get<MailLedger>();
        var orders = await ListWalk.EveryAsync(MailOrders.All, 7, slice => ledger.ListAsync(Desk.Manager, null, slice, default), mail => mail.Id);

        Assert.Equal(orders[0].Reverse(), orders[2]);
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        Assert.Matches("aria-sort=\"descending\"><a href=\"/mails\\?sort=when\">", await Browsing.PageAsync(manami, "/mails"));
        Assert.Matches("aria-sort=\"ascending\"><a href=\"/mails\\?sort=-to\">", await Browsing.PageAsync(manami, "/mails?sort=to"));
        Assert.DoesNotContain("@", Uri.UnescapeDataString((await ledger.ListAsync(Desk.Manager, null, new(MailOrders.To, Descending: false, 5), default)).After!));
    }

    [Fact]
    public async Task Accounts_by_invitation_those_never_invited_before_the_first()
    {
        await desk.App.Database.ArrangeAsync("""
            insert into accounts (sign_in, sign_in_key, name, language, created_at, invited_at)
            select 'i' || n || '@example.test', 'i' || n || '@example.test', '人' || n, 'ja', now(), case when n % 3 > 0 then timestamptz '2026-11-01T00:00:00Z' + n / 5 * interval '1 hour' end from generate_series(1, 30) n
            """);
        var accounts = desk.App.Get<AccountStore>();
        var orders = await ListWalk.EveryAsync(AccountOrders.All, 7, async slice => (await accounts.PageAsync(Desk.Manager, null, slice, Now, default)).Page, row => row.Id);

        var never = await desk.App.Database.ListAsync<long>("select id from accounts where invited_at is null order by id");
        Assert.Equal(never, orders[3].Take(never.Count));
        Assert.Equal(orders[3].Reverse(), orders[7]);
    }

    [Fact]
    public async Task The_trail_from_either_end()
    {
        await desk.RequestAsync();
        var trail = desk.App.Get<TrailStore>();
        var orders = await ListWalk.EveryAsync([TrailOrders.Time], 2, slice => trail.ListAsync(Desk.Manager, new(What: "collections.insert"), slice), entry => entry.Id);
        Assert.Equal(orders[0].Order(), orders[0]);

        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        Assert.Contains("aria-sort=\"descending\"", await Browsing.PageAsync(manami, "/trail"));
        var oldest = await Browsing.PageAsync(manami, "/trail?kind=all&sort=time");
        Assert.Matches("<tr id=\"e1\"", oldest);
        Assert.Contains("sort=time&amp;after=time.", oldest.Replace("&after", "&amp;after"));
        Assert.Contains("name=\"sort\" value=\"time\"", oldest);
    }
}
