using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Accounts;
using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Platform.Mail;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Accounts;

public sealed partial class InvitationTests : IAsyncLifetime
{
    private const string New = "900100";
    private const string Chosen = "a long enough sentence";
    private readonly TestApp app = new();

    public async Task InitializeAsync()
    {
        await app.InitializeAsync();
        await app.Database.SetClockAsync("2026-11-24T09:00:00");
        await app.Database.ArrangeAsync("""
            insert into people (employee_no, name, name_kana, name_key, email, email_key, language, hired_on) values
                (@New, '新田 忍', 'ニッタ シノブ', @key, 'nitta@example.test', 'nitta@example.test', 'ja', '2026-11-01'),
                ('900101', '先野 来', '', '先野 来', 'saki@example.test', 'saki@example.test', 'ja', '2026-12-01')
            """, new { New, key = AuditTracker.People.NameKey.Of("新田 忍", "ニッタ シノブ") });
    }

    public Task DisposeAsync() => app.DisposeAsync();

    /// <summary>Sends what is queued and gives the path of the link in the newest mail to an address.</summary>
    private async Task<string> LinkInMailToAsync(string address)
    {
        await app.Get<SendMails>().RunAsync(default);
        var folder = app.Database.Installation.Settings.MailFolder;
        var mail = new DirectoryInfo(folder).GetFiles("*.eml", SearchOption.AllDirectories).OrderByDescending(file => file.LastWriteTimeUtc)
            .Select(file => new ReadMail(File.ReadAllBytes(file.FullName))).First(read => read.Headers["To"].Contains(address, StringComparison.Ordinal));
        return new Uri(Link().Match(mail.Parts.First(part => part.Key.StartsWith("text/plain", StringComparison.Ordinal)).Value).Value).PathAndQuery;
    }

    private async Task InviteAsync(Cast.Member by, string person = New)
    {
        var client = await app.PagesAsAsync(by);
        var found = await client.PageAsync($"/accounts/invite?find={person}");
        Assert.Contains($"value=\"{person}\"", found);
        var check = $"/accounts/invite/check?people={person}";
        var done = await client.PostFormAsync(check, null, ("person", person));
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Contains(by.Language == "en" ? "Invited" : "招待中", await client.PageAsync(done.Headers.Location!.ToString()));
    }

    [Fact]
    public async Task An_invitation_is_mailed_opened_once_and_signs_in()
    {
        await InviteAsync(Cast.Manami);
        var link = await LinkInMailToAsync("nitta@example.test");
        var visitor = app.Anonymous();

        // Scanners and previews follow links, more than once.
        for (var i = 0; i < 3; i++)
        {
            Assert.Contains("nitta@example.test", await visitor.PageAsync(link));
        }
        var token = link.Split("token=")[1];
        var weak = await visitor.PostFormAsync(link, "/invitation", ("Token", token), ("Input.Password", "short"));
        Assert.Equal(HttpStatusCode.BadRequest, weak.StatusCode);
        Assert.Contains("パスワードは12文字以上128文字以内", await weak.TextAsync());
        var started = await visitor.PostFormAsync(link, "/invitation", ("Token", token), ("Input.Password", Chosen));

        Assert.Equal("/", started.Headers.Location!.ToString());
        var today = await visitor.PageAsync("/");
        Assert.Contains("新田 忍", today);
        Assert.Contains("今日することはありません。", today);
        Assert.DoesNotContain("class=\"menu\"", today);

        var late = app.Anonymous();
        Assert.Equal(HttpStatusCode.NotFound, (await late.GetAsync(link)).StatusCode);
        Assert.Contains("事務局に招待の再送を頼んでください", await (await late.GetAsync(link)).TextAsync());
        var second = await late.PostFormAsync("/sign-in", "/invitation", ("Token", token), ("Input.Password", "another long sentence"));
        Assert.Equal(HttpStatusCode.NotFound, second.StatusCode);
        Assert.IsType<SignInResult.Wrong>(await app.Get<SignIn>().StartAsync("nitta@example.test", "another long sentence", "", "t", default));
        Assert.IsType<SignInResult.Started>(await app.Get<SignIn>().StartAsync("nitta@example.test", Chosen, "", "t", default));
    }

