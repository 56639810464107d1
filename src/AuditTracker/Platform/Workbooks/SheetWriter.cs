using System.Globalization;

namespace AuditTracker.Platform.Workbooks;

/// <summary>
/// One sheet, written forward only: <see cref="RowAsync"/>, then its cells from left to right. It ends when the next sheet begins or the
/// workbook is completed. Not for several threads. Every text is a typed string: nothing is ever read as a formula, leading zeros stay.
/// </summary>
public sealed class SheetWriter
{
    /// <summary>Rows Excel can hold.</summary>
    public const int MaxRows = 1_048_576;

    /// <summary>Columns Excel can hold.</summary>
    public const int MaxColumns = 16_384;

    /// <summary>Characters (UTF-16) Excel can hold in one cell; longer texts go on on the continuation sheet.</summary>
    public const int MaxCharacters = 32_767;

    private const int FlushAt = 64 * 1024;
    // ZIP64 sizes after the data would be needed beyond this, and Excel does not open such sheets.
    private const long MaxBytes = uint.MaxValue - 1024 * 1024;

    private readonly WorkbookWriter workbook;
    private readonly Stream part;
    private readonly Utf8Buffer buffer = new();
    private readonly SheetLayout layout;
    private readonly CancellationToken cancellation;
    private readonly byte[] rowDigits = new byte[8];
    private int rowDigitCount, rowStart, column, lines;
    private bool rowOpen, heightGiven, ended;
    private long written;

    internal SheetWriter(WorkbookWriter workbook, Stream part, SheetLayout layout, CancellationToken cancellation)
    {
        (this.workbook, this.part, this.layout, this.cancellation) = (workbook, part, layout, cancellation);
        layout.WriteHead(buffer);
    }

    /// <summary>The name the sheet really got.</summary>
    public string Name => layout.Name;

    /// <summary>The current row, from 1; 0 before the first.</summary>
    public int RowNumber { get; private set; }

    /// <summary>The column the next cell goes to, from 1.</summary>
    public int NextColumn => column + 1;

    /// <summary>Addresses written as text because they were not https or the sheet was full of links (Excel takes 65,530).</summary>
    public int LinksLeftPlain { get; private set; }

    /// <summary>
    /// Begins the next row. <paramref name="height"/> in points, at most 409; without it the row is as high as its wrapped texts need.
    /// </summary>
    /// <exception cref="WorkbookLimitException">Row 1,048,577, or a sheet of 4 GiB.</exception>
    public ValueTask RowAsync(double? height = null)
    {
        ObjectDisposedException.ThrowIf(ended, this);
        EndRow();
        if (RowNumber == MaxRows)
            throw new WorkbookLimitException($"Sheet \"{Name}\": Excel holds {MaxRows:N0} rows, and there are more.");
        RowNumber++;
        RowNumber.TryFormat(rowDigits, out rowDigitCount, default, CultureInfo.InvariantCulture);
        (rowOpen, heightGiven, column, lines) = (true, height is not null, 0, 1);
        if (buffer.Length >= FlushAt)
            return FlushThenOpenRowAsync(height);
        OpenRow(height);
        return ValueTask.CompletedTask;
    }

