using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace AuditTracker.Platform.Workbooks;

/// <summary>Why a file is no workbook that we read.</summary>
public enum WorkbookProblem
{
    /// <summary>Damaged, or no workbook at all.</summary>
    Damaged,

    /// <summary>The form before 2007 (.xls), or one with a password.</summary>
    Old,

    /// <summary>It would unpack to more than <see cref="WorkbookReader.MaxUnpacked"/> bytes.</summary>
    TooLarge,
}

/// <summary>A row of a sheet as text.</summary>
/// <param name="Line">The row as Excel numbers it, from 1.</param>
/// <param name="Numbers">The columns (below 64, by bit) that hold a bare number, whose leading zeros and date form are lost if it had any.</param>
public sealed record SheetRow(int Line, IReadOnlyList<string> Cells, ulong Numbers)
{
    public bool IsNumber(int column) => column < 64 && (Numbers >> column & 1) == 1;

    public bool IsBlank => Cells.All(string.IsNullOrWhiteSpace);
}

/// <summary>One sheet as text: what the cells show, formulas as their last value, dates as 2026/4/1.</summary>
/// <param name="Rows">Without blank ones, in their order; at most as many as were asked for.</param>
/// <param name="IsCut">There are more rows.</param>
public sealed record WorkbookSheet(string Name, bool IsHidden, IReadOnlyList<SheetRow> Rows, bool IsCut);

/// <summary>
/// Reads XLSX files that others made. What it costs is bounded before anything is unpacked: entries, bytes, rows, columns. Nothing in a
/// workbook is run or fetched: formulas are not computed, links not followed, document types refused.
/// </summary>
public static partial class WorkbookReader
{
    /// <summary>The most bytes a workbook may unpack to.</summary>
    public const long MaxUnpacked = 400L * 1024 * 1024;

    private const long MaxSharedStrings = 100L * 1024 * 1024;
    private const int MaxEntries = 2000;
    private const int MaxColumns = 500;

    // The library asks for Windows-1252 although no workbook of today needs it.
    static WorkbookReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The bytes begin as a workbook of today does.</summary>
    public static bool LooksLikeWorkbook(ReadOnlySpan<byte> bytes) => bytes.StartsWith("PK\u0003\u0004"u8);

    /// <summary>The bytes begin as one of before 2007, or one with a password, does.</summary>
    public static bool LooksLikeOldWorkbook(ReadOnlySpan<byte> bytes) => bytes.StartsWith<byte>([0xD0, 0xCF, 0x11, 0xE0]);

    /// <summary>Reads every sheet, at most <paramref name="maxRows"/> rows that are not blank of each.</summary>
    /// <param name="only">The number of the sheet to read, from 0; the others then come without rows. Null = all.</param>
    public static (IReadOnlyList<WorkbookSheet> Sheets, WorkbookProblem? Problem) Read(byte[] bytes, int maxRows, int? only = null)
    {
        if (LooksLikeOldWorkbook(bytes))
        {
            return ([], WorkbookProblem.Old);
        }

        List<WorkbookSheet> sheets = [];
        var problem = Guarded(new MemoryStream(bytes, writable: false), reader =>
        {
            do
            {
                var isHidden = IsHidden(reader);
                var (rows, isCut) = only is null || only == sheets.Count ? Rows(reader, maxRows) : ([], false);
                sheets.Add(new(reader.Name, isHidden, rows, isCut));
            }
            while (reader.NextResult());
        });
        return problem is null ? (sheets, null) : ([], problem);
    }

