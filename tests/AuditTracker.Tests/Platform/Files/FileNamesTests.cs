using System.Text;
using AuditTracker.Platform.Files;
using Microsoft.Net.Http.Headers;

namespace AuditTracker.Tests.Platform.Files;

public sealed class FileNamesTests
{
    [Theory]
    [InlineData("アクセス権一覧.xlsx", "アクセス権一覧.xlsx")]
    [InlineData("髙﨑_神.pdf", "髙﨑_神.pdf")] // compatibility ideographs stay as typed
    [InlineData("../../x", "x")]
    [InlineData("..\\..\\boot.ini", "boot.ini")]
    [InlineData("C:\\Users\\a\\台帳.xls", "台帳.xls")]
    [InlineData("/etc/passwd", "passwd")]
    [InlineData("a\r\nSet-Cookie: b\0\u001b.txt", "aSet-Cookie: b.txt")]
    [InlineData("fdp\u202Egpj.exe", "fdpgpj.exe")]
    [InlineData("  a b .txt ", "a b .txt")]
    [InlineData("he said \"no\".txt", "he said \"no\".txt")]
    [InlineData("", "file")]
    [InlineData("..", "file")]
    [InlineData("a/", "file")]
    [InlineData(null, "file")]
    public void Names_are_kept_as_typed_but_never_a_path(string? given, string expected) => Assert.Equal(expected, FileNames.Safe(given));

    [Fact]
    public void A_long_name_keeps_its_extension_and_whole_characters()
    {
        var name = FileNames.Safe(new string('証', 100) + ".xlsx");

        Assert.EndsWith("証.xlsx", name);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 253, 255);
        Assert.Equal(255, FileNames.Safe(new string('a', 300)).Length);
        Assert.Equal(255, Encoding.UTF8.GetByteCount(FileNames.Safe("a." + new string('b', 300))));
        Assert.DoesNotContain('\uFFFD', FileNames.Safe(string.Concat(Enumerable.Repeat("👩‍💻", 40)) + ".txt"));
    }

    [Theory]
    [InlineData("form-data; name=\"f\"", null)]
    [InlineData("form-data; name=\"f\"; filename=\"\"", "")]
    [InlineData("form-data; name=\"f\"; filename=\"証跡 1.pdf\"", "証跡 1.pdf")]
    [InlineData("form-data; name=\"f\"; filename=\"a%22b%22.txt\"", "a\"b\".txt")]
    [InlineData("form-data; name=\"f\"; filename=\"a\\\"b.txt\"", "a\"b.txt")]
    [InlineData("form-data; name=\"f\"; filename=\"x.txt\"; filename*=UTF-8''%E8%A8%BC%E8%B7%A1.txt", "証跡.txt")]
    [InlineData("form-data; name=\"f\"; filename*0*=UTF-8'ja'%E8%A8%BC%E8; filename*1*=%B7%A1; filename*2=\" 1.txt\"", "証跡 1.txt")]
    public void Every_way_to_write_a_name_is_read(string header, string? expected) =>
        Assert.Equal(expected, FileNames.FromDisposition(ContentDispositionHeaderValue.Parse(header)));

    [Theory]
    [InlineData("報告.PDF", "application/pdf", "application/pdf")]
    [InlineData("a.html", "text/html", "application/octet-stream")]
    [InlineData("a.svg", "image/svg+xml", "application/octet-stream")]
    [InlineData("a.exe", "application/octet-stream", "application/octet-stream")]
    [InlineData("noextension", "application/octet-stream", "application/octet-stream")]
    public void The_type_comes_from_the_extension_and_nothing_runs(string name, string type, string sent)
    {
        Assert.Equal(type, MediaTypes.Of(name));
        Assert.Equal(sent, MediaTypes.ToSend(name));
    }

    [Fact]
    public void A_download_header_carries_the_true_name_and_an_ascii_one() => Assert.Equal(
        "attachment; filename=\"__ _1_ 100_.pdf\"; filename*=UTF-8''%E9%AB%99%EF%A8%91%20%221%22%20100%25.pdf",
        FileDownload.Disposition("髙﨑 \"1\" 100%.pdf"));
}
