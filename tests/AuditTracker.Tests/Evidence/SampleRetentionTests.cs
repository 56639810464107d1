using System.Net;
using System.Text;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Support;
using AuditTracker.Tests.Trail;
using AuditTracker.Trail;

namespace AuditTracker.Tests.Evidence;

/// <summary>Populations are destroyed after their term, with the files of their rows, and what was found stays.</summary>
public sealed class SampleRetentionTests(Desk desk) : IClassFixture<Desk>
{
    private static readonly CurrentUser Alice = Desk.User(Cast.Alice, Role.ControlOwner);

    private Task<long> DueAsync(string state = "due") => desk.App.Get<DueFiles>().CountAsync(Desk.Manager, state, null, 100, default, Destroyable.Samples);

    [Fact]
    public async Task A_population_goes_after_its_term_with_all_files_and_the_proof_and_the_results_stay()
    {
        var request = await desk.RequestAsync("保存期間の抽出");
        var collection = await desk.CollectionAsync(request, "2026-07-01");
        var (one, other, open) = (await TakeAsync(collection, "一つ目"), await TakeAsync(collection, "二つ目"), await TakeAsync(collection, "途中のもの"));
        var judge = desk.App.Get<JudgeSample>();
        foreach (var id in new[] { one, other })
        {
            await desk.App.Get<DrawSample>().RunAsync(Alice, id, new("event", null, null, null, null));
            foreach (var row in await desk.App.Database.ListAsync<long>("select id from sample_rows where sample_id = @id order by place", new { id }))
            {
                await judge.RunAsync(Alice, row, new("conforming", "見た", null, [await FileAsync("画面.txt", "同じ写し")]));
            }
            await judge.ConcludeAsync(Alice, id, "すべて適合");
        }
        var contents = await desk.App.Database.ListAsync<string>("select file_sha256 from samples where id = @one union select original_sha256 from samples where id = @one union select f.sha256 from sample_files f join sample_rows r on r.id = f.row_id where r.sample_id = @one", new { one });
        Assert.Equal(3, contents.Count);
        var blobs = desk.App.Get<BlobStore>();
        // The second one's rows have the same file.
        var shared = await desk.App.Database.ScalarAsync<string>("select min(f.sha256) from sample_files f join sample_rows r on r.id = f.row_id where r.sample_id = @one", new { one });

        await desk.App.Database.SetClockAsync("2030-11-24 09:00");
        Assert.Equal(0, await DueAsync());
        await desk.App.Database.SetClockAsync("2030-11-25 09:00");
        Assert.Equal(2, await DueAsync()); // what is still worked on is not due
        var decide = desk.App.Get<DecideRetention>();
        Assert.Equal(0, await desk.App.Get<DueFiles>().CountAsync(Alice, "due", null, 100, default, Destroyable.Samples));
        await Assert.ThrowsAsync<NotFound>(() => decide.ApproveAsync(Alice, null, null, "理由", of: Destroyable.Samples));
        var hold = await decide.HoldAsync(Desk.Manager, "request", $"{request}", "審査中");
        Assert.Equal((0, 2), (await DueAsync(), await DueAsync("held")));
        await decide.ReleaseAsync(Desk.Manager, hold, "終わった");

        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        const string List = "/evidence/destruction?of=samples";
        var page = await manami.PageAsync(List);
        Assert.Contains("一つ目", page);
        Assert.DoesNotContain("途中のもの", page);
        Assert.Equal(3, (await Desk.WorkbookAsync(manami, page))[1].Rows.Count);
        Assert.DoesNotContain("一つ目", await manami.PageAsync("/evidence/destruction"));
        var at = $"/evidence/destruction/check?of=samples&id={one}";
        var check = await manami.PageAsync(at);
        Assert.Equal(HttpStatusCode.Redirect, (await manami.SendAsync(check, at, ("Input.Seen", "1"), ("Input.Which", Browsing.Hidden(check, "Input.Which")), ("Input.Reason", "年次の見直し"))).StatusCode);
        var approved = await manami.PageAsync($"{List}&state=approved");
        Assert.Equal(HttpStatusCode.Redirect, (await manami.SendAsync(approved, $"{List}&state=approved&handler=Withdraw", ("id", $"{one}"), ("Input.Reason", "早かった"))).StatusCode);
        Assert.Equal(0, await desk.App.Get<DestroyFiles>().RunAsync(default));
        Assert.Equal(1, await decide.ApproveAsync(Desk.Manager, [one], 1, "年次の見直し", of: Destroyable.Samples));
        hold = await decide.HoldAsync(Desk.Manager, "collection", $"{collection}", "問い合わせ");
        Assert.Equal(0, await desk.App.Get<DestroyFiles>().RunAsync(default));
        await decide.ReleaseAsync(Desk.Manager, hold, "答えた");
        Assert.Equal(1, await desk.App.Get<DestroyFiles>().RunAsync(default));
        Assert.Equal(0, await desk.App.Get<DestroyFiles>().RunAsync(default));

        Assert.All(contents, sha256 => Assert.Equal(sha256 == shared, blobs.Exists(sha256)));
        Assert.Equal("isms:48:2030-11-24:true:年次の見直し", await desk.App.Database.ScalarAsync<string>("select class || ':' || months || ':' || keep_until || ':' || bytes_gone || ':' || reason from sample_destructions where sample_id = @one", new { one }));
        Assert.Equal(1, await desk.App.Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'sample.destroyed' and subject = @sample", new { sample = $"sample:{one}" }));
        await Assert.ThrowsAsync<Refusal>(() => decide.WithdrawAsync(Desk.Manager, [one], "戻したい", of: Destroyable.Samples));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => desk.App.Database.ArrangeAsync("delete from sample_destructions where sample_id = @one", new { one }));
        foreach (var path in new[] { $"/evidence/samples/{one}/population", $"/evidence/samples/{one}/original", $"/evidence/sample-files/{await desk.App.Database.ScalarAsync<long>("select min(f.id) from sample_files f join sample_rows r on r.id = f.row_id where r.sample_id = @one", new { one })}" })
        {
            Assert.Equal(HttpStatusCode.Conflict, (await manami.GetAsync(path)).StatusCode);
        }
        Assert.Equal(HttpStatusCode.OK, (await manami.GetAsync($"/evidence/samples/{other}/population")).StatusCode);
        page = Browsing.Plain(await manami.PageAsync($"/evidence/samples/{one}"));
        Assert.Contains("廃棄しました", page);
        Assert.Contains("すべて適合", page);
        Assert.Equal("SampleDestroyed", (await Assert.ThrowsAsync<Refusal>(() => desk.App.Get<DrawSample>().CheckAsync(Desk.Manager, one))).Key);
        await desk.App.Database.SealAllAsync();
        Assert.Empty((await desk.App.Get<VerifyTrail>().RunAsync(withFiles: true)).Findings);
        await desk.App.Get<ScrubFiles>().RunAsync(default);
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from blob_checks where state <> 'whole'"));
        Assert.Contains("一つ目", await manami.PageAsync($"{List}&state=destroyed"));
        Assert.Equal(1, await decide.ApproveAsync(Desk.Manager, [other], null, "年次の見直し", of: Destroyable.Samples));
        Assert.Equal(1, await desk.App.Get<DestroyFiles>().RunAsync(default));
        Assert.False(blobs.Exists(shared));
        Assert.Equal((1, 0), (await desk.App.Database.ScalarAsync<long>("select count(*) from samples s where not exists (select from sample_destructions d where d.sample_id = s.id)"), await DueAsync()));
        Assert.True(open > 0);
    }

    private async Task<long> TakeAsync(long collection, string name) => await desk.App.Get<TakePopulation>().RunAsync(Alice, collection,
        new(name, name, "upload", "台帳", "件数と一致", new(2026, 10, 1)), await FileAsync("母集団.csv", $"番号\n{name}1\n{name}2\n"));

    private async Task<UploadedFile> FileAsync(string name, string text) => new("file", name, MediaTypes.Of(name), await desk.App.Get<BlobStore>().SaveAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), 1 << 20, default));
}
