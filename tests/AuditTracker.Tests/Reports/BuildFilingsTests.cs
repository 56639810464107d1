using System.Net;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Evidence;
using AuditTracker.Platform.Files;
using AuditTracker.Reports;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Platform.Workbooks;
using AuditTracker.Tests.Support;
using AuditTracker.Tests.Training;
using AuditTracker.Training;

namespace AuditTracker.Tests.Reports;

/// <summary>A closed campaign hands its papers in by itself, once, into the open collections of the items it serves.</summary>
public sealed class BuildFilingsTests : IAsyncLifetime
{
    private readonly School school = new();

    public Task InitializeAsync() => school.InitializeAsync();

    public Task DisposeAsync() => school.DisposeAsync();

    private Task<long> RequestAsync(string title, string item) => school.App.Get<SaveRequest>().AddAsync(School.Manager, new RequestInput(title, "", 20, [item], Cast.Alice.EmployeeNo, Cast.Bob.EmployeeNo,
        AuditTracker.Calendar.PeriodKind.Quarter, 1, 60, AuditTracker.Calendar.OffsetUnit.Days, School.Day("2026-04-01"), null));

    private async Task<long> CloseAsync()
    {
        var id = await school.RunAsync(School.Plan(audience: new(false, [], ["D1"], [])));
        await school.TakeAsync(Cast.Alice, id, right: false);
        await school.TakeAsync(Cast.Alice, id);
        await school.App.Get<RecordAttendance>().RunAsync(School.Manager, id, Attendance.Typed(Cast.Hana.EmployeeNo), "paper", "回答は書庫");
        await school.App.Get<CloseCampaign>().ReportAsync(School.Manager, id, "理解は十分でした。");
        await school.App.Get<CloseCampaign>().ApproveAsync(School.Top, id);
        return id;
    }

    [Fact]
    public async Task Closing_hands_the_papers_in_once_into_open_collections_of_its_items_and_of_no_others()
    {
        await RequestAsync("教育の記録", "pmark-jisq15001-2023:J.4.3");
        await RequestAsync("別の証跡", "iso27001-2022:A.5.18");
        await school.App.Get<OpenDueCollections>().RunAsync(default);
        var campaign = await CloseAsync();
        var job = school.App.Get<BuildFilings>();
        Assert.Equal(1, (await Task.WhenAll(job.RunAsync(default), job.RunAsync(default))).Sum());
        Assert.Equal(0, await job.RunAsync(default));
        Assert.Equal(["done"], await school.Database.ListAsync<string>("select state from filing_builds"));
        Assert.Equal(0, await school.Database.ScalarAsync<long>("select count(*) from submissions s join collections c on c.id = s.collection_id join evidence_requests r on r.id = c.request_id where r.title = '別の証跡'"));
        var collections = await school.Database.ListAsync<string>("select c.state from collections c join evidence_requests r on r.id = c.request_id where r.title = '教育の記録' and c.state <> 'planned'");
        Assert.True(collections.Count > 0);
        Assert.All(collections, state => Assert.Equal("submitted", state));
        Assert.Equal(collections.Count, await school.Database.ScalarAsync<int>("select handed_in from filing_builds"));
        // Handed in by the secretariat on behalf of the owner, as one file.
        Assert.Equal((Cast.Manami.AccountId, Cast.Alice.PersonId), (await school.Database.ListAsync<(long, long)>("select by_account, on_behalf_of from submissions limit 1"))[0]);
        Assert.Contains("教育実施サマリー_個人情報保護教育 2026_", await school.Database.ScalarAsync<string>("select file_name from evidence limit 1"));
        Assert.Equal(1, await school.Database.ScalarAsync<long>($"select count(*) from trail.entries where what = 'report.filed' and subject = 'trainingCampaign:{campaign}'"));
    }

