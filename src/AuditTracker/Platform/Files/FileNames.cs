using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace AuditTracker.Platform.Files;

/// <summary>Names that came from outside, made safe to show, store and send; never used as a path.</summary>
public static class FileNames
{
    /// <summary>The name that stands where nothing of the given one was left.</summary>
    public const string Unnamed = "file";

    /// <summary>What most file systems allow, in bytes of UTF-8.</summary>
    public const int MaxBytes = 255;

    private const int MaxExtensionBytes = 32;

    /// <summary>
    /// The last part of a path, without control characters and direction marks, at most <see cref="MaxBytes"/> bytes with
    /// the extension kept. Kanji stay exactly as typed: no normalisation, which would change 神 or 﨑.
    /// </summary>
    public static string Safe(string? given)
    {
        var name = (given ?? "").AsSpan();
        name = name[(name.LastIndexOfAny('/', '\\') + 1)..];
        var kept = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (!Rune.IsControl(rune) && !IsDeceiving(rune))
            {
                kept.Append(rune.ToString());
            }
        }

        var clean = kept.ToString().Trim();
        return clean.All(c => c is '.' or ' ') ? Unnamed : Shorten(clean);
    }

    /// <summary>The name a part of a form gives: RFC 5987, RFC 2231 in pieces, or raw UTF-8; null when it is not a file.</summary>
    public static string? FromDisposition(ContentDispositionHeaderValue disposition)
    {
        if (!StringSegment.IsNullOrEmpty(disposition.FileNameStar))
        {
            return disposition.FileNameStar.Value;
        }

        if (Continued(disposition) is { } joined)
        {
            return joined;
        }

        // Browsers write the quotation mark as %22 and the line ends as %0D and %0A, and nothing else of that kind.
        return disposition.FileName.HasValue
            ? HeaderUtilities.UnescapeAsQuotedString(disposition.FileName).Value!.Replace("%22", "\"").Replace("%0D", "").Replace("%0A", "")
            : null;
    }

    /// <summary><c>filename*0*=UTF-8''%E8…; filename*1*=…; filename*2="…"</c></summary>
    private static string? Continued(ContentDispositionHeaderValue disposition)
    {
        var bytes = new List<byte>();
        for (var part = 0; ; part++)
        {
            var plain = disposition.Parameters.FirstOrDefault(p => p.Name.Equals($"filename*{part}", StringComparison.OrdinalIgnoreCase));
            var encoded = disposition.Parameters.FirstOrDefault(p => p.Name.Equals($"filename*{part}*", StringComparison.OrdinalIgnoreCase));
            if (encoded is not null)
            {
                var text = HeaderUtilities.RemoveQuotes(encoded.Value).Value ?? "";
                bytes.AddRange(Percent(part == 0 ? text[(text.LastIndexOf('\'') + 1)..] : text));
            }
            else if (plain is not null)
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(HeaderUtilities.UnescapeAsQuotedString(plain.Value).Value ?? ""));
            }
            else
            {
                return part == 0 ? null : Encoding.UTF8.GetString([.. bytes]);
            }
        }
    }

    // Byte by byte, because one character may be cut between two pieces.
    private static IEnumerable<byte> Percent(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                yield return value;
                i += 2;
            }
            else
            {
                yield return (byte)text[i];
            }
        }
    }

    /// <summary>Marks that turn the reading direction ("exe.pdf" for "fdp.exe") and line separators.</summary>
    private static bool IsDeceiving(Rune rune) => rune.Value
        is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069)
        or 0x2028 or 0x2029 or 0xFEFF or 0xFFFE or 0xFFFF;

    private static string Shorten(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MaxBytes)
        {
            return name;
        }

        var extension = Path.GetExtension(name);
        if (Encoding.UTF8.GetByteCount(extension) > MaxExtensionBytes)
        {
            extension = "";
        }

        var room = MaxBytes - Encoding.UTF8.GetByteCount(extension);
        var start = new StringBuilder();
        var elements = StringInfo.GetTextElementEnumerator(name[..^extension.Length]);
        while (elements.MoveNext() && (room -= Encoding.UTF8.GetByteCount(elements.GetTextElement())) >= 0)
        {
            start.Append(elements.GetTextElement()); // whole characters with their marks
        }

        return start.ToString().TrimEnd() + extension;
    }
}
