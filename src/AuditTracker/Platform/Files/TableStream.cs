using System.Text;
using AuditTracker.Platform.Workbooks;
using CsvHelper;

namespace AuditTracker.Platform.Files;

/// <summary>Why a long table is not taken.</summary>
public enum TableRefusal { Utf16, Undecodable, OldWorkbook, DamagedWorkbook, WorkbookTooLarge, NoHead, UnclosedQuote, TextAfterClosingQuote, WrongCellCount, CellTooLong, TooManyColumns, RowTooLong, FurtherSheet }

/// <summary>A table is not taken as a whole; nothing of it may be left out silently.</summary>
/// <param name="refusal">What is wrong.</param>
/// <param name="line">The line of the file or of the sheet, from 1.</param>
public sealed class TableRefusedException(TableRefusal refusal, int line) : Exception($"{refusal} at line {line}")
{
    public TableRefusal Refusal { get; } = refusal;
    public int Line { get; } = line;
}

/// <summary>
/// Reads a table of any length from its first row to its last without holding it: a CSV (UTF-8 or CP932) or the one filled sheet of an Excel
/// workbook. The first row is the head; every row has as many cells as the head. Cells are text, never trimmed or interpreted.
/// </summary>
public static class TableStream
{
    private const int Portion = 64 << 10;

    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="content">Seekable.</param>
    /// <param name="onRow">The line it begins on and its cells; the head comes first.</param>
    /// <exception cref="TableRefusedException">It is no table that we read, or a row of it is damaged.</exception>
    public static void Read(Stream content, int maxColumns, int maxCellLength, Action<int, IReadOnlyList<string>> onRow)
    {
        Span<byte> start = stackalloc byte[4];
        var begins = start[..content.ReadAtLeast(start, 4, throwOnEndOfStream: false)];
        content.Position = 0;
        var width = 0;
        if (WorkbookReader.LooksLikeOldWorkbook(begins))
        {
            throw new TableRefusedException(TableRefusal.OldWorkbook, 1);
        }
        if (WorkbookReader.LooksLikeWorkbook(begins))
        {
            ReadWorkbook(content, Take);
        }
        else
        {
            ReadText(content, maxColumns * (3 * maxCellLength + 3), Take); // no letter is longer in UTF-8, no doubled quote either
        }
        if (width == 0)
        {
            throw new TableRefusedException(TableRefusal.NoHead, 1);
        }

        void Take(int line, IReadOnlyList<string> cells)
        {
            if (width == 0)
            {
                width = cells.Count;
                _ = width > maxColumns ? throw new TableRefusedException(TableRefusal.TooManyColumns, line) : width;
            }
            else if (cells.Count != width)
            {
                throw new TableRefusedException(TableRefusal.WrongCellCount, line);
            }
            _ = cells.Any(cell => cell.Length > maxCellLength) ? throw new TableRefusedException(TableRefusal.CellTooLong, line) : 0;
            onRow(line, cells);
        }
    }

    private static void ReadText(Stream content, int maxRowBytes, Action<int, IReadOnlyList<string>> onRow)
    {
        var encoding = EncodingOf(content);
        content.Position = 0;
        TableRefusal? malformed = null;
        var line = 0;
        try
        {
            using var text = new StreamReader(content, encoding, detectEncodingFromByteOrderMarks: true, Portion, leaveOpen: true);
            using var reader = CsvReader.Create(text, CsvTable.Options(record => malformed ??= record.Reason switch
            {
                CsvMalformedReason.UnterminatedQuote => TableRefusal.UnclosedQuote,
                CsvMalformedReason.TextAfterClosingQuote => TableRefusal.TextAfterClosingQuote,
                _ => null, // a stray quote inside an unquoted cell has one reading and is kept
            }, maxRowBytes), leaveOpen: true);
            while (reader.Read())
            {
                line = (int)reader.LineNumber;
                if (malformed is { } problem)
                {
                    throw new TableRefusedException(problem, line);
                }
                var cells = reader.Current.ToArray();
                if (!cells.All(string.IsNullOrWhiteSpace))
                {
                    onRow(line, cells);
                }
            }
        }
        catch (DecoderFallbackException)
        {
            throw new TableRefusedException(TableRefusal.Undecodable, line + 1);
        }
        catch (CsvFormatException tooLong)
        {
            // All else that is malformed is told above.
            throw new TableRefusedException(TableRefusal.RowTooLong, (int)tooLong.LineNumber);
        }
    }

    /// <summary>Reads all bytes once: what is UTF-8 to its end is UTF-8, anything else is read as CP932.</summary>
    private static Encoding EncodingOf(Stream content)
    {
        var decoder = Utf8.GetDecoder();
        var (buffer, line, isUtf8, isFirst) = (new byte[Portion], 1, true, true);
        for (int read; (read = content.Read(buffer)) > 0; isFirst = false)
        {
            var bytes = buffer.AsSpan(0, read);
            // A NUL is in no text; without a BOM it is the other half of a UTF-16 character. ISO-2022-JP would pass for ASCII.
            if (bytes.Contains((byte)0) || (isFirst && (bytes.StartsWith<byte>([0xFF, 0xFE]) || bytes.StartsWith<byte>([0xFE, 0xFF]))))
            {
                throw new TableRefusedException(TableRefusal.Utf16, line);
            }
            if (bytes.Contains((byte)0x1B))
            {
                throw new TableRefusedException(TableRefusal.Undecodable, line);
            }
            line += bytes.Count((byte)'\n');
            isUtf8 = isUtf8 && Decodes(decoder, bytes, flush: false);
        }
        return isUtf8 && Decodes(decoder, [], flush: true) ? Utf8 : Cp932.Strict;
    }

    private static bool Decodes(Decoder decoder, ReadOnlySpan<byte> bytes, bool flush)
    {
        try
        {
            Span<char> letters = new char[bytes.Length + 4];
            decoder.GetChars(bytes, letters, flush);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static void ReadWorkbook(Stream content, Action<int, IReadOnlyList<string>> onRow)
    {
        var width = 0;
        var problem = WorkbookReader.EachRow(content, row =>
        {
            if (width == 0)
            {
                width = row.Cells.Select((cell, column) => string.IsNullOrWhiteSpace(cell) ? 0 : column + 1).Max();
            }
            // Excel keeps empty cells behind the table; what stands there with text belongs to no head.
            if (row.Cells.Skip(width).Any(cell => !string.IsNullOrWhiteSpace(cell)))
            {
                throw new TableRefusedException(TableRefusal.WrongCellCount, row.Line);
            }
            onRow(row.Line, [.. row.Cells.Take(width), .. Enumerable.Repeat("", Math.Max(0, width - row.Cells.Count))]);
        }, () => throw new TableRefusedException(TableRefusal.FurtherSheet, 1));
        if (problem is { } why)
        {
            throw new TableRefusedException(why switch { WorkbookProblem.Old => TableRefusal.OldWorkbook, WorkbookProblem.TooLarge => TableRefusal.WorkbookTooLarge, _ => TableRefusal.DamagedWorkbook }, 1);
        }
    }
}
