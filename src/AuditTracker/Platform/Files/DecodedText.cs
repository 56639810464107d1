using System.Text;

namespace AuditTracker.Platform.Files;

/// <summary>The encodings in which Japanese office systems export text.</summary>
public enum TextEncoding { Utf8, Utf8WithBom, Cp932 }

/// <summary>Why bytes are not text that we read.</summary>
public enum TextProblem
{
    /// <summary>UTF-16 or UTF-32, which Excel calls "Unicode text".</summary>
    Utf16,
    /// <summary>An Excel workbook under the name of a text file.</summary>
    Workbook,
    /// <summary>Neither UTF-8 nor CP932.</summary>
    Undecodable,
}

/// <summary>
/// Text read from bytes strictly: UTF-8 with or without BOM, else CP932 (Windows' Shift_JIS), and no character is ever replaced.
/// </summary>
/// <param name="Text">The text without its BOM; empty when there is a problem.</param>
/// <param name="Encoding">What the bytes were read as, when there is no problem.</param>
/// <param name="Problem">Why there is no text.</param>
/// <param name="ProblemLine">The 1-based line of the first byte that could not be read.</param>
public sealed record DecodedText(string Text, TextEncoding? Encoding, TextProblem? Problem, int ProblemLine = 1)
{
    private const byte Escape = 0x1B;

    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the bytes as text, or says why they are none.</summary>
    public static DecodedText Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("PK\u0003\u0004"u8) || bytes.StartsWith<byte>([0xD0, 0xCF, 0x11, 0xE0]))
        {
            return Refused(TextProblem.Workbook);
        }

        // A NUL is in no text; without a BOM it is the other half of a UTF-16 character.
        if (bytes.StartsWith<byte>([0xFF, 0xFE]) || bytes.StartsWith<byte>([0xFE, 0xFF]) || bytes.Contains((byte)0))
        {
            return Refused(TextProblem.Utf16);
        }

        // ISO-2022-JP would pass for ASCII.
        if (bytes.IndexOf(Escape) is var escape and >= 0)
        {
            return Refused(TextProblem.Undecodable, LineOf(bytes, escape));
        }

        var hasBom = bytes.StartsWith<byte>([0xEF, 0xBB, 0xBF]);
        var body = hasBom ? bytes[3..] : bytes;
        if (TryDecode(Utf8, body, out var text, out var failedAt))
        {
            return new(text, hasBom ? TextEncoding.Utf8WithBom : TextEncoding.Utf8, null);
        }

        if (hasBom)
        {
            return Refused(TextProblem.Undecodable, LineOf(body, failedAt));
        }

        // The decoder that came further is more likely the one that was meant.
        return TryDecode(Cp932.Strict, body, out text, out var alsoFailedAt)
            ? new(text, TextEncoding.Cp932, null)
            : Refused(TextProblem.Undecodable, LineOf(body, Math.Max(failedAt, alsoFailedAt)));
    }

    private static DecodedText Refused(TextProblem problem, int line = 1) => new("", null, problem, line);

    private static bool TryDecode(Encoding encoding, ReadOnlySpan<byte> bytes, out string text, out int failedAt)
    {
        try
        {
            (text, failedAt) = (encoding.GetString(bytes), -1);
            return true;
        }
        catch (DecoderFallbackException failure)
        {
            (text, failedAt) = ("", failure.Index);
            return false;
        }
    }

    private static int LineOf(ReadOnlySpan<byte> bytes, int index) => bytes[..Math.Clamp(index, 0, bytes.Length)].Count((byte)'\n') + 1;
}
