using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace AuditTracker.Platform.Workbooks;

/// <summary>
/// Text as XML for Excel (ECMA-376 ST_Xstring). Characters XML cannot carry become <c>_x0001_</c>, which Excel reads back as the character;
/// a text that already looks like that is protected with <c>_x005F_</c>. CR LF and CR become LF, the line break of a cell. A lone
/// surrogate is no character and becomes U+FFFD.
/// </summary>
internal static class CellText
{
    private static readonly SearchValues<char> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(c => (char)c), '&', '<', '>', '_']);

    /// <summary>Writes the text; true if it held anything but plain characters (so it may have line breaks).</summary>
    internal static bool Write(Utf8Buffer buffer, ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny(Special) < 0)
        {
            var room = buffer.Reserve(text.Length * 3);
            Utf8.FromUtf16(text, room, out _, out var written);
            if (written == text.Length || text.IndexOfAnyInRange('\uFFFE', '\uFFFF') < 0)
            {
                buffer.Advance(written);
                return false;
            }
        }
        WriteCarefully(buffer, text);
        return true;
    }

    private static void WriteCarefully(Utf8Buffer buffer, ReadOnlySpan<char> text)
    {
        var plain = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is >= ' ' and not ('&' or '<' or '>' or '_' or '\uFFFE' or '\uFFFF') or '\n' or '\t')
                continue;
            if (c == '_' && !LooksEscaped(text[i..]))
                continue;
            WritePlain(buffer, text[plain..i]);
            plain = i + 1;
            switch (c)
            {
                case '&': buffer.Write("&amp;"u8); break;
                case '<': buffer.Write("&lt;"u8); break;
                case '>': buffer.Write("&gt;"u8); break;
                case '\r' when i + 1 < text.Length && text[i + 1] == '\n': break;
                case '\r': buffer.Write("\n"u8); break;
                default: buffer.Write(string.Create(CultureInfo.InvariantCulture, $"_x{(int)c:X4}_")); break;
            }
        }
        WritePlain(buffer, text[plain..]);
    }

    private static void WritePlain(Utf8Buffer buffer, ReadOnlySpan<char> text)
    {
        Utf8.FromUtf16(text, buffer.Reserve(text.Length * 3), out _, out var written);
        buffer.Advance(written);
    }

    private static bool LooksEscaped(ReadOnlySpan<char> text) =>
        text.Length >= 7 && text[1] is 'x' or 'X' && text[6] == '_'
        && char.IsAsciiHexDigit(text[2]) && char.IsAsciiHexDigit(text[3]) && char.IsAsciiHexDigit(text[4]) && char.IsAsciiHexDigit(text[5]);
}