    [Fact]
    public async Task Killed_between_hand_ins_it_goes_on_without_handing_in_twice()
    {
        await RequestAsync("教育の記録", "pmark-jisq15001-2023:J.4.3");
        await RequestAsync("認識の記録", "iso27001-2022:7.3");
        await school.App.Get<OpenDueCollections>().RunAsync(default);
        await CloseAsync();
        await school.Database.ArrangeAsync("""
            create function public.fail() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$;
            create trigger fail before insert on filing_hand_ins execute function public.fail();
            """);
        Assert.Equal(0, await school.App.Get<BuildFilings>().RunAsync(default));
        var before = await school.Database.ScalarAsync<long>("select count(*) from submissions");
        Assert.Equal(1, before);
        await school.Database.ArrangeAsync("drop trigger fail on filing_hand_ins");
        Assert.Equal(1, await school.App.Get<BuildFilings>().RunAsync(default));
        Assert.Equal(0, await school.Database.ScalarAsync<long>("select count(*) from (select collection_id from submissions group by 1 having count(*) > 1) twice"));
        Assert.Equal(0, await school.Database.ScalarAsync<long>("select count(*) from collections where state = 'open'"));
    }

    [Fact]
    public async Task Without_a_collection_to_hand_in_to_the_workbook_is_there_all_the_same()
    {
        await CloseAsync();
        await school.App.Get<BuildFilings>().RunAsync(default);
        Assert.Equal((1L, 0), (await school.Database.ScalarAsync<long>("select count(*) from filing_builds where state = 'done' and sha256 is not null"), await school.Database.ScalarAsync<int>("select handed_in from filing_builds")));
    }

    [Theory]
    [InlineData("ja")]
    [InlineData("en")]
    public async Task The_workbook_is_valid_adds_up_and_is_the_same_again_at_the_same_cut_off(string language)
    {
        var campaign = await CloseAsync();
        var asOf = await school.NowAsync();
        async Task<byte[]> WriteAsync(DateTime at)
        {
            using var output = new MemoryStream();
            await school.App.Get<TrainingWorkbook>().WriteAsync(campaign, at, language, output, default);
            return output.ToArray();
        }
        var file = await WriteAsync(asOf);
        Workbook.AssertValid(file);
        Assert.Equal(file, await WriteAsync(asOf));
        var sheets = Workbook.Read(file);
        Assert.Equal(5, sheets.Count);
        Assert.Equal(2, sheets[1].Rows.Count - 1);
        Assert.Equal(18, sheets[4].Rows.Count - 1);
        string Fact(int row) => sheets[0].Rows[row][1].ToString()!;
        Assert.Equal(language == "en" ? ("2", "2", "0") : ("2名", "2名", "0名"), (Fact(7), Fact(8), Fact(9)));
        Assert.Contains(language == "en" ? "1 retook it, 2 tests" : "再テスト 1名、受験 2回", Fact(14));
        // A moment before anybody had completed, the same papers say so.
        var early = Workbook.Read(await WriteAsync(await school.Database.ScalarAsync<DateTime>("select min(completed_at) - interval '1 millisecond' from training_progress")));
        Assert.NotEqual(sheets[0].Rows[8][1].ToString(), early[0].Rows[8][1].ToString());
    }

    [Fact]
    public async Task The_page_says_where_it_went_and_builds_the_same_paper_as_of_another_day()
    {
        var id = await CloseAsync();
        await school.App.Get<BuildFilings>().RunAsync(default);
        var filing = await school.Database.ScalarAsync<long>("select id from filings");
        var manager = await school.App.PagesAsAsync(Cast.Manami);
        Assert.Contains($"href=\"/reports/filings/{filing}?back=", await PageForms.PageAsync(manager, $"/reports/filings?subject=trainingCampaign:{id}"));
        Assert.Contains("自動で提出した帳票はまだありません", await PageForms.PageAsync(manager, "/reports/filings?subject=trainingCampaign:999"));
        var page = await PageForms.PageAsync(manager, $"/reports/filings/{filing}");
        Assert.Contains("提出先なし", page);
        Assert.Contains($"href=\"/training/campaigns/{id}\"", page);
        var filed = await manager.GetAsync($"/reports/filings/{filing}?handler=file");
        Assert.Equal("PK"u8.ToArray(), (await filed.Content.ReadAsByteArrayAsync())[..2]);

        // The same instant is the same paper; the day before the closing has other numbers; a day to come is none.
        var papers = school.App.Get<FilingPapers>();
        var cutoff = await school.Database.ScalarAsync<DateTime>("select cutoff_at from filings");
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.PostFormAsync($"/reports/filings/{filing}", null, ("Input.Cutoff", "2099/1/1"), ("Input.Language", "ja"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.PostFormAsync($"/reports/filings/{filing}", null, ("Input.Cutoff", "いつか"), ("Input.Language", "ja"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await manager.PostFormAsync($"/reports/filings/{filing}", null, ("Input.Cutoff", "2026/11/1"), ("Input.Language", "en"))).StatusCode);
        await papers.AskAsync(Desk.User(Cast.Carol, Role.InternalAuditor), filing, cutoff, "ja");
        await papers.AskAsync(Desk.User(Cast.Carol, Role.InternalAuditor), filing, cutoff, "ja");
        Assert.Equal(2, (await Task.WhenAll(school.App.Get<BuildPapers>().RunAsync(default), school.App.Get<BuildPapers>().RunAsync(default))).Sum());
        Assert.Equal(1, await school.Database.ScalarAsync<long>("select count(*) from filing_papers r join filing_builds b on b.sha256 = r.sha256 where r.state = 'done'"));
        Assert.Equal(1, await school.Database.ScalarAsync<long>("select count(*) from filing_papers r where r.state = 'done' and language = 'en' and sha256 not in (select sha256 from filing_builds)"));
        Assert.Contains("提出した帳票と同じ内容", await PageForms.PageAsync(manager, $"/reports/filings/{filing}"));
        var paper = await school.Database.ScalarAsync<long>("select min(id) from filing_papers");
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"/reports/filings/{filing}?handler=file&paper={paper}")).StatusCode);
        Assert.Equal(2, await school.Database.ScalarAsync<long>("select count(*) from filing_downloads"));

