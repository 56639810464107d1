using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

[Collection(InOwnCompanies.Name)]
public sealed class ImportTests(Chromium chromium)
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task From_the_file_of_120_people_over_the_preview_to_the_list(bool script)
    {
        await using var own = await OwnCompany.StartAsync("2026-11-24T09:00:00");
        await using var manami = await chromium.VisitAsync(own.App, Cast.Manami, script: script);
        await manami.OpenAsync("/people");
        await manami.PressAsync("名簿を取り込む", "Import people");
        await manami.Main.Locator("input[type=file]").SetInputFilesAsync(Path.Combine(AppContext.BaseDirectory, "samples", "people-utf8.csv"));
        if (script)
        {
            await manami.SeesAsync("people-utf8.csv");
        }
        await manami.Main.Locator("form button.primary").ClickAsync();

        await manami.SeesAsync("追加");
        Assert.Matches("追加\\s*120", await manami.Main.Locator(".totals").InnerTextAsync());
        Assert.Equal(8, await own.PeopleAsync());
        await manami.Main.GetByRole(AriaRole.Button, new() { NameRegex = new("反映") }).ClickAsync();

        await manami.SeesAsync("名簿を反映しました（追加120名、変更0名、退職0名）。");
        Assert.Equal(128, await own.PeopleAsync());
        await manami.OpenAsync("/people?left=true");
        await manami.SeesAsync("128名");
        await manami.OpenAsync("/people?q=高橋");
        await manami.SeesAsync("yumiko.takahashi.5@hibari-net.example");
        Assert.Empty(manami.Troubles);
    }

    [Fact]
    public async Task A_file_with_a_mistake_names_line_and_column_and_applies_nothing_until_the_line_is_left_out()
    {
        await using var own = await OwnCompany.StartAsync("2026-11-24T09:00:00");
        await using var manami = await chromium.VisitAsync(own.App, Cast.Manami);
        var lines = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "samples", "people-utf8.csv"));
        lines[6] = lines[6].Replace(lines[6].Split(',').First(cell => DateOnly.TryParse(cell, out _)), "2026/13/1");
        await manami.OpenAsync("/people/import");
        await manami.Main.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "名簿.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(string.Join("\r\n", lines)) });
        await manami.Main.Locator("form button.primary").ClickAsync();
        await manami.SeesAsync("7行目");
        await manami.SeesAsync("2026/13/1");
        await manami.Main.GetByRole(AriaRole.Button, new() { NameRegex = new("反映") }).ClickAsync();
        await manami.SeesAsync("7行目");
        Assert.Equal(8, await own.PeopleAsync());
        await manami.Main.Locator("[name='Input.SkipErrors'][type=checkbox]").CheckAsync();
        await manami.Main.GetByRole(AriaRole.Button, new() { NameRegex = new("反映") }).ClickAsync();
        // Whoever names the person of that line as their manager is left out with it.
        await manami.SeesAsync("名簿を反映しました（追加112名、変更0名、退職0名）。");
        Assert.Equal(120, await own.PeopleAsync());
    }
}
