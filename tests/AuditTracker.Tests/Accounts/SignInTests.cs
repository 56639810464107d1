using System.Net;
using System.Net.Http.Json;
using AuditTracker.Accounts;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Accounts;

public sealed class SignInTests(TestApp app) : IClassFixture<TestApp>
{
    [Fact]
    public async Task Api_names_the_caller_by_token()
    {
        var me = await app.As(Cast.Alice).GetFromJsonAsync<Me>("/api/me");
        Assert.Equal(Cast.Alice.Mail, me!.Account);
        Assert.Equal("900001", me.Person);
        Assert.Contains("employee", me.Roles);
    }

    [Fact]
    public async Task Api_refuses_no_token_a_wrong_token_and_the_page_cookie()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Anonymous().GetAsync("/api/me")).StatusCode);
        var wrong = app.Anonymous();
        wrong.DefaultRequestHeaders.Authorization = new("Bearer", "at_wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, (await wrong.GetAsync("/api/me")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await (await app.PagesAsAsync(Cast.Alice)).GetAsync("/api/me")).StatusCode);
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_even_against_the_right_one()
    {
        var signIn = app.Get<SignIn>();
        for (var i = 1; i <= 4; i++)
        {
            Assert.IsType<SignInResult.Wrong>(await signIn.StartAsync(Cast.Bob.Mail, "wrong", "t", "t", default));
        }
        Assert.IsType<SignInResult.Locked>(await signIn.StartAsync(Cast.Bob.Mail, "wrong", "t", "t", default));
        Assert.IsType<SignInResult.Locked>(await signIn.StartAsync(Cast.Bob.Mail, Cast.Password, "t", "t", default));
    }

    [Fact]
    public async Task A_leaver_loses_access_the_minute_the_last_day_is_over()
    {
        await using var own = await Support.TestDatabase.CreateAsync();
        await own.SetClockAsync("2026-11-24T23:59:00");
        await own.ArrangeAsync("update people set left_on = '2026-11-24' where employee_no = '900004'");
        var callers = own.Get<CallerStore>();
        Assert.NotNull(await callers.ByTokenAsync(Cast.Mallory.Token, "t", default));
        await own.SetClockAsync("2026-11-25T00:00:30");
        Assert.Null(await callers.ByTokenAsync(Cast.Mallory.Token, "t", default));
    }
}