    [Fact]
    public async Task Everybody_who_has_open_work_and_no_way_in_is_invited_at_once()
    {
        await app.Database.ArrangeAsync("""
            insert into people (employee_no, name, name_kana, name_key, email, email_key, language, hired_on) values
                ('900102', '無目 留', '', '無目 留', '', '', 'ja', '2020-04-01'), ('900103', '部長 頭', '', '部長 頭', 'head@example.test', 'head@example.test', 'ja', '2020-04-01'),
                ('900104', '何無 人', '', '何無 人', 'none@example.test', 'none@example.test', 'ja', '2020-04-01');
            insert into departments (code) values ('D8'), ('D9');
            insert into department_versions (department_id, name, head_id, from_on)
            select d.id, d.code, p.id, '2020-04-01' from departments d join people p on p.employee_no = case d.code when 'D8' then '900102' when 'D9' then '900103' end;
            """);
        var manami = await app.PagesAsAsync(Cast.Manami);
        Assert.Contains("担当・確認者・部門長のうち2名は、まだサインインできません", await manami.PageAsync("/accounts"));
        var check = await manami.PageAsync("/accounts/invite/check?who=owing");
        Assert.Contains("1名に招待のメールを送ります", check);
        Assert.Contains("無目 留</span> (900102): メールアドレスがありません。", check);
        Assert.DoesNotContain("何無 人", check);

        await app.Database.ArrangeAsync("update people set email = 'mune@example.test', email_key = 'mune@example.test' where employee_no = '900102'");
        var done = await manami.PostFormAsync("/accounts/invite/check?who=owing", null, ("person", "900102"), ("person", "900103"));
        Assert.Equal("/accounts", done.Headers.Location!.ToString());
        Assert.Equal(["head@example.test", "mune@example.test"], await app.Database.ListAsync<string>("select to_address from mails order by to_address"));
        // Pressed again, nobody whose link works is mailed, and no link ends.
        var again = await manami.PageAsync("/accounts/invite/check?who=owing");
        Assert.Contains("招待する人はいません", again);
        Assert.Contains("そのうち2名には、まだ使える招待を送ってあります", again);
        var second = await manami.PostFormAsync("/accounts/invite/check?who=invited", "/accounts/invite/check?who=owing", ("person", "900102"), ("person", "900103"));
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal(2, await app.Database.ScalarAsync<long>("select count(*) from one_time_links where purpose = 'invitation' and revoked_at is null"));

        // A reminder is a press of its own.
        var remind = await manami.PageAsync("/accounts/invite/check?who=invited");
        Assert.Contains("再送", remind);
        Assert.Equal(HttpStatusCode.Redirect, (await manami.PostFormAsync("/accounts/invite/check?who=invited", null, ("person", "900102"))).StatusCode);
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from one_time_links where purpose = 'invitation' and revoked_at is not null"));
    }

    [Fact]
    public async Task Each_press_invites_the_next_five_hundred_of_those_who_owe()
    {
        await app.Database.ArrangeAsync("""
            insert into people (employee_no, name, name_kana, name_key, email, email_key, language, hired_on)
            select '7' || to_char(n, 'FM00000'), '多勢 ' || n, to_char(n, 'FM0000'), '多勢', case when n > 5 then n || '@many.test' else '' end, n || '@many.test', 'ja', '2020-04-01' from generate_series(1, 507) n;
            insert into departments (code) select 'M' || n from generate_series(1, 507) n;
            insert into department_versions (department_id, name, head_id, from_on)
            select d.id, d.code, p.id, '2020-04-01' from departments d join people p on p.employee_no = '7' || to_char(substr(d.code, 2)::int, 'FM00000') where d.code like 'M%';
            """);
        var manami = await app.PagesAsAsync(Cast.Manami);
        const string Check = "/accounts/invite/check?who=owing";
        var first = await manami.PageAsync(Check);
        // Those without an address take no places of those who can be invited.
        Assert.Contains("500名に招待のメールを送ります", first);
        Assert.Contains("残りの2名を続けて招待してください", first);
        Assert.Contains("招待できない人（5名）", first);
        await app.Database.ArrangeAsync("""
            insert into accounts (sign_in, sign_in_key, person_id, language, created_at, invited_at) select email, email_key, id, 'ja', now(), now() from people where email like '%@many.test' and email_key not in ('506@many.test', '507@many.test');
            insert into one_time_links (account_id, purpose, created_at, expires_at) select id, 'invitation', now(), now() + interval '7 days' from accounts where sign_in like '%@many.test';
            """);

        var next = await manami.PageAsync(Check);
        Assert.Contains("2名に招待のメールを送ります", next);
        Assert.Contains("多勢 506", next);
        Assert.Contains("多勢 507", next);
        Assert.DoesNotContain("多勢 400", next);
        Assert.DoesNotContain("続けて招待", next);
        Assert.Contains("そのうち500名には", next);
    }

