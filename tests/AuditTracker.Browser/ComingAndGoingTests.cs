using System.Text;
using System.Text.RegularExpressions;
using AuditTracker.Browser.Support;
using AuditTracker.Notifications;
using AuditTracker.People;
using AuditTracker.Tests.Platform.Mail;
using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>Somebody joins, somebody leaves, somebody heads two departments.</summary>
[Collection(InOwnCompanies.Name)]
public sealed partial class ComingAndGoingTests(Chromium chromium)
{
    private static readonly Cast.Member New = new("900100", "Nitta", "新田 忍", "ja", null);

    [Theory, InlineData("ja", true), InlineData("en", false)]
    public async Task A_new_employee_comes_from_the_invitation_to_the_first_hand_in_on_a_phone(string language, bool script)
    {
        await using var own = await OwnCompany.StartAsync("2026-10-05T09:00:00");
        await own.App.Database.ArrangeAsync("""
            insert into people (employee_no, name, name_kana, name_key, email, email_key, language, hired_on) values (@EmployeeNo, @Name, 'ニッタ シノブ', @key, @Mail, @Mail, @language, '2026-09-01')
            """, new { New.EmployeeNo, New.Name, New.Mail, language, key = NameKey.Of(New.Name, "ニッタ シノブ") });
        await own.OpenedAsync("入退室の記録", New, Cast.Bob);
        await using (var manami = await chromium.VisitAsync(own.App, Cast.Manami, language, script: script))
        {
            await manami.OpenAsync("/accounts/invite");
            await manami.Main.Locator("[name=find]").FillAsync("新田");
            await manami.PressAsync("探す", "Find");
            await manami.PressAsync("次へ", "Next");
            await manami.SeesAsync(New.Mail);
            await manami.Main.Locator("form button.primary").ClickAsync();
            await manami.SeesAsync("招待中", "Invited");
            Assert.Empty(manami.Troubles);
        }

        await using var phone = await chromium.VisitAsync(own.App, language: language, width: 360, script: script);
        await phone.OpenAsync(await LinkInMailAsync(own));
        await phone.Main.Locator("[name='Input.Password']").FillAsync("a long enough sentence");
        await phone.PressAsync("始める", "Start");
        await phone.SeesAsync("入退室の記録");
        await phone.Main.Locator("a.button.primary").ClickAsync();
        await phone.Main.Locator("[name='Input.Note']").FillAsync("9月分まであります。");
        await phone.Main.Locator("[name='Input.File']").SetInputFilesAsync(new FilePayload { Name = "入退室.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("日,人\n1,新田") });
        if (script)
        {
            await phone.SeesAsync("受け取りました SHA-256", "received SHA-256");
        }
        await phone.PressAsync("提出", "Hand in");
        await phone.SeesAsync("受け付けました", "Handed in. Receipt number");
        await phone.OpenAsync("/");
        await phone.SeesAsync("今日することはありません", "Nothing to do today");
        Assert.True(await phone.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Equal("submitted", await own.App.Database.ScalarAsync<string>("select state from collections where period_from = '2026-07-01'"));
        Assert.Empty(phone.Troubles);
    }

    [Theory, InlineData("ja", 1280, true), InlineData("en", 360, false)]
    public async Task Who_leaves_is_noted_and_the_work_is_handed_over(string language, int width, bool script)
    {
        await using var own = await OwnCompany.StartAsync("2026-10-05T09:00:00");
        var id = await own.OpenedAsync("入退室の記録", Cast.Alice, Cast.Manami);
        await own.OpenedAsync("鍵の台帳", Cast.Alice, Cast.Manami);
        await using var manami = await chromium.VisitAsync(own.App, Cast.Manami, language, width, script: script);
        await manami.OpenAsync($"/people/{Cast.Alice.EmployeeNo}");
        await manami.PressAsync("変更", "Change");
        await manami.Main.Locator("[name='Input.LeftOn']").FillAsync("R8.10.31");
        await manami.Main.Locator("button[value=check]").ClickAsync();
        await manami.Main.Locator("button[value=apply]").ClickAsync();
        await manami.OpenAsync($"/people/{Cast.Alice.EmployeeNo}");
        await manami.PressAsync("引き継ぐ", "Hand over");
        // The manager is proposed; somebody else takes it.
        Assert.Equal(Cast.Hana.EmployeeNo, await manami.Main.Locator("[name='Input.To']:checked").InputValueAsync());
        await manami.Main.Locator("[name='Input.ToSearch']").FillAsync(Cast.Bob.Name);
        await manami.Main.Locator(".inline button[value=find]").ClickAsync();
        Assert.Equal(Cast.Bob.EmployeeNo, await manami.Main.Locator("[name='Input.To']:checked").InputValueAsync());
        await manami.Main.Locator("form button.primary").ClickAsync();
        await manami.SeesAsync("引き継ぎました", "Handed over");
        Assert.Equal(Cast.Bob.PersonId, await own.App.Database.ScalarAsync<long>("select assignee_id from collections where id = @id", new { id }));
        Assert.Equal(new DateOnly(2026, 10, 31), await own.App.Database.ScalarAsync<DateOnly>("select left_on from people where id = @PersonId", Cast.Alice));
        Assert.Empty(manami.Troubles);

        await using var bob = await chromium.VisitAsync(own.App, Cast.Bob, language, script: script);
        await bob.OpenAsync("/");
        await bob.SeesAsync("入退室の記録");
        await bob.SeesAsync("鍵の台帳");
    }

    [Theory, InlineData("ja", 1280), InlineData("en", 360)]
    public async Task A_head_of_two_departments_sees_both_and_no_other(string language, int width)
    {
        await using var own = await OwnCompany.StartAsync("2026-07-01T09:00:00");
        await own.App.Database.ArrangeAsync("""
            update department_versions set head_id = @hana where department_id = 2;
            insert into departments (code) values ('D3');
            insert into department_versions (department_id, name, head_id, from_on) select id, '第三部', null, '2020-04-01' from departments where code = 'D3';
            update posts set department_id = (select id from departments where code = 'D3') where person_id = @mallory;
            """, new { hana = Cast.Hana.PersonId, mallory = Cast.Mallory.PersonId });
        await own.App.Database.SetClockAsync("2026-11-24T09:00:00");
        await own.OpenedAsync("第一部の記録", Cast.Alice, Cast.Manami);
        await own.OpenedAsync("第二部の記録", Cast.Bob, Cast.Manami);
        await own.OpenedAsync("第三部の記録", Cast.Mallory, Cast.Manami);
        await using var hana = await chromium.VisitAsync(own.App, Cast.Hana, language, width);
        await hana.OpenAsync("/people/departments");
        await hana.SeesAsync("第一部");
        await hana.SeesAsync("第二部");
        await hana.OpenAsync("/evidence/collections");
        await hana.SeesAsync("第一部の記録");
        await hana.SeesAsync("第二部の記録");
        Assert.Equal(0, await hana.Main.GetByText("第三部の記録").CountAsync());
        await hana.Main.GetByRole(AriaRole.Link, new() { Name = "第二部の記録" }).ClickAsync();
        await hana.SeesAsync(Cast.Bob.Name);
        await hana.Main.Locator("a.back").ClickAsync();
        await hana.SeesAsync("第一部の記録");
        Assert.Empty(hana.Troubles);
    }

    /// <summary>Sends what is queued; the path of the link in the mail to the new employee.</summary>
    private static async Task<string> LinkInMailAsync(OwnCompany own)
    {
        await own.App.Get<SendMails>().RunAsync(CancellationToken.None);
        var mails = new DirectoryInfo(own.App.Database.Installation.Settings.MailFolder).GetFiles("*.eml", SearchOption.AllDirectories)
            .Select(file => new ReadMail(File.ReadAllBytes(file.FullName))).Where(read => read.Headers["To"].Contains(New.Mail, StringComparison.Ordinal));
        var link = mails.Select(mail => Link().Match(mail.Parts.First(part => part.Key.StartsWith("text/plain", StringComparison.Ordinal)).Value)).Single(match => match.Success);
        return new Uri(link.Value).PathAndQuery;
    }

    [GeneratedRegex(@"https?://\S+token=\S+")]
    private static partial Regex Link();
}
