using System.Collections.Concurrent;
using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Mail;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Templates;
using AuditTracker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuditTracker.Tests.Notifications;

public sealed class SendMailsTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private readonly Outside outside = new();

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await database.ArrangeAsync("update company_versions set name_ja = '試験株式会社', name_en = 'Test Inc.' where section = 'name'; update company_versions set secretariat_name = '事務局', sender_address = 'audit@example.test' where section = 'secretariat'");
        await database.SetClockAsync("2026-11-24T09:05:00");
    }

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task One_mail_a_person_and_day_holds_everything_that_is_open()
    {
        await TellAsync(Opened(1, Cast.Alice), Opened(2, Cast.Alice), Opened(3, Cast.Bob));

        Assert.Equal(2, await RunAsync());
        await TellAsync(Opened(4, Cast.Alice));
        Assert.Equal(0, await RunAsync());

        var alice = Assert.Single(outside.Sent, mail => mail.To.Address == Cast.Alice.Mail);
        Assert.Contains("証跡の提出2件", alice.Subject);
        Assert.DoesNotContain("証跡の提出", Assert.Single(outside.Sent, mail => mail.To.Address == Cast.Bob.Mail).Subject);

        await database.SetClockAsync("2026-11-25T09:00:30");
        Assert.Equal(1, await RunAsync());
        Assert.Contains("/evidence/collections/4", outside.Sent[^1].Text);
        Assert.DoesNotContain("/evidence/collections/1", outside.Sent[^1].Text);
    }

    [Fact]
    public async Task Nothing_is_told_twice()
    {
        await TellAsync(Opened(1, Cast.Alice));
        await TellAsync(Opened(1, Cast.Alice));

        Assert.Equal(1, await database.ScalarAsync<int>("select count(*) from notices"));
        Assert.Equal(1, await database.ScalarAsync<int>("select count(*) from mails"));
    }

    [Fact]
    public async Task What_settled_itself_is_not_mailed_and_the_waiting_mail_is_not_shown()
    {
        await TellAsync(Opened(1, Cast.Alice), Opened(2, Cast.Bob));
        await WorkAsync(work => work.SettleAsync("collection:1"));

        Assert.Equal(1, await RunAsync());
        Assert.Equal(Cast.Bob.Mail, Assert.Single(outside.Sent).To.Address);
        var shown = await PageAsync();
        Assert.Equal(Cast.Bob.Name, Assert.Single(shown.Rows).ToName);

        await TellAsync(Opened(3, Cast.Alice));
        Assert.Equal(1, await RunAsync());
    }

    [Fact]
    public async Task Settling_one_mail_or_one_person_leaves_the_others_open()
    {
        await TellAsync(Opened(1, Cast.Alice), Opened(1, Cast.Bob) with { Key = "other" }, Opened(1, Cast.Alice) with { Key = "third", Template = "evidence/collection-due-soon" });

        Assert.Equal(1, await WorkAsync(work => work.SettleAsync("collection:1", ["evidence/collection-opened"], Cast.Alice.PersonId)));
        Assert.Equal(2, await WorkAsync(work => work.SettleManyAsync(["collection:1"])));
    }

    [Theory]
    [InlineData("2026-11-24T08:59:00", 0)]
    [InlineData("2026-11-24T10:00:00", 0)]
    [InlineData("2026-11-23T09:30:00", 0)] // a holiday
    [InlineData("2026-11-28T09:30:00", 0)] // a Saturday
    [InlineData("2026-11-24T09:59:00", 1)]
    public async Task Mails_of_the_day_leave_only_inside_the_window(string now, int mails)
    {
        await TellAsync(Opened(1, Cast.Alice));
        await database.SetClockAsync(now);

        Assert.Equal(mails, await RunAsync());
    }

    [Fact]
    public async Task Send_now_lets_todays_mail_leave_at_once_and_only_once_a_day()
    {
        await database.SetClockAsync("2026-11-24T15:00:00");
        await TellAsync(Opened(1, Cast.Alice));
        var id = await database.ScalarAsync<long>("select id from mails");
        var now = database.Get<SendMailNow>();

        await Assert.ThrowsAsync<NotFound>(() => now.RunAsync(User(Cast.Mallory), id, default));
        await Assert.ThrowsAsync<NotFound>(() => now.RunAsync(User(Cast.Adam), id, default));
        await now.RunAsync(User(Cast.Manami), id, default);
        Assert.Equal(1, await RunAsync());

        await TellAsync(Opened(2, Cast.Alice));
        var second = await database.ScalarAsync<long>("select max(id) from mails");
        Assert.Equal("LeftToday", (await Assert.ThrowsAsync<Refusal>(() => now.RunAsync(User(Cast.Manami), second, default))).Key);
        Assert.Equal("NotWaiting", (await Assert.ThrowsAsync<Refusal>(() => now.RunAsync(User(Cast.Manami), id, default))).Key);
        Assert.Equal(0, await RunAsync());
    }

    [Fact]
    public async Task Send_now_holds_for_its_day_only()
    {
        await database.SetClockAsync("2026-11-24T15:00:00");
        await TellAsync(Opened(1, Cast.Alice));
        await database.Get<SendMailNow>().RunAsync(User(Cast.Manami), await database.ScalarAsync<long>("select id from mails"), default);
        await WorkAsync(work => work.SettleAsync("collection:1"));
        Assert.Equal(0, await RunAsync());

        await database.SetClockAsync("2026-11-25T20:00:00");
        await TellAsync(Opened(2, Cast.Alice));

        Assert.Equal(0, await RunAsync());
        await database.SetClockAsync("2026-11-26T09:00:00");
        Assert.Equal(1, await RunAsync());
    }

    [Fact]
    public async Task Everybody_reads_their_own_language()
    {
        await TellAsync(Opened(1, Cast.Alice), Opened(2, Cast.Carol));
        await RunAsync();

        Assert.EndsWith("｜試験株式会社", outside.Sent.Single(mail => mail.To.Address == Cast.Alice.Mail).Subject);
        Assert.EndsWith("| Test Inc.", outside.Sent.Single(mail => mail.To.Address == Cast.Carol.Mail).Subject);
    }

    [Fact]
    public async Task A_mail_whose_worker_died_is_repeated_as_the_same_mail_where_that_is_safe()
    {
        await TellAsync(Opened(1, Cast.Alice));
        await RunAndDieAsync();
        await WorkAsync(work => work.SettleAsync("collection:1"));

        Assert.Equal(0, await RunAsync()); // the lease still runs
        await database.ArrangeAsync("update mails set lease_until = now() - interval '1 second'");
        Assert.Equal(1, await RunAsync());
        Assert.Equal(0, await RunAsync());

        Assert.Equal(2, outside.Tried.Count);
        Assert.Equal(outside.Tried[0].MessageId, outside.Tried[1].MessageId);
        Assert.Equal(outside.Tried[0].Text, outside.Tried[1].Text);
        Assert.Equal("accepted", await database.ScalarAsync<string>("select state from mails where kind = 'daily'"));
    }

    [Fact]
    public async Task A_mail_whose_worker_died_behind_the_handing_over_keeps_the_link_it_has()
    {
        var minted = 0;
        SecretMail[] secrets = [new("evidence/collection-opened", (_, _, _) => Task.FromResult($"/open?token={++minted}"))];
        await TellAsync(Opened(1, Cast.Alice));
        outside.Dies = true;
        _ = RunAsync(secrets);
        while (outside.Tried.Count == 0)
        {
            await Task.Delay(10);
        }
        (outside.Dies, outside.HasIt) = (false, true);
        await database.ArrangeAsync("update mails set lease_until = now() - interval '1 second'");
        await RunAsync(secrets);

        Assert.Single(outside.Tried);
        Assert.Equal(1, minted);
        Assert.Equal("accepted", await database.ScalarAsync<string>("select state from mails"));
        Assert.Equal("accepted", await database.ScalarAsync<string>("select outcome from mail_attempts"));
    }

    [Fact]
    public async Task A_mail_whose_worker_died_is_unknown_where_repeating_could_double_it()
    {
        outside.CanRepeat = false;
        await ListenAsync();
        await TellAsync(Opened(1, Cast.Alice));
        await RunAndDieAsync();
        await database.ArrangeAsync("update mails set lease_until = now() - interval '1 second'");

        Assert.Equal(0, await RunAsync());
        Assert.Single(outside.Tried);
        Assert.Equal("unknown", await database.ScalarAsync<string>("select state from mails"));
        Assert.Equal("unknown", await database.ScalarAsync<string>("select outcome from mail_attempts"));
        Assert.Equal(await database.ScalarAsync<string>("select 'mail:' || id from mails"), await database.ScalarAsync<string>("select subject from webhook_events where event = 'mail.failed'"));
    }

    [Fact]
    public async Task Two_workers_at_once_send_every_mail_once()
    {
        await database.ArrangeAsync("""
            insert into people (employee_no, name, name_key, email, email_key, hired_on)
            select 'X' || n, '人' || n, '人', 'p' || n || '@example.test', 'p' || n || '@example.test', '2020-04-01' from generate_series(1, 300) n
            """);
        var people = await database.ListAsync<long>("select id from people where employee_no like 'X%'");
        await WorkAsync(work => work.TellManyAsync(people.Select(id => Opened(id, Cast.Alice) with { Key = $"k{id}", PersonId = id }).ToList()));

        var sent = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(RunAsync)));

        Assert.Equal(300, sent.Sum());
        Assert.Equal(300, outside.Sent.Select(mail => mail.To.Address).Distinct().Count());
        Assert.Equal(300, outside.Sent.Count);
        Assert.Equal(300, await database.ScalarAsync<int>("select count(*) from mails where state = 'accepted' and sent_on = '2026-11-24'"));
        Assert.Equal(300, await database.ScalarAsync<int>("select count(*) from mail_attempts"));
    }

    [Fact]
    public async Task A_mail_that_is_turned_away_takes_what_came_since_and_stays_one_a_day()
    {
        outside.Answer = new SendResult.Deferred("450 4.2.1 try later");
        await TellAsync(Opened(1, Cast.Alice));
        Assert.Equal(0, await RunAsync());
        Assert.Equal("deferred", await database.ScalarAsync<string>("select state from mails"));

        outside.Answer = null;
        await TellAsync(Opened(2, Cast.Alice));
        Assert.Equal(0, await RunAsync()); // not before the pause is over, and not as a second mail
        await database.SetClockAsync("2026-11-24T09:11:00");
        Assert.Equal(1, await RunAsync());

        Assert.Contains("証跡の提出2件", Assert.Single(outside.Sent).Subject);
        Assert.Equal(["deferred", "accepted"], await database.ListAsync<string>("select outcome from mail_attempts order by id"));
        Assert.Equal(0, await RunAsync());
    }

    [Fact]
    public async Task A_mail_that_is_refused_has_failed_and_is_sent_again_only_by_a_person()
    {
        outside.Answer = new SendResult.Failed("550 5.1.1 no such user");
        await TellAsync(Opened(1, Cast.Alice));
        Assert.Equal(0, await RunAsync());
        outside.Answer = null;
        Assert.Equal(0, await RunAsync());
        var id = await database.ScalarAsync<long>("select id from mails where state = 'failed'");
        Assert.Equal("550 5.1.1 no such user", await database.ScalarAsync<string>("select reply from mails where id = @id", new { id }));

        await database.Get<ResolveMail>().SendAgainAsync(User(Cast.Manami), id, default);
        Assert.Equal(1, await RunAsync());
        Assert.Equal("AlreadyDecided", (await Assert.ThrowsAsync<Refusal>(() => database.Get<ResolveMail>().SendAgainAsync(User(Cast.Manami), id, default))).Key);
    }

    [Fact]
    public async Task A_person_decides_about_a_mail_of_unknown_ending()
    {
        outside.Answer = new SendResult.Unknown("connection lost after DATA");
        await TellAsync(Opened(1, Cast.Alice), Opened(2, Cast.Bob));
        await RunAsync();
        outside.Answer = null;
        Assert.Equal(0, await RunAsync());
        var ids = await database.ListAsync<long>("select id from mails where state = 'unknown' order by id");
        Assert.Equal(2, ids.Count);
        var resolve = database.Get<ResolveMail>();

        await Assert.ThrowsAsync<NotFound>(() => resolve.ArrivedAsync(User(Cast.Adam), ids[0], default));
        await resolve.ArrivedAsync(User(Cast.Manami), ids[0], default);
        await resolve.SendAgainAsync(User(Cast.Manami), ids[1], default);
        Assert.Equal(1, await RunAsync());

        var again = Assert.Single(outside.Sent);
        Assert.StartsWith("【再送】", again.Subject);
        Assert.Equal(2, outside.Tried.Where(mail => mail.To.Address == Cast.Bob.Mail).Select(mail => mail.MessageId).Distinct().Count());
        Assert.Equal("accepted", await database.ScalarAsync<string>("select state from mails where id = @id", new { id = ids[0] }));
    }

    [Fact]
    public async Task Secrets_leave_in_the_mail_and_never_stay_in_the_database()
    {
        await database.SetClockAsync("2026-11-24T23:00:00");
        await WorkAsync(work => work.TellNowAsync(
            new Notice("invitation/1", "accounts/invitation", null, "invitation:1") { Model = new Dictionary<string, object?> { ["signInName"] = "x@example.test", ["expiresOn"] = "2026-12-01", ["invitedBy"] = null } },
            new Recipient("新人 太郎", "x@example.test", "ja")));

        Assert.Equal(1, await RunAsync(new SecretMail("accounts/invitation", (_, subject, _) => Task.FromResult($"/invitations?token=live-secret-for-{subject}"))));

        Assert.Contains("token=live-secret-for-invitation:1", Assert.Single(outside.Sent).Text);
        Assert.Contains("live-secret-for-invitation", outside.Sent[0].Html);
        Assert.Equal(0, await database.ScalarAsync<int>("select count(*) from mails where mails::text like '%live-secret%'"));
        Assert.Equal(0, await database.ScalarAsync<int>("select count(*) from notices where notices::text like '%live-secret%'"));
        Assert.Contains(WriteMail.Mask, await database.ScalarAsync<string>("select body_text from mails"));
        Assert.Contains(WriteMail.Mask, await database.ScalarAsync<string>("select body_html from mails"));
    }

    [Fact]
    public async Task A_mail_that_cannot_be_written_fails_alone()
    {
        await ListenAsync();
        await TellAsync(Opened(1, Cast.Alice) with { Model = new Dictionary<string, object?>() }, Opened(2, Cast.Bob));

        Assert.Equal(1, await RunAsync());
        Assert.Equal("failed", await database.ScalarAsync<string>("select state from mails where person_id = @id", new { id = Cast.Alice.PersonId }));
        Assert.Equal(Cast.Bob.Mail, Assert.Single(outside.Sent).To.Address);
        Assert.Equal(await database.ScalarAsync<string>("select 'mail:' || id from mails where state = 'failed'"), await database.ScalarAsync<string>("select subject from webhook_events where event = 'mail.failed'"));
    }

    [Fact]
    public async Task Who_has_left_gets_no_mail()
    {
        await TellAsync(Opened(1, Cast.Alice));
        await database.ArrangeAsync("update people set left_on = '2026-11-23' where id = @id", new { id = Cast.Alice.PersonId });

        Assert.Equal(0, await RunAsync());
    }

    [Fact]
    public async Task A_notice_written_while_its_mail_was_being_taken_gets_a_mail_of_its_own()
    {
        await TellAsync(Opened(1, Cast.Alice));
        await using (var slow = await database.BeginAsync())
        {
            await slow.TellAsync(Opened(2, Cast.Alice));
            Assert.Equal(1, await RunAsync());
            await slow.CommitAsync();
        }

        await database.SetClockAsync("2026-11-25T09:00:00");
        Assert.Equal(1, await RunAsync());
        Assert.Contains("/evidence/collections/2", outside.Sent[^1].Text);
    }

    [Fact]
    public async Task Settling_and_telling_never_lock_out_the_worker()
    {
        await TellAsync(Opened(1, Cast.Alice));
        await using (var slow = await database.BeginAsync())
        {
            await slow.SettleAsync("collection:1");
            Assert.Equal(0, await RunAsync()); // waits for nobody, sends nothing
            await slow.TellAsync(Opened(2, Cast.Alice));
            await slow.CommitAsync();
        }
        Assert.Equal(1, await RunAsync());
        Assert.Contains("/evidence/collections/2", Assert.Single(outside.Sent).Text);
    }

    [Fact]
    public async Task Bodies_are_erased_ninety_days_after_the_mail_left()
    {
        await TellAsync(Opened(1, Cast.Alice));
        await RunAsync();

        await database.SetClockAsync("2027-02-22T08:00:00");
        Assert.Equal(0, await database.Get<EraseMailBodies>().RunAsync(default));
        await database.SetClockAsync("2027-02-22T10:00:00");
        Assert.Equal(1, await database.Get<EraseMailBodies>().RunAsync(default));
        Assert.Equal(0, await database.Get<EraseMailBodies>().RunAsync(default));

        var record = await Ledger.FindAsync(User(Cast.Manami), await database.ScalarAsync<long>("select id from mails where state = 'accepted'"), default);
        Assert.Null(record!.Text);
        Assert.NotNull(record.ErasedAt);
    }

    [Fact]
    public async Task What_somebody_sent_themselves_to_look_at_is_erased_with_its_mail()
    {
        await database.Get<PreviewMail>().SendToSelfAsync(User(Cast.Manami), new SeenMail("件名", "他人の本文", "", "<p>他人の本文</p>"), "person", default);
        Assert.Equal(1, await RunAsync());
        await database.SetClockAsync("2027-02-22T10:00:00");
        Assert.Equal(1, await database.Get<EraseMailBodies>().RunAsync(default));
        Assert.Equal("link", await database.ScalarAsync<string>("select string_agg(name, ' ') from notices, jsonb_object_keys(model) name"));
    }

    [Fact]
    public async Task The_ledger_shows_bodies_to_compliance_managers_states_to_administrators_and_nothing_to_others()
    {
        await TellAsync(Opened(1, Cast.Alice));
        await RunAsync();
        var id = await database.ScalarAsync<long>("select id from mails where state = 'accepted'");

        var seen = await Ledger.FindAsync(User(Cast.Manami), id, default);
        Assert.NotNull(seen!.Text);
        Assert.NotNull(seen.Mail.Subject);
        Assert.Single(seen.Notices);
        Assert.Equal("accepted", Assert.Single(seen.Attempts).Outcome);

        var states = await Ledger.FindAsync(User(Cast.Adam), id, default);
        Assert.Equal("accepted", states!.Mail.State);
        Assert.Null(states.Mail.Subject);
        Assert.Null(states.Text);
        Assert.Null(states.Html);
        Assert.Empty(states.Notices);

        Assert.Null(await Ledger.FindAsync(User(Cast.Alice), id, default));
        Assert.Empty((await Ledger.ListAsync(User(Cast.Carol), null, new(MailOrders.When, Descending: true, 50), default)).Rows);
        Assert.Empty(await Ledger.CountsAsync(User(Cast.Tom), default));
    }

    [Fact]
    public async Task The_ledger_says_when_a_waiting_mail_goes_out_and_turns_its_pages()
    {
        await database.SetClockAsync("2026-11-27T18:00:00");
        await database.ArrangeAsync("""
            insert into mails (kind, to_name, to_address, language, state, message_id, claimed_at, created_at)
            select 'now', '人' || n, 'p@example.test', 'ja', 'accepted', 'm' || n, now() - n * interval '1 minute', now() from generate_series(1, 119) n
            """);
        await TellAsync(Opened(1, Cast.Alice));

        var first = await PageAsync();
        Assert.Equal(50, first.Rows.Count);
        Assert.Equal((Cast.Alice.Name, new DateTime(2026, 11, 30, 0, 0, 0, DateTimeKind.Utc), 1), (first.Rows[0].ToName, first.Rows[0].LeavesAt, first.Rows[0].Notices));
        Assert.Null(first.Before);
        var second = await PageAsync(first.After);
        var third = await PageAsync(second.After);
        Assert.Equal(20, third.Rows.Count);
        Assert.Null(third.After);
        Assert.Equal(120, first.Rows.Concat(second.Rows).Concat(third.Rows).Select(mail => mail.Id).Distinct().Count());
        Assert.Equal(first.Rows.Select(mail => mail.Id), (await PageAsync(null, second.Before)).Rows.Select(mail => mail.Id));
        Assert.Equal(1, (await Ledger.CountsAsync(User(Cast.Manami), default))["queued"]);
    }

    private MailLedger Ledger => database.Get<MailLedger>();

    /// <summary>A page of the ledger as it opens.</summary>
    private Task<AuditTracker.Platform.Database.ListPage<LedgerMail>> PageAsync(string? after = null, string? before = null) =>
        Ledger.ListAsync(User(Cast.Manami), null, new(MailOrders.When, Descending: true, 50, after, before), default);

    private Task<int> RunAsync() => RunAsync([]);

    /// <summary>Somebody wants to hear of mails that failed.</summary>
    private Task ListenAsync() => database.ArrangeAsync("""
        insert into webhooks (key, name, kind, address, host, language, events, created_at) values (gen_random_uuid(), 'x', 'slack', 'x', 'x.test', 'en', '{mail.failed}', now())
        """);

    /// <summary>A worker that has claimed a mail and handed it over, and never comes back.</summary>
    private async Task RunAndDieAsync()
    {
        outside.Dies = true;
        _ = RunAsync();
        while (outside.Tried.Count == 0)
        {
            await Task.Delay(10);
        }
        outside.Dies = false;
    }

    private Task<int> RunAsync(params SecretMail[] secrets) =>
        new SendMails(database.Db, database.Get<MailQueue>(), database.Get<WriteMail>(), outside, secrets, database.Installation.Settings, NullLogger<SendMails>.Instance).RunAsync(default);

    private Task TellAsync(params Notice[] notices) => WorkAsync(work => work.TellManyAsync(notices));

    private async Task<int> WorkAsync(Func<UnitOfWork, Task<int>> act)
    {
        await using var work = await database.BeginAsync();
        var rows = await act(work);
        await work.CommitAsync();
        return rows;
    }

    internal static Notice Opened(long id, Cast.Member to) => new($"collection:{id}/{to.Nick}/opened", "evidence/collection-opened", to.PersonId, $"collection:{id}")
    {
        Urgency = Urgency.Opened,
        DueOn = new DateOnly(2026, 12, 4),
        Model = new Dictionary<string, object?>
        {
            ["title"] = "アクセス権棚卸し",
            ["period"] = new { from = "2026-07-01", to = "2026-09-30" },
            ["minutes"] = 20,
            ["reviewerName"] = "清水 誠",
            ["itemsInWords"] = null,
            ["link"] = $"/evidence/collections/{id}",
        },
    };

    private static CurrentUser User(Cast.Member member) => new()
    {
        AccountId = member.AccountId,
        PersonId = member.PersonId,
        SignIn = member.Mail,
        Name = member.Name,
        Language = member.Language,
        RequestId = "test",
        Roles = member.Role is { } role && RoleNames.TryParse(role, out var known) ? new HashSet<Role> { known, Role.Employee } : new HashSet<Role> { Role.Employee },
    };

    /// <summary>The other side of the edge: takes every mail, unless told otherwise.</summary>
    private sealed class Outside : IMailTransport
    {
        private readonly ConcurrentQueue<OutgoingMail> sent = [], tried = [];

        public bool CanRepeat { get; set; } = true;
        public bool Dies { get; set; }
        public bool HasIt { get; set; }
        public bool HasTaken(string messageId) => HasIt;
        public SendResult? Answer { get; set; }
        public IReadOnlyList<OutgoingMail> Sent => [.. sent];
        public IReadOnlyList<OutgoingMail> Tried => [.. tried];

        public async Task<SendResult> SendAsync(OutgoingMail mail, CancellationToken cancel)
        {
            await Task.Yield();
            tried.Enqueue(mail);
            if (Dies)
            {
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
            }
            if (Answer is null)
            {
                sent.Enqueue(mail);
            }
            return Answer ?? new SendResult.Accepted("250 ok");
        }
    }
}
