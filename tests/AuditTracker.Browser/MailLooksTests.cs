using AuditTracker.Browser.Support;
using AuditTracker.Tests.Notifications;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>Mails as phones and Outlook show them: from 320 to 600 px, by day and by night.</summary>
[Collection(InTheOffice.Name)]
public sealed class MailLooksTests(Chromium chromium, Office office)
{
    [Theory, InlineData("ja"), InlineData("en")]
    public async Task Every_mail_fits_a_phone_and_can_be_read_by_day_and_night(string language)
    {
        var mails = ((IEnumerable<object[]>)MailTemplateTests.Files()).Select(row => (string)row[0]).Where(file => file.EndsWith($".{language}.html.hbs", StringComparison.Ordinal) && !file.Contains("layout", StringComparison.Ordinal)).ToList();
        Assert.True(mails.Count > 10);
        var layout = MailTemplateTests.Render($"notifications/layout.{language}.html.hbs");
        var found = new List<string>();
        await using var visitor = await chromium.VisitAsync(office.App, null, language);
        foreach (var mail in mails)
        {
            // A name as long as it may be, without a place to break.
            var body = MailTemplateTests.Render(mail).Replace("（顧客DB・基幹）", new string('w', 100), StringComparison.Ordinal);
            await visitor.Page.SetContentAsync(layout.Replace("<p>本文</p>", body, StringComparison.Ordinal));
            await visitor.Page.EvaluateAsync(AccessibilityTests.Axe);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await visitor.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                found.AddRange((await AccessibilityTests.AskAsync(visitor, AccessibilityTests.Everything)).Select(told => $"{mail} {scheme}: {told}"));
            }
            foreach (var width in new[] { 320, 400, 600 })
            {
                await visitor.Page.SetViewportSizeAsync(width, 700);
                found.AddRange((await visitor.Page.EvaluateAsync<string[]>("""
                    () => [
                      ...(document.documentElement.scrollWidth > innerWidth ? [`${document.documentElement.scrollWidth} px wide`] : []),
                      ...[...document.querySelectorAll(".act a")].filter(e => e.getBoundingClientRect().height < 44).map(e => `a button of ${Math.round(e.getBoundingClientRect().height)} px`),
                      ...[...document.querySelectorAll("body *")].filter(e => parseFloat(getComputedStyle(e).fontSize) < 14).map(e => `small: ${e.outerHTML.slice(0, 80)}`),
                    ]
                    """)).Select(trouble => $"{mail} at {width} px: {trouble}"));
            }
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }
}
