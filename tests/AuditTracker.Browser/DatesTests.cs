using AuditTracker.Browser.Support;

namespace AuditTracker.Browser;

/// <summary>A day is read as people write it, wherever one is asked for.</summary>
[Collection(InTheOffice.Name)]
public sealed class DatesTests(Chromium chromium, Office office)
{
    /// <summary>Filters that take a day: in eras, in full-width digits and plainly it is the same day; read in two ways it is said so.</summary>
    [Theory]
    [InlineData("/people", "on"), InlineData("/people/departments", "on"), InlineData("/company/appointments", "on"), InlineData("/company/deadlines", "from"), InlineData("/controls/coverage/ahead", "on"),
     InlineData("/evidence/collections?state=all", "dueFrom"), InlineData("/evidence/collections?state=all", "dueBefore"), InlineData("/trail", "from"), InlineData("/trail", "to")]
    public async Task A_filter_reads_eras_and_full_width_digits_as_the_same_day(string list, string field)
    {
        await using var manami = await chromium.VisitAsync(office.App, Tests.Support.Cast.Manami);
        await manami.OpenAsync("/");
        Task<string> ReadAsync(string typed) => manami.Page.EvaluateAsync<string>("""
            async ([list, field, typed]) => {
              const at = new URL(list, location.href);
              at.searchParams.set(field, typed);
              const main = new DOMParser().parseFromString(await (await fetch(at)).text(), "text/html").querySelector("main");
              // What was typed stands in its field, in chips and addresses; what was read is in the rest.
              main.querySelectorAll("form.filters, .chips, .crumbs, .tabs, .empty a, details").forEach(e => e.remove());
              return main.textContent.replace(/\d+:\d\d(:\d\d)?/g, "").replace(/\s+/g, " ").trim();
            }
            """, new[] { list, field, typed });
        var plain = await ReadAsync("2026/12/22");
        Assert.DoesNotContain("4044", plain);
        foreach (var typed in new[] { "R8.12.22", "２０２６／１２／２２", "令和8年12月22日", "20261222" })
        {
            Assert.Equal((typed, plain), (typed, await ReadAsync(typed)));
        }
        Assert.NotEqual(plain, await ReadAsync("2025/1/6"));
    }
}