    /// <summary>Leaves rows empty.</summary>
    public async ValueTask SkipRowsAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await RowAsync();
    }

    /// <summary>Text; null and empty leave a blank cell. Longer than 32,767 characters: goes on on the continuation sheet, and the cell says so.</summary>
    public void Text(string? value, CellStyle style = CellStyle.Text) => Text(value, style, layout.WidthOf(NextColumn));

    /// <summary>A text over several columns of this row, for titles above and below the data; the cells are merged.</summary>
    public void TextAcross(string? value, int columns, CellStyle style = CellStyle.Plain)
    {
        var first = NextColumn;
        Text(value, style, Enumerable.Range(first, columns).Sum(layout.WidthOf));
        for (var i = 1; i < columns; i++)
            Blank(style);
        if (columns > 1)
            Merge(RowNumber, first, RowNumber, first + columns - 1);
    }

    /// <summary>Whole number; beyond 15 digits, which Excel would round, as text.</summary>
    public void Number(long? value, CellStyle style = CellStyle.Number)
    {
        if (value is null)
            Blank(style);
        else if (value is > 999_999_999_999_999 or < -999_999_999_999_999)
            Text(value.Value.ToString(CultureInfo.InvariantCulture), style);
        else
        {
            StartCell(CellMarkup.Value(style));
            value.Value.TryFormat(buffer.Reserve(24), out var count, default, CultureInfo.InvariantCulture);
            EndValue(count);
        }
    }

    /// <summary>Decimal number; with more than 15 significant digits, which Excel would round, as text.</summary>
    public void Number(decimal? value, CellStyle style = CellStyle.TwoDecimals)
    {
        if (value is null)
            Blank(style);
        else if (!CellMarkup.HasAtMost15Digits(value.Value))
            Text(value.Value.ToString(CultureInfo.InvariantCulture), style);
        else
        {
            StartCell(CellMarkup.Value(style));
            value.Value.TryFormat(buffer.Reserve(40), out var count, default, CultureInfo.InvariantCulture);
            EndValue(count);
        }
    }

    /// <summary>A real Excel date. Days before 1900-03-01, which Excel counts wrongly, are written as text.</summary>
    /// <exception cref="ArgumentException">The style does not show dates.</exception>
    public void Date(DateOnly? value, CellStyle style = CellStyle.Date)
    {
        RequireDateStyle(style);
        if (value is null)
            Blank(style);
        else if (value < CellMarkup.FirstDay)
            Text(value.Value.ToString("yyyy'/'MM'/'dd", CultureInfo.InvariantCulture), style);
        else
        {
            StartCell(CellMarkup.Value(style));
            (value.Value.DayNumber - CellMarkup.DayZero).TryFormat(buffer.Reserve(24), out var count, default, CultureInfo.InvariantCulture);
            EndValue(count);
        }
    }

    /// <summary>A UTC instant, shown to the minute and stored to the second in Asia/Tokyo (always UTC+9).</summary>
    /// <exception cref="ArgumentException">Not UTC, before 1900-03-01, or the style does not show dates.</exception>
    public void Instant(DateTime? value, CellStyle style = CellStyle.DateTime)
    {
        RequireDateStyle(style);
        if (value is null)
        {
            Blank(style);
            return;
        }
        StartCell(CellMarkup.Value(style));
        EndValue(CellMarkup.FormatInstant(value.Value, buffer.Reserve(32)));
    }

    /// <summary>
    /// A text that opens an https address. Other addresses, and those past Excel's 65,530 a sheet, are never links: the cell then shows
    /// text and address, and <see cref="LinksLeftPlain"/> counts it.
    /// </summary>
    public void Link(string text, string address, CellStyle style = CellStyle.Link)
    {
        if (layout.TryAddLink(address, RowNumber, NextColumn))
        {
            Text(text.Length == 0 ? address : text, style);
            return;
        }
        LinksLeftPlain++;
        Text(text.Length == 0 || text == address ? address : $"{text} {address}", style == CellStyle.Link ? CellStyle.Text : style);
    }

    /// <summary>A text that opens a cell of this workbook, on a sheet by the name it really got; past Excel's 65,530 links a sheet just the text.</summary>
    public void LinkWithin(string text, string sheet, int row, int column = 1) =>
        Text(text, layout.TryAddPlace(sheet, row, column, RowNumber, NextColumn) ? CellStyle.Link : CellStyle.Text);

    /// <summary>No content, but the look (borders, fill).</summary>
    public void Blank(CellStyle style = CellStyle.Text) => StartCell(CellMarkup.Blank(style));

    /// <summary>Leaves columns out, without border or fill.</summary>
    public void Skip(int columns = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        column += columns;
    }

    /// <summary>Merges a rectangle. Only the upper left cell may have content; borders need <see cref="Blank"/> cells in the others.</summary>
    /// <exception cref="ArgumentException">It overlaps another one or lies in the filtered data.</exception>
    public void Merge(int firstRow, int firstColumn, int lastRow, int lastColumn) =>
        layout.AddMerge(new(firstRow, firstColumn, lastRow, lastColumn));

    /// <summary>Writes what comes after the rows and closes the part.</summary>
    internal async Task EndAsync()
    {
        EndRow();
        ended = true;
        layout.WriteTail(buffer, RowNumber);
        await FlushAsync();
        await part.DisposeAsync();
        buffer.Return();
    }

    /// <summary>Gives the memory back without finishing the sheet.</summary>
    internal async ValueTask AbandonAsync()
    {
        ended = true;
        buffer.Return();
        await part.DisposeAsync();
    }

    private void Text(string? value, CellStyle style, double width)
    {
        if (string.IsNullOrEmpty(value))
        {
            Blank(style);
            return;
        }
        if (value.Length > MaxCharacters)
            value = workbook.Continue(value, Name, CellName.Of(RowNumber, column + 1));
        StartCell(CellMarkup.Text(style, keepSpace: IsSpace(value[0]) || IsSpace(value[^1])));
        var special = CellText.Write(buffer, value);
        buffer.Write("</t></is></c>"u8);
        if (!heightGiven && StyleSheet.Wraps(style) && (special || value.Length * 2 > width - TextWidth.Air))
            lines = Math.Max(lines, TextWidth.Lines(value, width));
    }

    private void StartCell(byte[] markup)
    {
        if (!rowOpen)
            throw new InvalidOperationException("A cell needs a row: call RowAsync first.");
        if (column >= MaxColumns)
            throw new WorkbookLimitException($"Sheet \"{Name}\": Excel holds {MaxColumns:N0} columns, and row {RowNumber} has more.");
        var start = CellMarkup.CellStart(column++);
        var room = buffer.Reserve(start.Length + rowDigitCount + markup.Length);
        start.CopyTo(room);
        rowDigits.AsSpan(0, rowDigitCount).CopyTo(room[start.Length..]);
        markup.CopyTo(room[(start.Length + rowDigitCount)..]);
        buffer.Advance(start.Length + rowDigitCount + markup.Length);
    }

    private void EndValue(int count)
    {
        buffer.Advance(count);
        buffer.Write("</v></c>"u8);
    }

    private async ValueTask FlushThenOpenRowAsync(double? height)
    {
        await FlushAsync();
        OpenRow(height);
    }

    private void OpenRow(double? height)
    {
        buffer.Write("<row r=\""u8);
        buffer.Write(rowDigits.AsSpan(0, rowDigitCount));
        buffer.Write("\""u8);
        rowStart = buffer.Length;
        if (height is { } points)
            buffer.Write(string.Create(CultureInfo.InvariantCulture, $" ht=\"{Math.Clamp(points, 0, TextWidth.HighestRow):0.##}\" customHeight=\"1\""));
        buffer.Write(">"u8);
    }

    private void EndRow()
    {
        if (!rowOpen)
            return;
        rowOpen = false;
        buffer.Write("</row>"u8);
        layout.RowEnded(RowNumber, column);
        // Without customHeight this is a remembered fitted height: Excel shows it and fits again after an edit.
        if (!heightGiven && lines > 1)
            buffer.Insert(rowStart, CellMarkup.Height(lines));
    }

    private async Task FlushAsync()
    {
        written += buffer.Length;
        if (written > MaxBytes)
            throw new WorkbookLimitException($"Sheet \"{Name}\" is larger than 4 GiB, and Excel would not open it.");
        await part.WriteAsync(buffer.Written, cancellation);
        buffer.Clear();
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r';

    private static void RequireDateStyle(CellStyle style)
    {
        if (!StyleSheet.ShowsDates(style))
            throw new ArgumentException($"Style {style} would show a date as a number.", nameof(style));
    }
}
