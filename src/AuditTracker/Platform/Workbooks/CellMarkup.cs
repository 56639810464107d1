using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace AuditTracker.Platform.Workbooks;

/// <summary>The fixed bytes of cells, made once, and the numbers in them.</summary>
internal static class CellMarkup
{
    /// <summary>Serial numbers count from 1899-12-30 once Excel's 1900-02-29 is behind.</summary>
    internal static readonly int DayZero = new DateOnly(1899, 12, 30).DayNumber;
    internal static readonly DateOnly FirstDay = new(1900, 3, 1);

    private static readonly byte[][] Texts = ForStyles(n => $"\" s=\"{n}\" t=\"inlineStr\"><is><t>");
    private static readonly byte[][] SpacedTexts = ForStyles(n => $"\" s=\"{n}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
    private static readonly byte[][] Values = ForStyles(n => $"\" s=\"{n}\"><v>");
    private static readonly byte[][] Blanks = ForStyles(n => $"\" s=\"{n}\"/>");
    private static readonly byte[][] Starts =
        [.. Enumerable.Range(1, SheetWriter.MaxColumns).Select(column => Encoding.ASCII.GetBytes("<c r=\"" + CellName.Column(column)))];
    private static readonly ConcurrentDictionary<int, byte[]> Heights = new();

    internal static byte[] Text(CellStyle style, bool keepSpace) => (keepSpace ? SpacedTexts : Texts)[(int)style];

    internal static byte[] Value(CellStyle style) => Values[(int)style];

    internal static byte[] Blank(CellStyle style) => Blanks[(int)style];

    /// <summary>Start of a cell in a column counted from 0, up to the row number.</summary>
    internal static byte[] CellStart(int column) => Starts[column];

    /// <summary>The height attribute of a row with that many lines.</summary>
    internal static byte[] Height(int lines) => Heights.GetOrAdd(Math.Min(lines, 100), n =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" ht=\"{TextWidth.RowHeight(n):0.##}\"")));

    /// <summary>Can Excel's 15 digits hold it?</summary>
    internal static bool HasAtMost15Digits(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        return parts[2] == 0 && (((ulong)(uint)parts[1] << 32) | (uint)parts[0]) <= 999_999_999_999_999;
    }

    /// <summary>Writes the serial number of a UTC instant in Asia/Tokyo, cut to the second; returns the bytes used.</summary>
    internal static int FormatInstant(DateTime instant, Span<byte> room)
    {
        if (instant.Kind != DateTimeKind.Utc)
            throw new ArgumentException("Instants are UTC.", nameof(instant));
        // Japan has had no summer time since 1951; no look-up needed.
        var ticks = instant.Ticks + 9 * TimeSpan.TicksPerHour;
        var day = (int)(ticks / TimeSpan.TicksPerDay);
        if (day < FirstDay.DayNumber)
            throw new ArgumentException("Excel has no instants before 1900-03-01.", nameof(instant));
        var second = ticks % TimeSpan.TicksPerDay / TimeSpan.TicksPerSecond;
        (day - DayZero).TryFormat(room, out var count, default, CultureInfo.InvariantCulture);
        if (second == 0)
            return count;
        // Ten decimals of a day are 9 µs: exact to the second when read back. Rounded half up; never reaches 1.
        var fraction = (second * 10_000_000_000 + 43_200) / 86_400;
        room[count++] = (byte)'.';
        for (var divisor = 1_000_000_000L; divisor > 0; divisor /= 10)
            room[count++] = (byte)('0' + fraction / divisor % 10);
        return count;
    }

    private static byte[][] ForStyles(Func<int, string> markup) =>
        [.. Enumerable.Range(0, StyleSheet.Count).Select(n => Encoding.ASCII.GetBytes(markup(n)))];
}

/// <summary>Names of cells: 3, 28 → AB3.</summary>
internal static class CellName
{
    internal static string Of(int row, int column) => Column(column) + row.ToString(CultureInfo.InvariantCulture);

    internal static string Column(int column)
    {
        var name = "";
        for (; column > 0; column = (column - 1) / 26)
            name = (char)('A' + (column - 1) % 26) + name;
        return name;
    }
}
