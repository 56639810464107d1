using AuditTracker.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>A schedule that outruns the announced holidays warns those who keep the calendar, and the operator.</summary>
public sealed class CareTests(Desk desk) : IClassFixture<Desk>
{
    [Fact]
    public void Only_what_is_due_beyond_the_table_outruns_it()
    {
        Assert.Null(Outrun.Of(new(2027, 12, 31), 0));
        Assert.Equal(new Outrun(new(2027, 12, 31), 3), Outrun.Of(new(2027, 12, 31), 3));
        Assert.Equal(new Outrun(null, 3), Outrun.Of(DateOnly.MinValue, 3));
    }

    [Fact]
    public async Task Today_and_health_warn_while_the_plan_goes_beyond_the_table_of_holidays()
    {
        await desk.RequestAsync("祝日の表を越える依頼");
        var manager = await desk.App.PagesAsAsync(Cast.Manami);
        Assert.DoesNotContain("/company/calendar/holidays", await manager.PageAsync("/"));
        Assert.Contains("Reaches as far as the schedule", Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Adam)).PageAsync("/health")));

        await desk.App.Database.ArrangeAsync("delete from holidays where held_on >= '2027-01-01'");
        Assert.Contains("祝日の表は2026年12月31日（木）までです", Browsing.Plain(await manager.PageAsync("/")));
        Assert.Contains("/company/calendar/holidays", await manager.PageAsync("/"));
        Assert.Contains("The schedule outruns it", Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Adam)).PageAsync("/health")));
        foreach (var other in new[] { Cast.Alice, Cast.Bob, Cast.Carol })
        {
            Assert.DoesNotContain("/company/calendar/holidays", await (await desk.App.PagesAsAsync(other)).PageAsync("/"));
        }
    }
}