    [Fact]
    public async Task A_revoked_invitation_opens_nothing_and_a_mail_that_waits_is_not_sent()
    {
        await InviteAsync(Cast.Manami);
        var link = await LinkInMailToAsync("nitta@example.test");
        var account = await app.Database.ScalarAsync<long>("select id from accounts where sign_in = 'nitta@example.test'");
        var manami = await app.PagesAsAsync(Cast.Manami);
        Assert.Equal(HttpStatusCode.Redirect, (await manami.PostFormAsync($"/accounts/{account}", $"/accounts/{account}?handler=revoke")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous().GetAsync(link)).StatusCode);
        Assert.Contains("招待の期限切れ", await manami.PageAsync($"/accounts/{account}"));
        Assert.Equal(HttpStatusCode.NotFound, (await manami.PostFormAsync("/accounts", $"/accounts/{account}?handler=revoke")).StatusCode);
        Assert.Contains(account, await app.Database.ListAsync<long>("select id from accounts where password_hash is null"));
        var person = await app.Database.ScalarAsync<long>("select person_id from accounts where id = @account", new { account });
        Assert.Equal([person], await app.Get<AccountStore>().WithoutAccountAsync([person, Cast.Alice.PersonId], default));
    }

    [Fact]
    public async Task Two_who_use_a_link_at_the_same_time_do_not_both_come_in()
    {
        await InviteAsync(Cast.Adam);
        var token = (await LinkInMailToAsync("nitta@example.test")).Split("token=")[1];
        var tries = await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            try
            {
                return await app.Get<ChoosePassword>().RunAsync(token, $"{Chosen} {i}", "", "t", default);
            }
            catch (NotFound)
            {
                return null;
            }
        }));
        Assert.Single(tries, session => session is not null);
    }

    [Fact]
    public async Task A_link_ends_after_its_last_day_and_when_another_is_sent()
    {
        await InviteAsync(Cast.Manami);
        var first = await LinkInMailToAsync("nitta@example.test");
        Assert.Equal(7, await app.Database.ScalarAsync<int>("select extract(day from expires_at - created_at)::int from one_time_links where purpose = 'invitation'"));

        var manami = await app.PagesAsAsync(Cast.Manami);
        var account = await app.Database.ScalarAsync<long>("select id from accounts where sign_in = 'nitta@example.test'");
        var again = await manami.PostFormAsync($"/accounts/{account}", $"/accounts/{account}?handler=invite");
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous().GetAsync(first)).StatusCode);

        var second = await LinkInMailToAsync("nitta@example.test");
        Assert.NotEqual(first, second);
        await app.Anonymous().PageAsync(second);
        await app.Database.ArrangeAsync("update one_time_links set expires_at = now() - interval '1 second' where revoked_at is null");
        Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous().GetAsync(second)).StatusCode);
        var ended = await app.Anonymous().PostFormAsync("/sign-in", "/invitation", ("Token", second.Split("token=")[1]), ("Input.Password", Chosen));
        Assert.Equal(HttpStatusCode.NotFound, ended.StatusCode);
        Assert.Contains("招待の期限切れ", await manami.PageAsync($"/accounts/{account}"));
    }

    [Fact]
    public async Task No_secret_stands_in_any_column_of_any_table()
    {
        await InviteAsync(Cast.Manami);
        var invitation = (await LinkInMailToAsync("nitta@example.test")).Split("token=")[1];
        await app.Anonymous().PostFormAsync("/password-reset", null, ("Input.Address", Cast.Hana.Mail));
        var reset = (await LinkInMailToAsync(Cast.Hana.Mail)).Split("token=")[1];
        var added = await app.Get<AddAccount>().RunAsync("op@example.test", "運用", null, [(Role.Administrator, null)], Actor.Operator("test"));
        var api = await app.Get<Tokens>().AddAsync((await app.Get<CallerStore>().BySignInAsync(Cast.Hana.Mail, "t"))!, "x", 1, withFactor: true, Actor.Operator("test"));
        var session = ((SignInResult.Started)await app.Get<SignIn>().StartAsync(Cast.Hana.Mail, Cast.Password, "", "t", default)).Token;
        Assert.All([invitation, reset], secret => Assert.True(secret.Length >= 43));
        await app.Get<ChoosePassword>().RunAsync(invitation, Chosen, "", "t", default);

        var columns = await app.Database.ListAsync<string>("""
            select format('select count(*) from %I.%I where %I::text like any (array(select ''%%'' || s || ''%%'' from unnest(@secrets) s))', table_schema, table_name, column_name)
            from information_schema.columns join information_schema.tables using (table_schema, table_name)
            where table_schema in ('public', 'trail', 'quartz') and table_type = 'BASE TABLE'
            """);
        Assert.True(columns.Count > 200);
        foreach (var column in columns)
        {
            var secrets = new[] { invitation, reset, added.Split("token=")[1], api, session, Chosen, Cast.Password };
            // bytea shows as hex.
            secrets = [.. secrets, .. secrets.Select(secret => Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(secret)))];
            Assert.True(await app.Database.ScalarAsync<long>(column, new { secrets }) == 0, column);
        }
        Assert.Contains("●●●", await app.Database.ScalarAsync<string>("select body_text from mails where to_address = 'nitta@example.test'"));
    }

    [Fact]
    public async Task Only_employed_people_without_access_are_invited_and_only_by_those_who_may()
    {
        var manami = await app.PagesAsAsync(Cast.Manami);
        Assert.Contains("該当する在職中の従業者はいません", await manami.PageAsync("/accounts/invite?find=900101"));
        const string Check = "/accounts/invite/check?people=900100&people=900101&people=900001";
        var check = await manami.PageAsync(Check);
        Assert.Contains("1名に招待のメールを送ります", check);
        Assert.Contains("先野 来</span> (900101): 今日の時点で在職していません。", check);
        Assert.Contains("相川 有栖</span> (900001): すでに利用しています。", check);
        var early = await manami.PostFormAsync(Check, null, ("person", "900101"));
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        Assert.Contains("先野 来さんは今日の時点で在職していません", await early.TextAsync());
        var twice = await manami.PostFormAsync(Check, null, ("person", Cast.Alice.EmployeeNo));
        Assert.Contains("相川 有栖さんはすでに利用しています", await twice.TextAsync());
        var unknown = await manami.PostFormAsync(Check, null, ("person", "nobody"));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains("新田 忍", await manami.PageAsync("/accounts/invite?find=" + Uri.EscapeDataString("にった")));

        foreach (var member in new[] { Cast.Alice, Cast.Bob, Cast.Carol, Cast.Mallory, Cast.Tom, Cast.Hana })
        {
            var client = await app.PagesAsAsync(member);
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/accounts")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/accounts/1")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/accounts/invite?find=900100")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await client.PostFormAsync("/tokens", "/accounts/invite/check", ("person", New))).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await client.PostFormAsync("/tokens", "/accounts/1?handler=grant", ("Input.Role", "Administrator"))).StatusCode);
            var user = (await app.Get<CallerStore>().BySignInAsync(member.Mail, "t"))!;
            await Assert.ThrowsAsync<NotFound>(() => app.Get<InvitePerson>().RunAsync(user, New, default));
            Assert.Empty((await app.Get<AccountStore>().PageAsync(user, null, new ListSlice(AccountOrders.SignIn, Descending: false, 50), DateTime.UtcNow, default)).Page.Rows);
            Assert.Empty(await app.Get<AccountStore>().CandidatesAsync(user, New, default));
            Assert.Empty(await app.Get<AccountStore>().CheckAsync(user, [New], OwingPart.Uninvited, app.Get<OwingSource>(), DateTime.UtcNow, default));
            await Assert.ThrowsAsync<NotFound>(() => app.Get<InvitePerson>().RevokeAsync(user, 1, default));
        }
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from accounts where sign_in = 'nitta@example.test'"));
    }

    [Fact]
    public async Task A_disabled_account_or_a_leaver_cannot_use_a_link_that_is_out()
    {
        await InviteAsync(Cast.Manami);
        var link = await LinkInMailToAsync("nitta@example.test");
        await app.Database.ArrangeAsync("update people set left_on = '2026-11-23' where employee_no = @New", new { New });
        Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous().GetAsync(link)).StatusCode);
        await app.Database.ArrangeAsync("update people set left_on = null where employee_no = @New; update accounts set disabled_at = now() where sign_in = 'nitta@example.test'", new { New });
        Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous().GetAsync(link)).StatusCode);
    }

    [Fact]
    public async Task A_reset_answers_the_same_for_everybody_and_ends_other_sessions()
    {
        var hana = await app.PagesAsAsync(Cast.Hana);
        var known = await app.Anonymous().PostFormAsync("/password-reset", null, ("Input.Address", Cast.Hana.Mail));
        var unknown = await app.Anonymous().PostFormAsync("/password-reset", null, ("Input.Address", "nobody@example.test"));
        Assert.Equal(known.Headers.Location, unknown.Headers.Location);
        await app.Anonymous().PostFormAsync("/password-reset", null, ("Input.Address", Cast.Hana.Mail));
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from one_time_links where purpose = 'passwordReset'"));

        var link = await LinkInMailToAsync(Cast.Hana.Mail);
        var visitor = app.Anonymous();
        var done = await visitor.PostFormAsync(link, "/invitation", ("Token", link.Split("token=")[1]), ("Input.Password", Chosen));

        Assert.Equal("/", done.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.Redirect, (await hana.GetAsync("/tokens")).StatusCode);
        Assert.IsType<SignInResult.Wrong>(await app.Get<SignIn>().StartAsync(Cast.Hana.Mail, Cast.Password, "", "t", default));
    }

    [Fact]
    public async Task The_first_administrators_link_makes_both_roles_once()
    {
        await app.Database.ArrangeAsync("delete from api_tokens; delete from role_grants; delete from accounts");
        var link = (await app.Get<FirstAdministrator>().LinkAsync())!;
        var visitor = app.Anonymous();
        await visitor.PageAsync(link);
        await visitor.PageAsync(link);
        (string, string)[] typed = [("Token", link.Split("token=")[1]), ("Input.Mail", "nitta@example.test"), ("Input.Name", "新田 忍"), ("Input.Password", Chosen),
            ("Input.CompanyName", "ひばり株式会社"), ("Input.SecretariatName", "コンプライアンス事務局"), ("Input.SecretariatContact", "内線 7010")];
        var bad = await visitor.PostFormAsync(link, "/first-administrator", [typed[0], ("Input.Mail", "no address"), .. typed[2..]]);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Contains("メールアドレスの形ではありません", await bad.TextAsync());
        var nameless = await visitor.PostFormAsync(link, "/first-administrator", typed[..4]);
        Assert.Equal(HttpStatusCode.BadRequest, nameless.StatusCode);
        var told = await nameless.TextAsync();
        Assert.Contains("会社名を入力してください", told);
        Assert.Contains("事務局の連絡先を入力してください", told);
        Assert.Contains("value=\"新田 忍\"", told);
        var sender = await visitor.PostFormAsync(link, "/first-administrator", [.. typed, ("Input.SenderAddress", "nobody")]);
        Assert.Equal(HttpStatusCode.BadRequest, sender.StatusCode);

        Assert.Equal("/", (await visitor.PostFormAsync(link, "/first-administrator", typed)).Headers.Location!.ToString());

        Assert.Equal("/profile/second-factor", (await visitor.GetAsync("/accounts")).Headers.Location!.ToString());
        Assert.Equal("ひばり株式会社||コンプライアンス事務局|内線 7010|nitta@example.test",
            await app.Database.ScalarAsync<string>("select concat_ws('|', name_ja, name_en, secretariat_name, secretariat_contact, sender_address) from company"));
        var user = (await app.Get<CallerStore>().BySignInAsync("nitta@example.test", "t"))!;
        Assert.True(user.Is(Role.Administrator) && user.Is(Role.ComplianceManager));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous().GetAsync(link)).StatusCode);
        Assert.Null(await app.Get<FirstAdministrator>().LinkAsync());

        // The people come later; the account becomes the person's who has the address.
        Assert.True((await app.Get<InvitePerson>().RunAsync(user, New, default)).Linked);
        Assert.Equal(New, (await app.Get<CallerStore>().BySignInAsync("nitta@example.test", "t"))!.EmployeeNo);
    }

    [GeneratedRegex(@"https?://\S+token=\S+")]
    private static partial Regex Link();
}
