using System.Net;
using AuditTracker.Accounts;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Accounts;

public sealed class RoleTests : IAsyncLifetime
{
    private static readonly DateOnly Today = new(2026, 11, 24);
    private readonly TestApp app = new();

    public async Task InitializeAsync()
    {
        await app.InitializeAsync();
        await app.Database.SetClockAsync("2026-11-24T09:00:00");
    }

    public Task DisposeAsync() => app.DisposeAsync();

    private async Task<CurrentUser> UserAsync(Cast.Member member) => (await app.Get<CallerStore>().BySignInAsync(member.Mail, "t"))!;

    private async Task GrantAsync(Cast.Member by, Cast.Member to, Role role, string? framework = null, DateOnly? from = null, DateOnly? until = null) =>
        await app.Get<GrantRole>().RunAsync(await UserAsync(by), to.AccountId, role, framework, from ?? Today, until, default);

    [Fact]
    public async Task A_role_granted_on_the_page_holds_at_once_and_is_told_to_all_who_watch()
    {
        var adam = await app.PagesAsAsync(Cast.Adam);
        var page = $"/accounts/{Cast.Bob.AccountId}";
        var done = await adam.PostFormAsync(page, page + "?handler=grant", ("Input.Role", "Reviewer"), ("Input.Framework", "iso27001-2022"), ("Input.FromOn", ""), ("Input.ToOn", "R9.3.31"));

        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.True((await UserAsync(Cast.Bob)).Is(Role.Reviewer));
        Assert.Equal(["reviewer iso27001-2022 2026-11-24 2027-03-31"], await app.Database.ListAsync<string>("select concat_ws(' ', role, framework, from_on, to_on) from role_grants where account_id = @AccountId", Cast.Bob));
        Assert.Equal([Cast.Manami.Mail, Cast.Adam.Mail], await app.Database.ListAsync<string>("select to_address from mails where kind = 'now' order by person_id"));
        await app.Get<AuditTracker.Notifications.SendMails>().RunAsync(default);
        Assert.Equal("【ご確認】権限の付与：確認者｜", await app.Database.ScalarAsync<string>("select subject from mails where to_address = @Mail", Cast.Manami));
        Assert.Contains("Reviewer (ISO/IEC 27001)", await app.Database.ScalarAsync<string>("select body_text from mails where to_address = @Mail", Cast.Adam));
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from trail.entries where kind = 'act' and what = 'role.granted' and actor = @actor", new { actor = $"account:{Cast.Adam.AccountId}" }));
    }

    [Fact]
    public async Task Nobody_changes_their_own_access()
    {
        var adam = await app.PagesAsAsync(Cast.Adam);
        var page = $"/accounts/{Cast.Adam.AccountId}";
        Assert.Contains("You cannot change your own roles", await adam.PageAsync(page));
        Assert.DoesNotContain("handler=grant", await adam.PageAsync(page));
        var grant = await app.Database.ScalarAsync<long>("select id from role_grants where account_id = @AccountId", Cast.Adam);
        foreach (var (handler, fields) in new[]
        {
            ("grant", new[] { ("Input.Role", "ComplianceManager") }), ("end", [("grant", $"{grant}")]), ("disable", []), ("enable", []), ("unlock", []),
        })
        {
            Assert.Equal(HttpStatusCode.Conflict, (await adam.PostFormAsync(page, $"{page}?handler={handler}", fields)).StatusCode);
        }
        var user = await UserAsync(Cast.Adam);
        Assert.Equal([Role.Administrator, Role.Employee], user.Roles.Order());
    }

