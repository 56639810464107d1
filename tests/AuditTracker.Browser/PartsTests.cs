using System.Text;
using AuditTracker.Browser.Support;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>Part of what is asked is handed in, the rest later; the reviewer sees each and decides on the whole.</summary>
[Collection(InOwnCompanies.Name)]
public sealed class PartsTests(Chromium chromium)
{
    [Theory, InlineData("ja", 1280, true), InlineData("ja", 360, false), InlineData("en", 360, true), InlineData("en", 1280, false)]
    public async Task A_part_is_handed_in_the_rest_follows_and_the_whole_is_accepted(string language, int width, bool script)
    {
        await using var own = await OwnCompany.StartAsync("2026-10-05T09:00:00");
        var request = await own.App.Get<SaveRequest>().AddAsync(Desk.Manager, new RequestInput("拠点ごとの点検表", "東京と大阪の点検表", 20, ["iso27001-2022:A.7.1"], Cast.Alice.EmployeeNo, Cast.Bob.EmployeeNo,
            PeriodKind.Quarter, 1, 10, OffsetUnit.BusinessDays, new DateOnly(2026, 7, 1), null));
        await own.App.Get<OpenDueCollections>().RunAsync(CancellationToken.None);
        var id = await own.App.Database.ScalarAsync<long>("select id from collections where request_id = @request and state = 'open'", new { request });
        await using (var alice = await chromium.VisitAsync(own.App, Cast.Alice, language, width, script))
        {
            await alice.OpenAsync($"/evidence/collections/{id}");
            await alice.Main.Locator("summary", new() { HasText = alice.Say("一部だけ先に提出する", "Hand in only a part for now") }).ClickAsync();
            await alice.Main.Locator("[name='Input.IsPart']").CheckAsync();
            await alice.Main.Locator("[name='Input.Rest']").FillAsync("大阪の点検表");
            await alice.Main.Locator("[name='Input.File']").SetInputFilesAsync(File("東京.csv"));
            if (script)
            {
                await alice.SeesAsync("受け取りました SHA-256", "received SHA-256");
            }
            // When the rest comes is not said: the file that came is kept, and so is what was typed.
            await alice.PressAsync("提出", "Hand in");
            await alice.SeesAsync("残りを提出する日を入力してください", "Enter the day the rest comes");
            await alice.SeesAsync("東京.csv");
            Assert.Equal("大阪の点検表", await alice.Main.Locator("[name='Input.Rest']").InputValueAsync());
            Assert.True(await alice.Main.Locator("[name='Input.IsPart']").IsCheckedAsync());
            await alice.Main.Locator("[name='Input.RestBy']").FillAsync(await alice.Main.Locator("[name='Input.RestBy']").GetAttributeAsync("type") == "date" ? "2026-10-09" : "2026/10/9");
            await alice.PressAsync("提出", "Hand in");
            await alice.SeesAsync("一部を受け付けました", "Your part is in");
            await alice.SeesAsync("大阪の点検表");
            Assert.Equal("open", await own.App.Database.ScalarAsync<string>("select state from collections where id = @id", new { id }));
            Assert.True(await alice.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
            Assert.Empty(alice.Troubles);
        }
        await using (var bob = await chromium.VisitAsync(own.App, Cast.Bob, language, width, script))
        {
            await bob.OpenAsync($"/evidence/collections/{id}");
            await bob.SeesAsync("東京.csv");
            await bob.SeesAsync("大阪の点検表");
            Assert.Equal(0, await bob.Main.Locator("[name='Input.File']").CountAsync());
        }
        await using (var alice = await chromium.VisitAsync(own.App, Cast.Alice, language, width, script))
        {
            await alice.OpenAsync($"/evidence/collections/{id}");
            await alice.SeesAsync("これまでに提出した一部", "Parts handed in so far");
            Assert.True(await alice.Main.Locator("[name='Input.UsedPart'][type=checkbox]").IsCheckedAsync());
            await alice.Main.Locator("[name='Input.File']").SetInputFilesAsync(File("大阪.csv"));
            if (script)
            {
                await alice.SeesAsync("受け取りました SHA-256", "received SHA-256");
            }
            await alice.PressAsync("提出", "Hand in");
            await alice.SeesAsync("受け付けました", "Handed in. Receipt number");
            Assert.Empty(alice.Troubles);
        }
        await using var reviewer = await chromium.VisitAsync(own.App, Cast.Bob, language, width, script);
        await reviewer.OpenAsync("/evidence/review");
        await reviewer.SeesAsync("東京.csv");
        await reviewer.SeesAsync("大阪.csv");
        await reviewer.Main.Locator("button[formaction*='Accept'], form[action*='Accept'] button").First.ClickAsync();
        await reviewer.SeesAsync("受領しました", "Accepted");
        Assert.Equal("accepted", await own.App.Database.ScalarAsync<string>("select state from collections where id = @id", new { id }));
        Assert.Equal(2, await own.App.Database.ScalarAsync<long>("select count(*) from counted_evidence e join collection_acts a on a.submission_id = e.counted_for and a.act = 'accept' where a.collection_id = @id", new { id }));
        Assert.Empty(reviewer.Troubles);
    }

    private static FilePayload File(string name) => new() { Name = name, MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes($"項目,結果\n施錠,{name}\n") };
}
