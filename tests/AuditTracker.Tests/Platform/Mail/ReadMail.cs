using System.Text;
using System.Text.RegularExpressions;

namespace AuditTracker.Tests.Platform.Mail;

/// <summary>Reads a mail by the RFCs, knowing nothing of how it was written.</summary>
public sealed partial class ReadMail
{
    public Dictionary<string, string> Headers { get; }

    public Dictionary<string, string> Parts { get; } = [];

    public ReadMail(byte[] bytes)
    {
        Assert.All(bytes, b => Assert.True(b < 128));
        var raw = Encoding.ASCII.GetString(bytes);
        Assert.Empty(Regex.Matches(raw, "(?<!\r)\n|\r(?!\n)"));
        Assert.All(raw.Split("\r\n"), line => Assert.True(line.Length <= 76, line));
        Assert.All(Word().Matches(raw), word => Assert.True(word.Length <= 75, word.Value));
        var (head, body) = Split(raw);
        Headers = Fields(head);
        Assert.StartsWith("multipart/alternative", Headers["Content-Type"]);
        var boundary = Regex.Match(Headers["Content-Type"], "boundary=\"(.+)\"").Groups[1].Value;
        var pieces = ("\r\n" + body).Split($"\r\n--{boundary}");
        Assert.Equal("--\r\n", pieces[^1]);
        foreach (var piece in pieces[1..^1])
        {
            var (partHead, partBody) = Split(piece[2..]);
            var fields = Fields(partHead);
            Assert.Equal("base64", fields["Content-Transfer-Encoding"]);
            Parts.Add(fields["Content-Type"], new UTF8Encoding(false, true).GetString(Convert.FromBase64String(partBody)));
        }
    }

    private static (string Head, string Body) Split(string raw)
    {
        var at = raw.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return (raw[..at], raw[(at + 4)..]);
    }

    private static Dictionary<string, string> Fields(string head) => Regex.Replace(head, "\r\n(?=[ \t])", "")
        .Split("\r\n")
        .ToDictionary(line => line[..line.IndexOf(':')], line => Decode(line[(line.IndexOf(':') + 1)..].Trim()), StringComparer.OrdinalIgnoreCase);

    // Each word by itself and strictly: a character cut in two would throw.
    private static string Decode(string value) => Word().Replace(
        Regex.Replace(value, @"(\?=)\s+(=\?)", "$1$2"),
        word => new UTF8Encoding(false, true).GetString(Convert.FromBase64String(word.Groups[1].Value)));

    [GeneratedRegex(@"=\?utf-8\?B\?([A-Za-z0-9+/=]*)\?=")]
    private static partial Regex Word();
}
