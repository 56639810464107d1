using System.Text;
using AuditTracker.Browser.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>What lists and forms offer is had with Tab, Enter, Space, arrows and letters alone.</summary>
[Collection(InTheOffice.Name)]
public sealed class KeyboardTests(Chromium chromium, Office office)
{
    [Theory, InlineData("ja", true)]
    public async Task Every_list_is_sorted_up_and_down_by_keys(string language, bool script)
    {
        var (found, sorted) = (new List<string>(), 0);
        await EachAsync(language, script, async (visitor, route, path) =>
        {
            var heads = await visitor.Main.Locator("table.list thead th:visible:has(a[href*='sort='])").CountAsync();
            if (heads == 0)
            {
                return;
            }
            sorted++;
            var head = visitor.Main.Locator("table.list thead th:visible:has(a[href*='sort='])").Nth(heads - 1);
            var word = await head.Locator("a").InnerTextAsync();
            var orders = new List<string?>();
            for (var i = 0; i < 2; i++)
            {
                var before = visitor.Page.Url;
                await Hand.Keys.PressAsync(visitor.Main.Locator("table.list thead th a[href*='sort=']").Filter(new() { HasText = word }).Last);
                await visitor.Page.WaitForURLAsync(url => url != before);
                orders.Add(await visitor.Main.Locator("table.list thead th[aria-sort]").First.GetAttributeAsync("aria-sort"));
            }
            if (!orders.Order().SequenceEqual(["ascending", "descending"]))
            {
                found.Add($"{route}: {word} is {string.Join(", ", orders)}");
            }
        });
        Assert.True(found.Count == 0, string.Join("\n", found));
        Assert.True(sorted > 8, $"{sorted} lists");
    }

    [Theory, InlineData("en", false)]
    public async Task Every_list_is_filtered_by_keys(string language, bool script)
    {
        var (found, filtered) = (new List<string>(), 0);
        await EachAsync(language, script, async (visitor, route, path) =>
        {
            var form = visitor.Main.Locator("form.filters").First;
            if (await form.CountAsync() == 0)
            {
                return;
            }
            // What is folded away is opened first.
            var folded = form.Locator("xpath=ancestor-or-self::*//details[not(@open)]/summary").First;
            var field = form.Locator("select:visible, input:visible:not([type=checkbox]):not([type=hidden])").First;
            if (await field.CountAsync() == 0 && await folded.CountAsync() > 0)
            {
                await Hand.Keys.PressAsync(folded);
            }
            if (await field.CountAsync() == 0)
            {
                found.Add($"{route}: its filter has nothing to set");
                return;
            }
            filtered++;
            var name = (await field.GetAttributeAsync("name"))!;
            await Hand.ReachAsync(field);
            var isChoice = await field.EvaluateAsync<bool>("e => e.matches('select')");
            var before = await field.InputValueAsync();
            if (isChoice)
            {
                await visitor.Page.Keyboard.PressAsync(await field.EvaluateAsync<bool>("e => e.selectedIndex + 1 < e.options.length") ? "ArrowDown" : "ArrowUp");
            }
            else
            {
                await visitor.Page.Keyboard.PressAsync("Control+a");
                await visitor.Page.Keyboard.TypeAsync(await field.EvaluateAsync<bool>("e => e.inputMode === 'numeric'") ? "2026/11/20" : "2026");
            }
            var set = await field.InputValueAsync();
            await Hand.ReachAsync(form.Locator("button:visible").First);
            await visitor.Page.EvaluateAsync("() => { document.documentElement.dataset.left = ''; }");
            await visitor.Page.Keyboard.PressAsync("Enter");
            await visitor.Page.Locator("html:not([data-left]) main").WaitForAsync(new() { State = WaitForSelectorState.Attached });
            await visitor.Page.WaitForLoadStateAsync(LoadState.Load);
            var query = System.Web.HttpUtility.ParseQueryString(new Uri(visitor.Page.Url).Query);
            if (query[name] != set || (set != before && isChoice && await visitor.Main.Locator($"form.filters [name='{name}']").First.InputValueAsync() != set))
            {
                found.Add($"{route}: {name} was set to {set}, and then {visitor.Page.Url}");
            }
        });
        Assert.True(found.Count == 0, string.Join("\n", found));
        Assert.True(filtered > 8, $"{filtered} filters");
    }

    [Theory, InlineData("ja", true)]
    public async Task Every_file_is_chosen_by_keys(string language, bool script)
    {
        var (found, chosen) = (new List<string>(), 0);
        await EachAsync(language, script, async (visitor, route, path) =>
        {
            var fields = visitor.Main.Locator("input[type=file]:visible");
            for (var i = 0; i < await fields.CountAsync(); i++)
            {
                chosen++;
                // Asked for before the way there: the browser takes a moment to hand its dialogs over.
                var opened = new TaskCompletionSource<IFileChooser>();
                void Opened(object? sender, IFileChooser chooser) => opened.TrySetResult(chooser);
                visitor.Page.FileChooser += Opened;
                await Hand.ReachAsync(fields.Nth(i));
                await visitor.Page.Keyboard.PressAsync("Enter");
                var isOpen = await Task.WhenAny(opened.Task, Task.Delay(10_000)) == opened.Task;
                visitor.Page.FileChooser -= Opened;
                if (!isOpen)
                {
                    found.Add($"{route}: Enter does not open the dialog of {await fields.Nth(i).GetAttributeAsync("name")}");
                    continue;
                }
                var dialog = await opened.Task;
                await dialog.SetFilesAsync(new FilePayload { Name = "一覧.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("番号,結果\n1,済み\n") });
                if (script)
                {
                    await visitor.Main.GetByText("一覧.csv").First.WaitForAsync();
                }
                // From the file one goes on to a button of its form, not back to the start.
                await visitor.Page.Keyboard.PressAsync("Tab");
                if (!await visitor.Page.EvaluateAsync<bool>("() => document.activeElement.closest('form')?.querySelector('input[type=file]') !== null"))
                {
                    found.Add($"{route}: behind the file the form is left");
                }
            }
        });
        Assert.True(found.Count == 0, string.Join("\n", found));
        Assert.True(chosen > 4, $"{chosen} file fields");
    }

    private async Task EachAsync(string language, bool script, Func<Visitor, string, string, Task> look)
    {
        foreach (var side in office.Pages.Where(page => Office.StatusOf(page.Key) == 200).GroupBy(page => Office.Reader(page.Key)))
        {
            await using var visitor = await chromium.VisitAsync(office.App, side.Key, language, script: script);
            foreach (var (route, path) in side)
            {
                await visitor.OpenAsync(path);
                await look(visitor, route, path);
            }
            Assert.Empty(visitor.Troubles);
        }
    }
}