    /// <summary>Gives every row that is not blank of the first visible sheet that has any, one after the other; nothing is held.</summary>
    /// <param name="content">Seekable.</param>
    /// <param name="onFurther">Told once, when a later visible sheet has rows as well; those are not given.</param>
    /// <returns>Why it is no workbook that we read; some rows may have been given by then.</returns>
    public static WorkbookProblem? EachRow(Stream content, Action<SheetRow> onRow, Action onFurther)
    {
        // What the receiver throws is its own and no damage of the workbook.
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? thrown = null;
        var problem = Guarded(content, reader =>
        {
            var (found, isFurther) = (false, false);
            do
            {
                isFurther = found;
                for (var line = 1; !IsHidden(reader) && thrown is null && reader.Read(); line++)
                {
                    if (RowAt(reader, line) is not { } row)
                    {
                        continue;
                    }
                    found = true;
                    try
                    {
                        if (isFurther)
                        {
                            onFurther();
                            return;
                        }
                        onRow(row);
                    }
                    catch (Exception e)
                    {
                        thrown = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e);
                    }
                }
            }
            while (thrown is null && reader.NextResult());
        });
        thrown?.Throw();
        return problem;
    }

    private static bool IsHidden(IExcelDataReader reader) => reader.VisibleState is { } state && state != "visible";

    private static WorkbookProblem? Guarded(Stream content, Action<IExcelDataReader> read)
    {
        try
        {
            if (!IsBounded(content))
            {
                return WorkbookProblem.TooLarge;
            }

            content.Position = 0;
            using var reader = ExcelReaderFactory.CreateOpenXmlReader(content, new ExcelReaderConfiguration { LeaveOpen = true });
            read(reader);
            return null;
        }
        catch (Exception e) when (e is ExcelReaderException or InvalidDataException or System.Xml.XmlException or IOException or FormatException or ArgumentException
            or InvalidOperationException or IndexOutOfRangeException or NullReferenceException or OverflowException or KeyNotFoundException or NotSupportedException)
        {
            // What the library throws at a broken file is not specified; none of it is a fault of ours.
            return WorkbookProblem.Damaged;
        }
    }

    // Entries are never read beyond the length they declare, so the declared lengths bound what will be unpacked.
    private static bool IsBounded(Stream content)
    {
        using var zip = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true);
        return zip.Entries.Count <= MaxEntries && zip.Entries.Sum(entry => entry.Length) <= MaxUnpacked
            && !zip.Entries.Any(entry => entry.FullName.EndsWith("sharedStrings.xml", StringComparison.OrdinalIgnoreCase) && entry.Length > MaxSharedStrings);
    }

    private static (IReadOnlyList<SheetRow> Rows, bool IsCut) Rows(IExcelDataReader reader, int maxRows)
    {
        List<SheetRow> rows = [];
        for (var line = 1; reader.Read(); line++)
        {
            if (RowAt(reader, line) is not { } row)
            {
                continue;
            }

            if (rows.Count == maxRows)
            {
                return (rows, true);
            }

            rows.Add(row);
        }

        return (rows, false);
    }

    /// <summary>The row the reader stands on; null: it is blank.</summary>
    private static SheetRow? RowAt(IExcelDataReader reader, int line)
    {
        var cells = new string[Math.Min(reader.FieldCount, MaxColumns)];
        ulong numbers = 0;
        var hasText = false;
        for (var column = 0; column < cells.Length; column++)
        {
            cells[column] = Text(reader, column, out var isBare);
            hasText |= cells[column].Length > 0 && !string.IsNullOrWhiteSpace(cells[column]);
            if (isBare && column < 64)
            {
                numbers |= 1UL << column;
            }
        }
        return hasText ? new(line, cells, numbers) : null;
    }

    private static string Text(IExcelDataReader reader, int column, out bool isBare)
    {
        isBare = false;
        switch (reader.GetValue(column))
        {
            case null:
                return "";
            case string text:
                return text;
            case DateTime day:
                return Day(day);
            case TimeSpan time:
                return time.ToString("hh\\:mm", CultureInfo.InvariantCulture);
            case bool truth:
                return truth ? "TRUE" : "FALSE";
            case IConvertible number:
                var value = number.ToDouble(CultureInfo.InvariantCulture);
                var format = reader.GetNumberFormatString(column) ?? "";
                // Japanese date forms (ggge年m月d日) come as bare numbers.
                if (IsDateFormat(format) && SerialDay(value) is { } serial)
                {
                    return Day(serial);
                }

                if (Zeros().Match(format) is { Success: true } zeros && value >= 0 && value == Math.Floor(value))
                {
                    return value.ToString("F0", CultureInfo.InvariantCulture).PadLeft(zeros.Groups[1].Length, '0');
                }

                isBare = true;
                return value == Math.Floor(value) && Math.Abs(value) < 1e15 ? value.ToString("F0", CultureInfo.InvariantCulture) : value.ToString("R", CultureInfo.InvariantCulture);
            case var other:
                return Convert.ToString(other, CultureInfo.InvariantCulture) ?? "";
        }
    }

    /// <summary>The day of a serial number of Excel (45017 = 2023-04-01), or null when it is none of 1900 to 2199.</summary>
    public static DateTime? SerialDay(double serial) => serial is >= 61 and < 109_575 ? DateTime.FromOADate(serial) : null;

    private static string Day(DateTime day) => day.ToString(day.TimeOfDay == TimeSpan.Zero ? "yyyy/M/d" : "yyyy/M/d H:mm", CultureInfo.InvariantCulture);

    private static bool IsDateFormat(string format)
    {
        var bare = Quoted().Replace(format.Split(';')[0], "").ToLowerInvariant();
        return bare.Contains('d') || (bare.Contains('m') && (bare.Contains('y') || bare.Contains('e')));
    }

    [GeneratedRegex("\"[^\"]*\"|\\[[^\\]]*\\]|\\\\.")]
    private static partial Regex Quoted();

    [GeneratedRegex("^(0{2,})(;|$)")]
    private static partial Regex Zeros();
}
