using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using AuditTracker.Accounts;
using AuditTracker.Notifications;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;

namespace AuditTracker.Tests.Accounts;

public sealed partial class SecondFactorTests : IAsyncLifetime
{
    private const string Enrol = "/profile/authenticator";
    private readonly TestApp app = new();

    public Task InitializeAsync() => app.InitializeAsync();

    public Task DisposeAsync() => app.DisposeAsync();

    private static (string, string)[] Typed(Cast.Member member) => [("Input.Address", member.Mail), ("Input.Password", Cast.Password)];

    /// <summary>Ties an app to whoever is signed in.</summary>
    private static async Task<(byte[] Key, string[] Codes)> EnrolAsync(HttpClient client)
    {
        var page = await client.PageAsync(Enrol);
        var key = Read(GroupedKey().Match(page).Groups[1].Value);
        var done = await client.PostFormAsync(Enrol, null, ("Input.Ticket", Ticket().Match(page).Groups[1].Value), ("Input.Code", Totp.Code(key, Totp.StepOf(DateTime.UtcNow) - 1)));
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        return (key, [.. RecoveryCode().Matches(await done.TextAsync()).Select(match => match.Value)]);
    }

    private static byte[] Read(string base32)
    {
        var bits = string.Concat(base32.Replace(" ", "").Select(sign => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(sign), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }

    /// <summary>Password and code; each wants another step, so the present one and the next.</summary>
    private static async Task<HttpResponseMessage> EnterAsync(HttpClient client, Cast.Member member, string code)
    {
        var first = await client.PostFormAsync("/sign-in?back=/tokens", null, Typed(member));
        Assert.Equal("/sign-in/code?back=%2Ftokens", first.Headers.Location!.ToString());
        return await client.PostFormAsync("/sign-in/code?back=%2Ftokens", null, ("Input.Code", code));
    }

    [Fact]
    public async Task With_an_app_signing_in_takes_password_and_code_and_each_code_once()
    {
        var (key, codes) = await EnrolAsync(await app.PagesAsAsync(Cast.Alice));
        Assert.Equal(10, codes.Length);
        var client = app.Anonymous();
        Assert.Equal(HttpStatusCode.Redirect, (await client.PostFormAsync("/sign-in", null, Typed(Cast.Alice))).StatusCode);
        Assert.StartsWith("/sign-in?back", (await client.GetAsync("/tokens")).Headers.Location!.ToString());

        var last = await app.Database.ScalarAsync<long>("select totp_step from accounts where id = @AccountId", Cast.Alice);
        var used = await EnterAsync(app.Anonymous(), Cast.Alice, Totp.Code(key, last));
        Assert.Equal(HttpStatusCode.BadRequest, used.StatusCode);
        Assert.Contains("すでに使われています", await used.TextAsync());

        var step = Totp.StepOf(DateTime.UtcNow);
        var entered = await EnterAsync(client, Cast.Alice, $" {Totp.Code(key, step + 1)[..3]} {Totp.Code(key, step + 1)[3..]} ");
        Assert.Equal("/tokens", entered.Headers.Location!.ToString());
        await client.PageAsync("/tokens");
        Assert.Equal(HttpStatusCode.BadRequest, (await EnterAsync(app.Anonymous(), Cast.Alice, Totp.Code(key, step + 1))).StatusCode);
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from sessions where account_id = @AccountId and not waits and factor is null", Cast.Alice));
    }

    [Fact]
    public async Task A_token_made_with_a_password_alone_carries_no_role_that_needs_more_also_when_it_is_granted_later()
    {
        var manager = (await app.Get<CallerStore>().BySignInAsync(Cast.Manami.Mail, "t"))!;
        var weak = await app.Get<Tokens>().AddAsync(manager, "weak", 90, withFactor: false, AuditTracker.Platform.Database.Actor.Of(manager));
        var strong = await app.Get<Tokens>().AddAsync(manager, "strong", 90, withFactor: true, AuditTracker.Platform.Database.Actor.Of(manager));
        Assert.DoesNotContain(Role.ComplianceManager, (await app.Get<CallerStore>().ByTokenAsync(weak, "t", default))!.Roles);
        Assert.Contains(Role.Employee, (await app.Get<CallerStore>().ByTokenAsync(weak, "t", default))!.Roles);
        Assert.Contains(Role.ComplianceManager, (await app.Get<CallerStore>().ByTokenAsync(strong, "t", default))!.Roles);
        using var client = app.Anonymous();
        client.DefaultRequestHeaders.Authorization = new("Bearer", weak);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/trail")).StatusCode);
    }

    [Fact]
    public async Task A_recovery_code_stands_in_once_and_its_use_is_told()
    {
        var (_, codes) = await EnrolAsync(await app.PagesAsAsync(Cast.Alice));
        var client = app.Anonymous();
        Assert.Equal("/tokens", (await EnterAsync(client, Cast.Alice, codes[3].ToLowerInvariant())).Headers.Location!.ToString());
        Assert.Contains("残り9個", await client.PageAsync("/profile/second-factor"));
        Assert.Equal(HttpStatusCode.BadRequest, (await EnterAsync(app.Anonymous(), Cast.Alice, codes[3])).StatusCode);
        await app.Get<SendMails>().RunAsync(default);
        Assert.Contains("【ご確認】リカバリーコードでサインインがありました｜", await app.Database.ListAsync<string>("select subject from mails where to_address = @Mail", Cast.Alice));

        var renewed = await (await client.PostFormAsync("/profile/second-factor", "/profile/second-factor?handler=codes")).TextAsync();
        Assert.Equal(10, RecoveryCode().Count(renewed));
        Assert.Equal(HttpStatusCode.BadRequest, (await EnterAsync(app.Anonymous(), Cast.Alice, codes[4])).StatusCode);
        Assert.Equal("/tokens", (await EnterAsync(app.Anonymous(), Cast.Alice, RecoveryCode().Match(renewed).Value)).Headers.Location!.ToString());
    }

    [Fact]
    public async Task Wrong_codes_lock_and_the_right_password_does_not_begin_the_count_anew()
    {
        var (key, _) = await EnrolAsync(await app.PagesAsAsync(Cast.Bob));
        for (var i = 1; i <= 4; i++)
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await EnterAsync(app.Anonymous(), Cast.Bob, "000000")).StatusCode);
        }
        var client = app.Anonymous();
        Assert.Contains("あと15分は入れません", await (await EnterAsync(client, Cast.Bob, "AAAA-AAAA-AAAA-AAAA")).TextAsync());
        Assert.IsType<SignInResult.Locked>(await app.Get<SignIn>().StartAsync(Cast.Bob.Mail, Cast.Password, "", "t", default));
        var late = await client.PostFormAsync("/sign-in", "/sign-in/code", ("Input.Code", Totp.Code(key, Totp.StepOf(DateTime.UtcNow) + 1)));
        Assert.StartsWith("/sign-in?back", late.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_reset_link_changes_the_password_and_still_asks_for_the_code()
    {
        await EnrolAsync(await app.PagesAsAsync(Cast.Hana));
        await app.Database.ArrangeAsync("insert into one_time_links (account_id, purpose, token_hash, created_at, expires_at) values (@AccountId, 'passwordReset', @hash, now(), now() + interval '1 hour')",
            new { Cast.Hana.AccountId, hash = Secrets.Hash("a-link") });
        var thief = app.Anonymous();
        var chosen = await thief.PostFormAsync("/invitation?token=a-link", "/invitation", ("Token", "a-link"), ("Input.Password", "a much longer sentence"));
        Assert.StartsWith("/sign-in/code", chosen.Headers.Location!.ToString());
        Assert.StartsWith("/sign-in?back", (await thief.GetAsync("/tokens")).Headers.Location!.ToString());
    }

    [Fact]
    public async Task Neither_key_nor_codes_stand_anywhere_in_clear()
    {
        var (key, codes) = await EnrolAsync(await app.PagesAsAsync(Cast.Alice));
        await app.Get<SendMails>().RunAsync(default);
        string[] secrets = [Totp.Base32(key), Convert.ToHexString(key), Convert.ToBase64String(key), codes[0], codes[0].Replace("-", ""), Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(codes[0].Replace("-", "")))];
        var tables = await app.Database.ListAsync<string>("select format('%I.%I', table_schema, table_name) from information_schema.tables where table_schema in ('public', 'trail') and table_type = 'BASE TABLE'");
        Assert.Contains("trail.entry_values", tables);
        foreach (var table in tables)
        {
            foreach (var secret in secrets)
            {
                Assert.False(await app.Database.ScalarAsync<bool>($"select exists (select from {table} t where t::text ilike '%' || @secret || '%')", new { secret }), table);
            }
        }
        // What hides the key and the hashes are not in the trail either.
        var hidden = await app.Database.ListAsync<string>("select encode(totp_secret, 'hex') from accounts where totp_secret is not null union all select encode(code_hash, 'hex') from recovery_codes");
        Assert.Equal(11, hidden.Count);
        foreach (var value in hidden)
        {
            Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from trail.entries where position(@value in encode(canonical, 'escape')) > 0 or position(@value in encode(canonical, 'hex')) > 0", new { value }));
        }
    }

