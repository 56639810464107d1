using AuditTracker.Browser.Support;

namespace AuditTracker.Browser;

/// <summary>Names nobody thought of when the page was drawn: as long as they may be, and without a place to break.</summary>
[Collection(InOwnCompanies.Name)]
public sealed class OddDataTests(Chromium chromium)
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task The_longest_names_do_not_push_a_page_apart(bool japanese)
    {
        var office = new Office();
        await office.InitializeAsync();
        try
        {
            await LengthenAsync(office, japanese ? "髙﨑彌太郎左衛門尉濵邊" : "Wolfeschlegelsteinhausen");
            var found = new List<string>();
            foreach (var side in office.Pages.GroupBy(page => Office.Reader(page.Key)))
            {
                await using var visitor = await chromium.VisitAsync(office.App, side.Key, japanese ? "ja" : "en");
                foreach (var (route, path) in side)
                {
                    var status = await visitor.OpenAsync(path);
                    Assert.Equal((route, Office.StatusOf(route)), (route, status));
                    foreach (var width in new[] { 1280, 820, 360 })
                    {
                        await visitor.Page.SetViewportSizeAsync(width, 800);
                        found.AddRange((await visitor.Page.EvaluateAsync<string[]>(Outside)).Select(trouble => $"{route} at {width} px: {trouble}"));
                    }
                }
                found.AddRange(visitor.Troubles);
            }
            Assert.True(found.Count == 0, string.Join("\n", found));
        }
        finally
        {
            await office.DisposeAsync();
        }
    }

    /// <summary>What is wider than the window, and text that runs over the edge of its cell.</summary>
    private const string Outside = """
        () => {
          const wide = document.documentElement.scrollWidth > innerWidth
            ? [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".diff, .scroll")).slice(0, 4).map(e => `${Math.round(e.getBoundingClientRect().right)} px: ${e.outerHTML.slice(0, 160)}`) : [];
          const over = [...document.querySelectorAll("main :is(td, th, dd, li, .s, .button, button, h1, h2, h3, label)")]
            .filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display !== "inline" && !e.closest(".scroll, .diff, .hidden, details:not([open])") && !e.querySelector(".hidden, .scroll, .diff"))
            .slice(0, 3).map(e => `runs over its edge: ${e.outerHTML.slice(0, 160)}`);
          return [...wide, ...over];
        }
        """;

    /// <summary>40 characters for departments, 120 for requests, 200 for files; half of the people have a name without a space.</summary>
    private static Task LengthenAsync(Office office, string word) => office.App.Database.ArrangeAsync("""
        update people set name = case when id % 2 = 0 then left(repeat(@word, 5), 40) else left(@word, 10) || ' ' || left(@word, 10) end;
        update people set email = left(repeat('averylongmailboxname', 3), 50) || id || '@a-company-with-a-long-domain.hibari-net.example' where id % 2 = 0;
        update accounts set sign_in = p.email from people p where p.id = accounts.person_id and p.id % 2 = 0;
        update department_versions set name = left(repeat(@word, 5), 36) || id;
        update evidence_requests set title = left(repeat(@word, 15), 115) || id;
        update request_versions set title = left(repeat(@word, 15), 115) || request_id;
        update evidence set file_name = left(repeat(@word, 20), 190) || '.csv' where file_name is not null;
        update mails set subject = left(repeat(@word, 15), 120), to_name = left(repeat(@word, 5), 40), to_address = left(repeat('averylongmailboxname', 3), 60) || '@hibari-net.example';
        """, new { word });
}
