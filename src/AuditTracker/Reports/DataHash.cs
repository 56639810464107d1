using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AuditTracker.Calendar;

namespace AuditTracker.Reports;

/// <summary>
/// SHA-256 over the data of a workbook as a canonical text that does not depend on the language: see README.md. It tells whether two
/// papers say the same, and whether one was changed after it was made.
/// </summary>
public sealed class DataHash : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly StringBuilder line = new();
    private byte[] bytes = new byte[4096];

    /// <summary>One line: its name, then its values, parted by tabs and ended by a line feed.</summary>
    public void Line(string name, params ReadOnlySpan<object?> values)
    {
        line.Clear().Append(name);
        foreach (var value in values)
        {
            line.Append('\t');
            Append(value);
        }
        line.Append('\n');
        var text = line.ToString();
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (bytes.Length < most)
        {
            bytes = new byte[most];
        }
        hash.AppendData(bytes, 0, Encoding.UTF8.GetBytes(text, bytes));
    }

    /// <summary>64 lower-case hexadecimal digits over all lines so far.</summary>
    public string Sha256() => Convert.ToHexStringLower(hash.GetCurrentHash());

    /// <summary>An instant to the microsecond, as the database keeps it: 2026-11-24T00:03:07.123456Z.</summary>
    public static string Exactly(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public void Dispose() => hash.Dispose();

    private void Append(object? value)
    {
        switch (value)
        {
            case null:
                line.Append("\\N");
                break;
            case string text:
                Escape(text);
                break;
            case bool yes:
                line.Append(yes ? '1' : '0');
                break;
            case DateOnly day:
                line.Append(DateText.Iso(day));
                break;
            case DateTime at:
                line.Append(Exactly(at));
                break;
            default:
                line.Append(CultureInfo.InvariantCulture, $"{value}");
                break;
        }
    }

    private void Escape(string text)
    {
        foreach (var c in text)
        {
            _ = c switch
            {
                '\\' => line.Append("\\\\"),
                '\t' => line.Append("\\t"),
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                _ => line.Append(c),
            };
        }
    }
}