        // Not for others, nor to be filed by those who only look.
        await Assert.ThrowsAsync<NotFound>(() => papers.AskAsync(School.Top, filing, null, "ja"));
        await Assert.ThrowsAsync<NotFound>(() => papers.TakeAsync(Desk.User(Cast.Alice), filing, null, default));
        await Assert.ThrowsAsync<NotFound>(() => papers.FileAgainAsync(Desk.User(Cast.Carol, Role.InternalAuditor), filing));
        Assert.Null(await school.App.Get<FilingStore>().FindAsync(Desk.User(Cast.Alice), filing, default));
        Assert.Equal(0, await school.App.Get<FilingStore>().CountAsync(Desk.User(Cast.Alice), null, default));
        // Nothing was open; told to file again it is built once more, and into nothing again.
        Assert.Equal(HttpStatusCode.Redirect, (await manager.PostFormAsync($"/reports/filings/{filing}", $"/reports/filings/{filing}?handler=again")).StatusCode);
        Assert.Equal("FilingOnItsWay", (await Assert.ThrowsAsync<Refusal>(() => papers.FileAgainAsync(School.Manager, filing))).Key);
        Assert.Equal(1, await school.App.Get<BuildFilings>().RunAsync(default));
    }

    [Fact]
    public async Task Papers_that_name_people_are_opened_by_those_who_see_people_and_by_who_decides_on_them_as_evidence()
    {
        await RequestAsync("教育の記録", "pmark-jisq15001-2023:J.4.3");
        await school.App.Get<OpenDueCollections>().RunAsync(default);
        await CloseAsync();
        await school.App.Get<BuildFilings>().RunAsync(default);
        var filing = await school.Database.ScalarAsync<long>("select id from filings");
        var papers = school.App.Get<FilingPapers>();
        await papers.AskAsync(School.Manager, filing, null, "en");
        await school.App.Get<BuildPapers>().RunAsync(default);
        var paper = await school.Database.ScalarAsync<long>("select id from filing_papers where state = 'done'");
        // Top management sees the page, without the file and with a sentence why.
        foreach (var which in new long?[] { null, paper })
        {
            await Assert.ThrowsAsync<NotFound>(() => papers.TakeAsync(School.Top, filing, which, default));
            Assert.NotNull(await papers.TakeAsync(Desk.User(Cast.Carol, Role.InternalAuditor), filing, which, default));
        }
        var top = await school.App.PagesAsAsync(Cast.Tom);
        var page = await PageForms.PageAsync(top, $"/reports/filings/{filing}");
        Assert.Contains("開けるのは事務局と監査員です", page);
        Assert.DoesNotContain("handler=file", page);
        Assert.Equal(HttpStatusCode.NotFound, (await top.GetAsync($"/reports/filings/{filing}?handler=file")).StatusCode);
        Assert.DoesNotContain("開けるのは事務局と監査員です", await PageForms.PageAsync(await school.App.PagesAsAsync(Cast.Manami), $"/reports/filings/{filing}"));
        // Handed in it is opened by the reviewer; owner, head and management know that it is there.
        var evidence = await school.Database.ScalarAsync<long>("select min(id) from evidence");
        var submissions = school.App.Get<SubmissionStore>();
        foreach (var reader in new[] { Desk.User(Cast.Bob), School.Manager, Desk.User(Cast.Carol, Role.InternalAuditor) })
        {
            Assert.NotNull(await submissions.FileAsync(reader, evidence, default));
        }
        foreach (var other in new[] { Desk.User(Cast.Alice), Desk.User(Cast.Hana), School.Top })
        {
            Assert.Equal("FiledNamesPeople", (await Assert.ThrowsAsync<Refusal>(() => submissions.FileAsync(other, evidence, default))).Key);
        }
        Assert.Null(await submissions.FileAsync(Desk.User(Cast.Mallory), evidence, default));
        var owner = await school.App.PagesAsAsync(Cast.Alice);
        foreach (var address in new[] { $"/evidence/{evidence}/file", $"/evidence/{evidence}/inline", $"/evidence/{evidence}/preview" })
        {
            Assert.NotEqual(HttpStatusCode.OK, (await owner.GetAsync(address)).StatusCode);
        }
    }

    [Fact]
    public async Task Asked_as_of_now_twice_at_once_is_one_paper_and_a_day_to_come_is_refused_with_what_was_typed()
    {
        await CloseAsync();
        await school.App.Get<BuildFilings>().RunAsync(default);
        var filing = await school.Database.ScalarAsync<long>("select id from filings");
        var papers = school.App.Get<FilingPapers>();
        var cutoff = await school.Database.ScalarAsync<DateTime>("select cutoff_at from filings");
        var asked = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => papers.AskAsync(School.Manager, filing, null, "ja")));
        Assert.Single(asked.Distinct());
        Assert.Single((await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => papers.AskAsync(School.Manager, filing, cutoff, "ja")))).Distinct());
        // Another language, another account, a minute later: another paper.
        Assert.NotEqual(asked[0], await papers.AskAsync(School.Manager, filing, null, "en"));
        Assert.NotEqual(asked[0], await papers.AskAsync(Desk.User(Cast.Carol, Role.InternalAuditor), filing, null, "ja"));
        await school.Database.ArrangeAsync("update filing_papers set cutoff_at = cutoff_at - interval '61 seconds', created_at = created_at - interval '61 seconds'");
        Assert.NotEqual(asked[0], await papers.AskAsync(School.Manager, filing, null, "ja"));

        var manager = await school.App.PagesAsAsync(Cast.Manami);
        foreach (var (day, why) in new[] { ("2199-12-31", "基準時刻が未来です"), ("9999-12-31", "9999-12-31") })
        {
            var refused = await manager.PostFormAsync($"/reports/filings/{filing}", null, ("Input.Cutoff", day), ("Input.Language", "en"));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            var text = await refused.TextAsync();
            Assert.Contains(why, text);
            Assert.Contains($"value=\"{day}\"", text);
        }
    }

    [Fact]
    public async Task What_was_destroyed_after_its_term_is_refused_in_words_counts_as_no_download_and_can_be_built_again()
    {
        await CloseAsync();
        await school.App.Get<BuildFilings>().RunAsync(default);
        var filing = await school.Database.ScalarAsync<long>("select id from filings");
        await school.Database.ArrangeAsync("insert into destroyed_blobs (sha256, decided_at, removed_at) select sha256, now(), now() from filing_builds");
        school.App.Get<BlobStore>().Remove(await school.Database.ScalarAsync<string>("select sha256 from filing_builds"));
        var manager = await school.App.PagesAsAsync(Cast.Manami);
        var refused = await manager.GetAsync($"/reports/filings/{filing}?handler=file");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("保存期間が終わったため廃棄しました", await refused.TextAsync());
        Assert.Equal(0, await school.Database.ScalarAsync<long>("select count(*) from filing_downloads"));
        var paper = await school.App.Get<FilingPapers>().AskAsync(School.Manager, filing, await school.Database.ScalarAsync<DateTime>("select cutoff_at from filings"), "ja");
        await school.App.Get<BuildPapers>().RunAsync(default);
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"/reports/filings/{filing}?handler=file&paper={paper}")).StatusCode);
    }
}
