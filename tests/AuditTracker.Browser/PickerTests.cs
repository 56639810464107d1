using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>The person picker with script: a combobox over what 探す would find, by keys alone.</summary>
[Collection(InTheOffice.Name)]
public sealed class PickerTests(Chromium chromium, Office office)
{
    [Theory, InlineData("ja", "名の候補"), InlineData("en", "Candidates: ")]
    public async Task Typing_offers_people_arrows_choose_and_Escape_closes(string language, string said)
    {
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami, language);
        await manami.OpenAsync("/evidence/requests/new");
        var field = manami.Main.Locator("[name='Input.OwnerSearch']");
        var picker = manami.Main.Locator(".picker", new() { Has = manami.Page.Locator("[name='Input.OwnerSearch']") });
        await field.FocusAsync();
        await field.PressSequentiallyAsync("田");
        await picker.Locator("[role=option]").First.WaitForAsync();
        Assert.Equal("true", await field.GetAttributeAsync("aria-expanded"));
        Assert.Contains(said, await picker.Locator("[role=status]").Last.TextContentAsync());
        Assert.Empty(await AccessibilityTests.AskOpenAsync(manami));

        await field.PressAsync("Escape");
        Assert.Equal("false", await field.GetAttributeAsync("aria-expanded"));
        Assert.True(await field.EvaluateAsync<bool>("e => e === document.activeElement"));
        Assert.Equal("田", await field.InputValueAsync());

        await field.FillAsync("");
        await field.PressSequentiallyAsync("相川");
        await picker.Locator("[role=option]").First.WaitForAsync();
        await field.PressAsync("ArrowDown");
        Assert.Equal(await picker.Locator("[role=option][aria-selected=true]").GetAttributeAsync("id"), await field.GetAttributeAsync("aria-activedescendant"));
        await field.PressAsync("Enter");
        Assert.EndsWith("/evidence/requests/new", manami.Page.Url);
        Assert.Equal(Cast.Alice.EmployeeNo, await manami.Main.Locator("[name='Input.Owner']:checked").InputValueAsync());
        Assert.Equal(Cast.Alice.Name, await field.InputValueAsync());

        // Choosing somebody else leaves one choice, and the server sees it.
        await field.FillAsync("");
        await field.PressSequentiallyAsync("坊田");
        await picker.GetByRole(AriaRole.Option, new() { Name = Cast.Bob.Name }).ClickAsync();
        await manami.PressAsync("保存", "Save");
        await manami.SeesAsync("入力内容を確認してください", "Check what you entered");
        Assert.Equal(Cast.Bob.EmployeeNo, await manami.Main.Locator("[name='Input.Owner']:checked").InputValueAsync());
        Assert.Empty(manami.Troubles);
    }
}
