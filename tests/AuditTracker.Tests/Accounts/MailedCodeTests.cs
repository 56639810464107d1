using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Accounts;
using AuditTracker.Notifications;
using AuditTracker.Tests.Platform.Mail;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Accounts;

/// <summary>Signing in by a code that comes by mail.</summary>
public sealed partial class MailedCodeTests : IAsyncLifetime
{
    private const string Ask = "/sign-in/mail?back=%2Ftokens";
    private const string Enter = "/sign-in/mail/code?back=%2Ftokens";
    private readonly TestApp app = new();

    public Task InitializeAsync() => app.InitializeAsync();

    public Task DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Asking_many_times_at_once_is_no_way_around_the_limit()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => app.Get<MailedCode>().AskAsync(Cast.Hana.Mail, null, "t", default)));
        Assert.Equal(5, await app.Database.ScalarAsync<long>("select count(*) from mailed_codes where account_id is not null"));
        Assert.Equal(12, await app.Database.ScalarAsync<long>("select count(*) from mailed_codes"));
    }

    [Fact]
    public async Task The_code_in_the_mail_opens_once_and_only_the_browser_that_asked()
    {
        var visitor = app.Anonymous();
        var asked = await visitor.PostFormAsync(Ask, null, ("Input.Address", Cast.Hana.Mail.ToUpperInvariant()));
        Assert.Equal(Enter, asked.Headers.Location!.ToString());
        var code = await CodeToAsync(Cast.Hana);

        var stranger = app.Anonymous();
        await stranger.PostFormAsync(Ask, null, ("Input.Address", "nobody@example.test"));
        Assert.Equal(HttpStatusCode.BadRequest, (await stranger.PostFormAsync(Enter, null, ("Input.Code", code))).StatusCode);
        Assert.Equal("/sign-in/mail?back=%2Ftokens", (await app.Anonymous().GetAsync(Enter)).Headers.Location!.ToString());

        var wide = string.Concat(code.Select(letter => char.IsAsciiDigit(letter) ? (char)(letter + '０' - '0') : letter));
        var entered = await visitor.PostFormAsync(Enter, null, ("Input.Code", wide));
        Assert.Equal("/tokens", entered.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/tokens")).StatusCode);
        Assert.Null(await app.Get<MailedCode>().RunAsync(visitor.GetHandler()["__Host-mailed-code"], code, "", "t", default));
    }

    [Fact]
    public async Task Nothing_stored_or_shown_later_holds_the_code()
    {
        await app.Anonymous().PostFormAsync(Ask, null, ("Input.Address", Cast.Hana.Mail));
        var code = await CodeToAsync(Cast.Hana);
        Assert.Contains("●●● ●●●"[..3], await app.Database.ScalarAsync<string>("select body_text from mails order by id desc limit 1"));
        foreach (var table in await app.Database.ListAsync<string>("select table_schema || '.' || table_name from information_schema.tables where table_schema in ('public', 'trail') and table_type = 'BASE TABLE'"))
        {
            Assert.Equal(0, await app.Database.ScalarAsync<long>($"select count(*) from {table} t where t::text like any (array[@code, @bare])", new { code = $"%{code}%", bare = $"%{code.Replace(" ", "")}%" }));
        }
    }

    [Fact]
    public async Task Every_name_is_answered_alike_and_the_fifth_wrong_code_ends_it()
    {
        var told = new List<string>();
        foreach (var address in (string[])[Cast.Hana.Mail, "nobody@example.test"])
        {
            var visitor = app.Anonymous();
            var asked = await visitor.PostFormAsync(Ask, null, ("Input.Address", address));
            await app.Get<SendMails>().RunAsync(default);
            var said = new List<string> { asked.Headers.Location!.ToString() };
            for (var i = 0; i < MailedCode.Tries; i++)
            {
                var wrong = await visitor.PostFormAsync(Enter, null, ("Input.Code", "0000 0000"));
                said.Add($"{(int)wrong.StatusCode} {wrong.Headers.Location} {Errors().Match(await wrong.TextAsync()).Value}");
            }
            Assert.EndsWith("/sign-in/mail?back=%2Ftokens ", said[^1]);
            told.Add(string.Join('\n', said));
        }
        Assert.Equal(told[0], told[1]);
        Assert.Contains("確認番号が違います", told[0]);
        Assert.IsType<SignInResult.Started>(await app.Get<SignIn>().StartAsync(Cast.Hana.Mail, Cast.Password, "", "t", default));
    }

    [Fact]
    public async Task It_ends_after_ten_minutes_and_with_the_account()
    {
        var codes = app.Get<MailedCode>();
        var late = await codes.AskAsync(Cast.Hana.Mail, null, "t", default);
        var code = await CodeToAsync(Cast.Hana);
        await app.Database.ArrangeAsync("update mailed_codes set expires_at = now() - interval '1 second'");
        Assert.False(await codes.IsAwaitedAsync(late, default));
        Assert.Null(await codes.RunAsync(late, code, "", "t", default));

        var disabled = await codes.AskAsync(Cast.Hana.Mail, late, "t", default);
        code = await CodeToAsync(Cast.Hana);
        await app.Database.ArrangeAsync("update accounts set disabled_at = now() where id = @AccountId", new { Cast.Hana.AccountId });
        Assert.IsType<SignInResult.Wrong>(await codes.RunAsync(disabled, code, "", "t", default));
        await codes.AskAsync(Cast.Hana.Mail, null, "t", default);
        Assert.Equal(2, await MailsAsync());
    }

    [Fact]
    public async Task A_second_factor_is_asked_for_as_after_a_password()
    {
        await app.Database.ArrangeAsync("update accounts set totp_secret = '\\x00', totp_since = now() where id = @AccountId", new { Cast.Hana.AccountId });
        var visitor = app.Anonymous();
        await visitor.PostFormAsync(Ask, null, ("Input.Address", Cast.Hana.Mail));
        var entered = await visitor.PostFormAsync(Enter, null, ("Input.Code", await CodeToAsync(Cast.Hana)));
        Assert.Equal("/sign-in/code?back=%2Ftokens", entered.Headers.Location!.ToString());
        Assert.StartsWith("/sign-in", (await visitor.GetAsync("/tokens")).Headers.Location!.ToString());
    }

    [Fact]
    public async Task Nobody_is_flooded_with_mails_and_asking_again_ends_the_code_before()
    {
        var codes = app.Get<MailedCode>();
        var first = await codes.AskAsync(Cast.Hana.Mail, null, "t", default);
        var second = await codes.AskAsync(Cast.Hana.Mail, first, "t", default);
        Assert.False(await codes.IsAwaitedAsync(first, default));
        Assert.True(await codes.IsAwaitedAsync(second, default));
        await app.Get<SendMails>().RunAsync(default);
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from mails where state = 'accepted'"));
        for (var i = 0; i < MailedCode.MostAtOnce; i++)
        {
            Assert.True(await codes.IsAwaitedAsync(await codes.AskAsync(Cast.Hana.Mail, null, "t", default), default));
        }
        Assert.Equal(MailedCode.MostAtOnce, await MailsAsync());
        await app.Database.ArrangeAsync("update mailed_codes set created_at = created_at - interval '20 minutes'");
        await codes.AskAsync(Cast.Hana.Mail, null, "t", default);
        Assert.Equal(MailedCode.MostAtOnce + 1, await MailsAsync());
    }

    [Fact]
    public async Task The_sign_in_form_takes_the_address_along()
    {
        var visitor = app.Anonymous();
        var page = await visitor.PageAsync("/sign-in?back=%2Ftokens");
        Assert.Contains("formaction=\"/sign-in/mail?back=%2Ftokens\"", page);
        var asked = await visitor.PostFormAsync("/sign-in?back=%2Ftokens", "/sign-in/mail?back=%2Ftokens", ("Input.Address", Cast.Hana.Mail), ("Input.Password", ""));
        Assert.Equal(Enter, asked.Headers.Location!.ToString());
        var empty = await visitor.PostFormAsync("/sign-in", "/sign-in/mail", ("Input.Address", ""), ("Input.Password", ""));
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        Assert.Contains("メールアドレスを入力してください", await empty.TextAsync());
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.PostFormAsync(Enter, null, ("Input.Code", ""))).StatusCode);
        var elsewhere = await visitor.PostFormAsync("/sign-in/mail?back=https%3A%2F%2Fevil.test", null, ("Input.Address", Cast.Hana.Mail));
        Assert.Equal("/sign-in/mail/code?back=%2F", elsewhere.Headers.Location!.ToString());
    }

    private Task<long> MailsAsync() => app.Database.ScalarAsync<long>("select count(*) from notices where template = 'accounts/sign-in-code'");

    private async Task<string> CodeToAsync(Cast.Member member)
    {
        await app.Get<SendMails>().RunAsync(default);
        var mail = new DirectoryInfo(app.Database.Installation.Settings.MailFolder).GetFiles("*.eml", SearchOption.AllDirectories).OrderByDescending(file => file.LastWriteTimeUtc)
            .Select(file => new ReadMail(File.ReadAllBytes(file.FullName))).First(read => read.Headers["To"].Contains(member.Mail, StringComparison.Ordinal));
        return Code().Match(mail.Parts.First(part => part.Key.StartsWith("text/plain", StringComparison.Ordinal)).Value).Value;
    }

    [GeneratedRegex(@"\d{4} \d{4}")]
    private static partial Regex Code();

    [GeneratedRegex("確認番号が違います[^<]*")]
    private static partial Regex Errors();
}
