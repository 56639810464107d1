using System.Net;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Notifications;

/// <summary>What an auditor reads: who was told what, when, by which server, and what became of it.</summary>
public sealed class NoticeLedgerTests : IAsyncLifetime
{
    private TestApp app = null!;
    private long collection;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        var request = await app.AddRequestAsync();
        await app.OpenAsync();
        collection = (await app.CollectionAsync(request)).Id();
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task An_auditor_reads_how_often_somebody_was_reminded_and_when()
    {
        var due = await app.Database.ScalarAsync<DateOnly>("select due_on from collections where id = @collection", new { collection });
        // Every day at nine, as the worker would, until two weeks after the due date.
        for (var day = new DateOnly(2026, 10, 6); day <= due.AddDays(14); day = day.AddDays(1))
        {
            await app.Database.SetClockAsync($"{day:yyyy-MM-dd}T09:05:00");
            await app.Get<RemindOwners>().RunAsync(default);
            await app.Get<SendMails>().RunAsync(default);
        }
        var times = await app.Database.ScalarAsync<long>("select count(*) from notices n join mails m on m.id = n.mail_id and m.state = 'accepted' where n.subject = 'collection:' || @collection and n.template in ('evidence/collection-due-soon', 'evidence/collection-overdue')", new { collection });
        Assert.InRange(times, 3, 9);

        var carol = await app.PagesAsAsync(Cast.Carol);
        Assert.Contains($"Reminded {times} times", await PageForms.PageAsync(carol, $"/notices?about=collection:{collection}"));
        Assert.Contains($"{times} times", await PageForms.PageAsync(carol, $"/evidence/collections/{collection}"));
        var all = await PageForms.PageAsync(carol, "/notices");
        Assert.Contains(Cast.Alice.Name, all);
        // An auditor reads no mail.
        Assert.DoesNotContain("href=\"/mails/", all);
        Assert.Equal("PK", System.Text.Encoding.ASCII.GetString(await carol.GetByteArrayAsync($"/notices?about=collection:{collection}&handler=excel"), 0, 2));
        Assert.DoesNotContain(Cast.Alice.Name, await PageForms.PageAsync(carol, "/notices?about=collection:999999"));
        Assert.DoesNotContain(Cast.Alice.Name, await PageForms.PageAsync(carol, "/notices?kind=accounts/security"));
        Assert.Contains("お知らせの台帳", await PageForms.PageAsync(await app.PagesAsAsync(Cast.Manami), $"/evidence/collections/{collection}"));
    }

    [Theory]
    [InlineData("a--b")]
    [InlineData("-")]
    [InlineData("x/")]
    [InlineData("nobody/knows")]
    public async Task A_kind_that_there_is_not_asks_for_no_kind(string kind)
    {
        var carol = await app.PagesAsAsync(Cast.Carol);
        Assert.Contains(Cast.Alice.Name, await PageForms.PageAsync(carol, $"/notices?kind={kind}"));
        Assert.Equal(HttpStatusCode.OK, (await carol.GetAsync($"/notices?kind={kind}&handler=excel")).StatusCode);
    }

    [Fact]
    public async Task Others_learn_nothing_of_it()
    {
        foreach (var member in new[] { Cast.Alice, Cast.Bob, Cast.Tom, Cast.Adam, Cast.Mallory })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await (await app.PagesAsAsync(member)).GetAsync($"/notices?about=collection:{collection}")).StatusCode);
        }
        Assert.DoesNotContain("/notices?about", await PageForms.PageAsync(await app.PagesAsAsync(Cast.Alice), $"/evidence/collections/{collection}"));
    }

    [Fact]
    public async Task The_way_of_a_notice_is_told_from_due_to_done()
    {
        await app.Database.SetClockAsync("2026-10-06T09:05:00");
        await app.Get<SendMails>().RunAsync(default);
        var notice = await app.Database.ScalarAsync<long>("select id from notices where template = 'evidence/collection-opened'");
        await (await app.PagesAsAsync(Cast.Alice)).GetAsync($"/evidence/collections/{collection}?notice={notice}");
        (await app.SubmitAsync(Cast.Alice, collection)).EnsureSuccessStatusCode();
        var ledger = app.Get<NoticeLedger>();
        var carol = (await app.Get<AuditTracker.Accounts.CallerStore>().BySignInAsync(Cast.Carol.Mail, "test"))!;
        var line = (await ledger.ListAsync(carol, $"collection:{collection}", "evidence/collection-opened", new(NoticeLedger.Newest, true, 50), default)).Rows.Single();
        Assert.NotNull(line.DueOn);
        Assert.NotNull(line.HandedAt);
        Assert.NotNull(line.Via);
        Assert.NotNull(line.OpenedAt);
        Assert.NotNull(line.ClosedAt);
        Assert.True(line.ToldAt <= line.HandedAt && line.HandedAt <= line.OpenedAt && line.OpenedAt <= line.ClosedAt);
        Assert.Null(line.BouncedAt);
    }
}