    [Fact]
    public async Task Whoever_must_have_a_factor_reaches_nothing_else_until_there_is_one()
    {
        var client = app.Anonymous();
        Assert.Equal("/", (await client.PostFormAsync("/sign-in", null, Typed(Cast.Manami))).Headers.Location!.ToString());
        var walked = 0;
        foreach (var endpoint in app.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var model = endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page ? (await app.Get<PageLoader>().LoadAsync(page, endpoint.Metadata)).HandlerTypeInfo : null;
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null || model?.GetCustomAttribute<AllowAnonymousAttribute>() is not null)
            {
                continue;
            }
            var path = "/" + Parameter().Replace(endpoint.RoutePattern.RawText!.Trim('/'), "1");
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"])
            {
                var answer = await client.SendAsync(new HttpRequestMessage(HttpMethod.Parse(method), path));
                if (path.StartsWith("/api", StringComparison.Ordinal))
                {
                    Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path}: {answer.StatusCode}");
                }
                else if (path is "/profile/second-factor" or Enrol)
                {
                    Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{method} {path}: {answer.StatusCode}");
                    Assert.DoesNotContain("class=\"menu\"", await answer.TextAsync());
                }
                else
                {
                    // What the role may not open anyway is not there at all.
                    var led = answer.Headers.Location?.ToString() == "/profile/second-factor";
                    Assert.True(led || answer.StatusCode == HttpStatusCode.NotFound, $"{method} {path}: {answer.StatusCode}");
                    walked += led ? 1 : 0;
                }
            }
        }
        Assert.True(walked > 50);
        Assert.DoesNotContain("/accounts", await (await client.GetAsync("/no/such/page")).TextAsync());
        Assert.Equal(HttpStatusCode.OK, (await app.As(Cast.Manami).GetAsync("/api/me")).StatusCode);

        Assert.Contains("二段階認証が必要です", await client.PageAsync("/profile/second-factor"));
        await EnrolAsync(client);
        await client.PageAsync("/accounts");
    }

    [Fact]
    public async Task A_role_granted_during_a_session_asks_for_a_factor_with_the_next_page_and_a_demo_asks_nobody()
    {
        var client = app.Anonymous();
        await client.PostFormAsync("/sign-in", null, Typed(Cast.Alice));
        await client.PageAsync("/tokens");
        var adam = (await app.Get<CallerStore>().BySignInAsync(Cast.Adam.Mail, "t"))!;
        await app.Get<GrantRole>().RunAsync(adam, Cast.Alice.AccountId, Role.Management, null, DateOnly.FromDateTime(DateTime.UtcNow.AddHours(9)), null, default);
        Assert.Equal("/profile/second-factor", (await client.GetAsync("/tokens")).Headers.Location!.ToString());
        await app.Database.ArrangeAsync("update installation set is_demo = true");
        await client.PageAsync("/tokens");
    }

    [Fact]
    public async Task The_last_factor_of_a_role_that_needs_one_stays_and_others_may_go()
    {
        var manami = await app.PagesAsAsync(Cast.Manami);
        await EnrolAsync(manami);
        var kept = await manami.PostFormAsync("/profile/second-factor", "/profile/second-factor?handler=removeApp");
        Assert.Equal(HttpStatusCode.Conflict, kept.StatusCode);
        Assert.Contains("先に別の方法を登録してください", await kept.TextAsync());

        var alice = await app.PagesAsAsync(Cast.Alice);
        await EnrolAsync(alice);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostFormAsync("/profile/second-factor", "/profile/second-factor?handler=removeApp")).StatusCode);
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from recovery_codes where account_id = @AccountId", Cast.Alice));
        Assert.IsType<SignInResult.Started>(await app.Get<SignIn>().StartAsync(Cast.Alice.Mail, Cast.Password, "", "t", default));
        Assert.Equal(HttpStatusCode.NotFound, (await alice.PostFormAsync("/profile/second-factor", "/profile/second-factor?handler=removeApp")).StatusCode);
    }

    [Fact]
    public async Task An_administrator_resets_a_lost_device_and_everybody_who_watches_learns_of_it()
    {
        var alice = await app.PagesAsAsync(Cast.Alice);
        await EnrolAsync(alice);
        var page = $"/accounts/{Cast.Alice.AccountId}";
        foreach (var other in new[] { Cast.Manami, Cast.Mallory })
        {
            var client = await app.PagesAsAsync(other);
            Assert.Equal(HttpStatusCode.NotFound, (await client.PostFormAsync("/tokens", page + "?handler=resetFactor")).StatusCode);
        }
        var adam = await app.PagesAsAsync(Cast.Adam);
        Assert.Equal(HttpStatusCode.Redirect, (await adam.PostFormAsync(page, page + "?handler=resetFactor")).StatusCode);

        Assert.Equal(HttpStatusCode.Redirect, (await alice.GetAsync("/tokens")).StatusCode);
        Assert.IsType<SignInResult.Started>(await app.Get<SignIn>().StartAsync(Cast.Alice.Mail, Cast.Password, "", "t", default));
        await app.Get<SendMails>().RunAsync(default);
        Assert.Equal([Cast.Alice.Mail, Cast.Manami.Mail, Cast.Adam.Mail], await app.Database.ListAsync<string>("select to_address from mails where subject like '%リセットされました%' or subject like '%was reset%' order by person_id"));
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'account.factorReset' and actor = @actor", new { actor = $"account:{Cast.Adam.AccountId}" }));
        Assert.Equal(HttpStatusCode.Conflict, (await adam.PostFormAsync(page, page + "?handler=resetFactor")).StatusCode);
        var own = $"/accounts/{Cast.Adam.AccountId}";
        Assert.Equal(HttpStatusCode.Conflict, (await adam.PostFormAsync(own, own + "?handler=resetFactor")).StatusCode);
    }

    [Fact]
    public async Task An_offered_key_is_bound_to_its_account_and_kept_only_with_a_right_code()
    {
        var (alice, bob) = (await app.PagesAsAsync(Cast.Alice), await app.PagesAsAsync(Cast.Bob));
        var page = await alice.PageAsync(Enrol);
        var (key, ticket) = (Read(GroupedKey().Match(page).Groups[1].Value), Ticket().Match(page).Groups[1].Value);
        var wrong = await alice.PostFormAsync(Enrol, null, ("Input.Ticket", ticket), ("Input.Code", "123"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(Totp.Base32(key), GroupedKey().Match(await wrong.TextAsync()).Groups[1].Value.Replace(" ", ""));
        Assert.Equal(HttpStatusCode.BadRequest, (await bob.PostFormAsync(Enrol, null, ("Input.Ticket", ticket), ("Input.Code", Totp.Code(key, Totp.StepOf(DateTime.UtcNow))))).StatusCode);
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from accounts where totp_secret is not null"));
    }

    [GeneratedRegex("id=\"key\">([A-Z2-7 ]+)<")] private static partial Regex GroupedKey();

    [GeneratedRegex("name=\"Input.Ticket\" value=\"([^\"]+)\"")] private static partial Regex Ticket();

    [GeneratedRegex("(?:[2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}")] private static partial Regex RecoveryCode();

    [GeneratedRegex(@"\{[^}]+\}")] private static partial Regex Parameter();
}