    [Fact]
    public async Task Compliance_managers_look_and_invite_but_grant_and_take_nothing()
    {
        var manami = await app.PagesAsAsync(Cast.Manami);
        Assert.Contains("相川 有栖", await manami.PageAsync("/accounts"));
        var page = $"/accounts/{Cast.Alice.AccountId}";
        Assert.DoesNotContain("handler=grant", await manami.PageAsync(page));
        foreach (var handler in new[] { "grant", "end", "disable", "enable", "unlock" })
        {
            var answer = await manami.PostFormAsync(page, $"{page}?handler={handler}", ("Input.Role", "Management"), ("grant", "1"));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from role_grants where account_id = @AccountId", Cast.Alice));
        await Assert.ThrowsAsync<NotFound>(() => GrantAsync(Cast.Manami, Cast.Alice, Role.Management));
    }

    [Theory]
    [InlineData(Role.Employee, null, 0, null, "RoleNotGranted")]
    [InlineData(Role.ControlOwner, null, 0, null, "RoleNotGranted")]
    [InlineData(Role.ExternalAuditor, null, 0, null, "RoleNotGranted")]
    [InlineData(Role.Reviewer, null, 0, null, "FrameworkNeeded")]
    [InlineData(Role.Reviewer, "no-such-framework", 0, null, "FrameworkNeeded")]
    [InlineData(Role.Reviewer, "iso27001-2013", 0, null, "FrameworkNeeded")]
    [InlineData(Role.Management, "iso27001-2022", 0, null, "FrameworkOnlyForReviewers")]
    [InlineData(Role.Management, null, -1, null, "FromInThePast")]
    [InlineData(Role.Management, null, 5, 4, "EndsBeforeItBegins")]
    public async Task A_grant_that_makes_no_sense_is_refused(Role role, string? framework, int from, int? until, string key)
    {
        var refused = await Assert.ThrowsAsync<InvalidInput>(() => GrantAsync(Cast.Adam, Cast.Alice, role, framework, Today.AddDays(from), until is { } days ? Today.AddDays(days) : null));
        Assert.Equal(key, refused.Key);
    }

    [Fact]
    public async Task A_role_ends_at_once_and_may_be_granted_and_ended_again_the_same_day()
    {
        for (var i = 0; i < 3; i++)
        {
            await GrantAsync(Cast.Adam, Cast.Alice, Role.Management);
            Assert.Equal("AlreadyGranted", (await Assert.ThrowsAsync<Refusal>(() => GrantAsync(Cast.Adam, Cast.Alice, Role.Management))).Key);
            Assert.True((await UserAsync(Cast.Alice)).Is(Role.Management));
            var grant = await app.Database.ScalarAsync<long>("select max(id) from role_grants");
            await app.Get<EndRole>().RunAsync(await UserAsync(Cast.Adam), Cast.Alice.AccountId, grant, default);
            Assert.False((await UserAsync(Cast.Alice)).Is(Role.Management));
            var adam = await UserAsync(Cast.Adam);
            await Assert.ThrowsAsync<NotFound>(() => app.Get<EndRole>().RunAsync(adam, Cast.Alice.AccountId, grant, default));
        }
        // A grant of another account cannot be ended by way of this one.
        var toms = await app.Database.ScalarAsync<long>("select id from role_grants where account_id = @AccountId", Cast.Tom);
        var admin = await UserAsync(Cast.Adam);
        await Assert.ThrowsAsync<NotFound>(() => app.Get<EndRole>().RunAsync(admin, Cast.Alice.AccountId, toms, default));
        await app.Get<EndRole>().RunAsync(admin, Cast.Tom.AccountId, toms, default);
        Assert.Equal("2026-11-23", await app.Database.ScalarAsync<string>("select to_on::text from role_grants where id = @toms", new { toms }));
        Assert.False((await UserAsync(Cast.Tom)).Is(Role.Management));
    }

    [Fact]
    public async Task A_role_holds_from_its_first_to_its_last_day()
    {
        await GrantAsync(Cast.Adam, Cast.Alice, Role.InternalAuditor, null, new DateOnly(2026, 12, 1), new DateOnly(2026, 12, 2));
        Assert.False((await UserAsync(Cast.Alice)).Is(Role.InternalAuditor));
        await app.Database.SetClockAsync("2026-12-01T00:00:10");
        Assert.True((await UserAsync(Cast.Alice)).Is(Role.InternalAuditor));
        await app.Database.SetClockAsync("2026-12-02T23:59:00");
        Assert.True((await UserAsync(Cast.Alice)).Is(Role.InternalAuditor));
        await app.Database.SetClockAsync("2026-12-03T00:00:10");
        Assert.False((await UserAsync(Cast.Alice)).Is(Role.InternalAuditor));
    }

    [Fact]
    public async Task Disabling_ends_session_and_tokens_at_once_and_enabling_gives_only_tokens_back()
    {
        var alice = await app.PagesAsAsync(Cast.Alice);
        await alice.PageAsync("/tokens");
        var adam = await app.PagesAsAsync(Cast.Adam);
        var page = $"/accounts/{Cast.Alice.AccountId}";

        Assert.Equal(HttpStatusCode.Redirect, (await adam.PostFormAsync(page, page + "?handler=disable")).StatusCode);

        Assert.Equal(HttpStatusCode.Redirect, (await alice.GetAsync("/tokens")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.As(Cast.Alice).GetAsync("/api/me")).StatusCode);
        Assert.IsType<SignInResult.Wrong>(await app.Get<SignIn>().StartAsync(Cast.Alice.Mail, Cast.Password, "", "t", default));
        Assert.Contains("Disabled", await adam.PageAsync(page));
        Assert.Equal("NoAccess", (await Assert.ThrowsAsync<Refusal>(() => GrantAsync(Cast.Adam, Cast.Alice, Role.Management))).Key);

        Assert.Equal(HttpStatusCode.Redirect, (await adam.PostFormAsync(page, page + "?handler=enable")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.As(Cast.Alice).GetAsync("/api/me")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.GetAsync("/tokens")).StatusCode);
    }

    [Fact]
    public async Task An_administrator_opens_a_locked_account()
    {
        for (var i = 0; i < 5; i++)
        {
            await app.Get<SignIn>().StartAsync(Cast.Bob.Mail, "wrong", "", "t", default);
        }
        var adam = await app.PagesAsAsync(Cast.Adam);
        var page = $"/accounts/{Cast.Bob.AccountId}";
        Assert.Contains("Locked", await adam.PageAsync(page));
        await adam.PostFormAsync(page, page + "?handler=unlock");
        Assert.IsType<SignInResult.Started>(await app.Get<SignIn>().StartAsync(Cast.Bob.Mail, Cast.Password, "", "t", default));
    }

    [Fact]
    public async Task The_list_pages_by_cursor_and_searches()
    {
        var adam = await UserAsync(Cast.Adam);
        var store = app.Get<AccountStore>();
        var seen = new List<string>();
        string? after = null;
        do
        {
            var (part, total) = await store.PageAsync(adam, null, new ListSlice(AccountOrders.SignIn, Descending: false, 3, after), DateTime.UtcNow, default);
            Assert.InRange(part.Rows.Count, 1, 3);
            Assert.Equal(Cast.All.Count, total);
            seen.AddRange(part.Rows.Select(row => row.SignIn));
            after = part.After;
        }
        while (after is not null);
        Assert.Equal(Cast.All.Select(member => member.Mail).Order(StringComparer.Ordinal), seen);
        Assert.Equal(Cast.Alice.Mail, Assert.Single((await store.PageAsync(adam, "９００００１", new ListSlice(AccountOrders.SignIn, Descending: false, 50), DateTime.UtcNow, default)).Page.Rows).SignIn);
        Assert.Equal(Cast.Alice.Mail, Assert.Single((await store.PageAsync(adam, "相川", new ListSlice(AccountOrders.SignIn, Descending: false, 50), DateTime.UtcNow, default)).Page.Rows).SignIn);
        Assert.Empty((await store.PageAsync(adam, "%", new ListSlice(AccountOrders.SignIn, Descending: false, 50), DateTime.UtcNow, default)).Page.Rows);
        var page = await app.PagesAsAsync(Cast.Adam);
        Assert.Equal(HttpStatusCode.OK, (await page.GetAsync("/accounts?q=%00&after=%00")).StatusCode);
        Assert.Contains("No account matches", await page.PageAsync("/accounts?q=zzz"));
    }
}
