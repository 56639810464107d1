using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;

namespace AuditTracker.Browser;

/// <summary>The first screen: what I must do is seen without scrolling, with its button.</summary>
[Collection(InTheOffice.Name)]
public sealed class TodayTests(Chromium chromium, Office office)
{
    [Theory]
    [InlineData("Alice", 360, 740), InlineData("Alice", 1280, 800), InlineData("Bob", 360, 740), InlineData("Bob", 1280, 800), InlineData("Manami", 360, 740), InlineData("Manami", 1280, 800)]
    public async Task The_first_task_and_its_button_are_in_the_first_window(string nick, int width, int height)
    {
        foreach (var language in new[] { "ja", "en" })
        {
            await using var reader = await chromium.VisitAsync(office.App, Cast.All.First(member => member.Nick == nick), language, width);
            await reader.Page.SetViewportSizeAsync(width, height);
            await reader.OpenAsync("/");
            var first = reader.Main.Locator("section").First;
            var name = await first.Locator("a.name, .figures a").First.BoundingBoxAsync();
            Assert.True(name!.Y + name.Height <= height, $"{language}: the first task ends at {name.Y + name.Height} px");
            if (await first.Locator("a.button").CountAsync() > 0)
            {
                var button = await first.Locator("a.button").First.BoundingBoxAsync();
                Assert.True(button!.Y + button.Height <= height, $"{language}: the first button ends at {button.Y + button.Height} px");
            }
        }
    }
}
