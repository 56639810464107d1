using AuditTracker.Platform.Web;

namespace AuditTracker.Tests.Platform.Web;

public sealed class LocalPathTests
{
    [Theory]
    [InlineData("/evidence?state=open&after=x", "/evidence?state=open&after=x")]
    [InlineData("/people?q=あ#top", "/people?q=%E3%81%82#top")]
    public void A_path_of_this_host_is_kept(string path, string expected) => Assert.Equal(expected, LocalPath.Or(path, "/"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("evidence")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("\t//evil.example")]
    [InlineData("/\r\n/evil.example")]
    [InlineData("/..//evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/a\\b")]
    public void An_address_that_could_leave_this_host_is_refused(string? path) => Assert.Equal("/home", LocalPath.Or(path, "/home"));
}
