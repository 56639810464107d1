using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;
using AuditTracker.Tests.Training;
using AuditTracker.Training;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>An employee on a phone from the mail to the certificate, and a manager from the plan to the closed campaign.</summary>
[Collection(InOwnCompanies.Name)]
public sealed class TrainingTests(Chromium chromium) : IAsyncLifetime
{
    private readonly School school = new();

    public Task InitializeAsync() => school.InitializeAsync();

    public Task DisposeAsync() => school.DisposeAsync();

    [Theory, InlineData("ja", true), InlineData("en", false)]
    public async Task An_employee_takes_it_on_a_phone_from_the_mail_with_one_failed_attempt(string language, bool script)
    {
        var id = await school.RunAsync(School.Plan(audience: new(false, [], ["D1"], [])));
        var link = await school.LinkInMailToAsync(Cast.Alice);
        var course = (await school.App.Get<CourseStore>().FindAsync("all-staff", 1, default))!;
        await using var alice = await chromium.VisitAsync(school.App, language: language, width: 360, script: script);
        await alice.OpenAsync(link);
        await FitsAsync(alice, script);
        await alice.PressAsync("始める", "Start");
        await alice.SeesAsync(Cast.Alice.Name);
        await alice.PressAsync("始める", "Start");
        for (var page = 1; page <= course.Pages.Count; page++)
        {
            await alice.SeesAsync($"{page} / {course.Pages.Count}枚", $"Page {page} of {course.Pages.Count}");
            await FitsAsync(alice, script);
            await alice.PressAsync(page < course.Pages.Count ? "次へ" : "テストに進む", page < course.Pages.Count ? "Next" : "To the test");
        }
        foreach (var right in new[] { false, true })
        {
            await alice.PressAsync(right ? "もう一度受ける" : "テストを始める", right ? "Take it again" : "Start the test");
            for (var number = 1; number <= course.Drawn; number++)
            {
                await alice.SeesAsync($"確認テスト {number} / {course.Drawn}問", $"Test, question {number} of {course.Drawn}");
                var text = await alice.Main.Locator("legend").InnerTextAsync();
                var question = course.Questions.Single(question => text.StartsWith(question.Text(language).Text, StringComparison.Ordinal));
                foreach (var letter in right ? question.Right : [question.Right.Contains("a") && !question.IsMultiple ? "b" : "a"])
                {
                    await alice.Main.Locator($"input[name=Chosen][value={letter}]").CheckAsync();
                }
                await FitsAsync(alice, script);
                await alice.Main.Locator("button.primary").ClickAsync();
            }
            await alice.SeesAsync("すべてに答えました", "All are answered");
            await alice.PressAsync("答え合わせ", "Mark my answers");
            await alice.SeesAsync(right ? "修了しました" : "もう少しです", right ? "You have completed it" : "Not yet");
            await FitsAsync(alice, script);
        }
        await alice.PressAsync("修了証", "Certificate");
        await alice.SeesAsync(Cast.Alice.Name);
        await FitsAsync(alice, script);
        Assert.Empty(alice.Troubles);
        Assert.Equal((1, 1), ((await school.NumbersAsync(id)).Completed, (await school.NumbersAsync(id)).NotStarted));
    }

    [Fact]
    public async Task A_manager_plans_chases_and_closes_and_top_management_approves()
    {
        await using var manami = await chromium.VisitAsync(school.App, Cast.Manami);
        await using var tom = await chromium.VisitAsync(school.App, Cast.Tom);
        await manami.OpenAsync("/training");
        await manami.Main.GetByRole(AriaRole.Link, new() { Name = "教育を計画" }).First.ClickAsync();
        await manami.FillAsync("名称", "Name", "個人情報保護教育 2026");
        await manami.Main.Locator("[name='Input.OpensOn']").FillAsync("2026/11/2");
        await manami.Main.Locator("[name='Input.DueOn']").FillAsync("R8.11.30");
        await manami.Main.Locator("[name='Input.Everyone'][type=checkbox]").UncheckAsync();
        await manami.Main.Locator("details summary", new() { HasText = "一部の人" }).ClickAsync();
        await manami.Main.Locator("[name='Input.Departments'][value=D1]").CheckAsync();
        await manami.PressAsync("対象者を確かめる", "Preview who");
        await manami.SeesAsync("対象者の見込み 2名");
        await manami.PressAsync("保存", "Save");
        await manami.SeesAsync("計画を保存しました");
        await tom.OpenAsync("/training/campaigns/1");
        await tom.PressAsync("計画を承認", "Approve the plan");
        await tom.SeesAsync("計画を承認しました");
        await school.App.Get<StartCampaigns>().RunAsync(default);
        await manami.OpenAsync("/training/campaigns/1");
        await manami.SeesAsync("実施中");
        await manami.PressAsync("お知らせを再送", "Resend reminder");
        await manami.Main.Locator("form button.primary").ClickAsync();
        await manami.SeesAsync("2名へのお知らせを受け付けました");
        await school.TakeAsync(Cast.Hana, 1);
        await manami.OpenAsync("/training/campaigns/1/report");
        await manami.Main.Locator("textarea").FillAsync("全員が理解しました。");
        await manami.PressAsync("承認に回す", "Hand it to approval");
        await manami.SeesAsync("未受講で理由のない方が1名います");
        Assert.Equal("全員が理解しました。", await manami.Main.Locator("textarea").InputValueAsync());
        await school.TakeAsync(Cast.Alice, 1);
        await manami.PressAsync("承認に回す", "Hand it to approval");
        await manami.SeesAsync("報告書を承認に回しました");
        await manami.SeesAsync("自分が作成した報告書は承認できません");
        await tom.OpenAsync("/training/campaigns/1/report");
        await tom.PressAsync("承認して終了", "Approve and close");
        await tom.SeesAsync("この教育は終了しました");
        Assert.Empty(manami.Troubles.Concat(tom.Troubles));
    }

    /// <summary>Nothing scrolls sideways, and axe finds nothing.</summary>
    private static async Task FitsAsync(Visitor visitor, bool script)
    {
        if (!script)
        {
            return;
        }
        Assert.Equal(360, await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await visitor.Page.EvaluateAsync(AccessibilityTests.Axe);
        Assert.Empty(await AccessibilityTests.AskAsync(visitor, AccessibilityTests.Everything));
    }
}
