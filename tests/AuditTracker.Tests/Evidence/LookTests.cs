using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Looking into what was handed in without opening it.</summary>
public sealed class LookTests(Desk desk) : IClassFixture<Desk>
{
    [Fact]
    public async Task The_reviewer_sees_the_first_rows_and_how_late_it_was_taken()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("中を見る依頼"), "2026-07-01");
        await desk.HandInAsync(id, Cast.Alice, "番号,氏名\n001,<script>alert(1)</script>\n", "2026-11-12", "一覧.csv");
        var bob = await desk.App.PagesAsAsync(Cast.Bob);
        var queue = await bob.PageAsync($"/evidence/review?at={id}");
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", queue);
        Assert.DoesNotContain("<script>alert", queue);
        var look = Regex.Match(queue, "/evidence/\\d+/preview").Value;
        var text = Browsing.Plain(await bob.PageAsync(look));
        Assert.Contains("対象期間末の43日後", text);
        Assert.Contains("001", text);
        Assert.Equal(HttpStatusCode.OK, (await (await desk.App.PagesAsAsync(Cast.Carol)).GetAsync(look)).StatusCode);
        await desk.RequestAsync("森さんだけが見る依頼", Cast.Mallory, Cast.Manami);
        var mallory = await desk.App.PagesAsAsync(Cast.Mallory);
        Assert.Equal(HttpStatusCode.NotFound, (await mallory.GetAsync(look)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await mallory.GetAsync(look.Replace("preview", "inline"))).StatusCode);
    }

    [Theory]
    [InlineData("画面.gif", "image/gif", "inline", "sandbox; default-src 'none'")]
    [InlineData("報告.pdf", "application/pdf", "inline", "script-src 'none'")]
    [InlineData("絵.svg", "application/octet-stream", "attachment", "sandbox; default-src 'none'")]
    [InlineData("頁.html", "application/octet-stream", "attachment", "sandbox; default-src 'none'")]
    public async Task Only_pictures_and_pdf_are_drawn_and_none_may_run(string name, string type, string disposition, string policy)
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync($"送り方 {name}"), "2026-07-01");
        await desk.HandInAsync(id, Cast.Alice, name switch { "画面.gif" => "GIF89a", "報告.pdf" => "%PDF-1.7", _ => "<svg onload=alert(1)>" }, name: name);
        var file = await desk.App.Database.ScalarAsync<long>("select max(id) from evidence");
        using var answer = await (await desk.App.PagesAsAsync(Cast.Bob)).GetAsync($"/evidence/{file}/inline");
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(disposition, answer.Content.Headers.GetValues("Content-Disposition").Single());
        Assert.StartsWith(policy, answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }
}
