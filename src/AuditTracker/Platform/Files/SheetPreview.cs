using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Xml;

namespace AuditTracker.Platform.Files;

/// <summary>
/// Reads the beginning of a workbook's first sheet with own hands and hard bounds: so many bytes of each part, so long, no DTD. A zip bomb, a sheet of a
/// million columns or a broken file ends the reading, never the process.
/// </summary>
public static class SheetPreview
{
    /// <summary>Larger files are not opened for a look.</summary>
    public const long LargestFile = 32L << 20;
    private const long MostUnpacked = 8L << 20;
    private const int MostEntries = 5_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true };

    private readonly record struct Cell(string Text, bool IsShared, int Style);

    /// <summary>The first rows; null when it is no workbook that can be read within the bounds.</summary>
    public static TablePreview? Of(Stream file)
    {
        if (file.Length > LargestFile)
        {
            return null;
        }
        try
        {
            if (ZipFolder.Bound(file, new ZipLimits { MaxEntries = MostEntries }) is not null)
            {
                return null;
            }
            using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            if (zip.Entries.Count > MostEntries)
            {
                return null;
            }
            var clock = Stopwatch.StartNew();
            var (name, path, sheets) = FirstSheet(zip);
            if (zip.GetEntry(path) is not { } entry)
            {
                return null;
            }
            var rows = Rows(entry, clock, out var more);
            var shared = Shared(zip, rows, clock);
            var dates = DateStyles(zip, clock);
            return new(name, [.. rows.Select(row => (IReadOnlyList<string>)[.. row.Select(cell => TablePreview.Cut(Worded(cell, shared, dates)))])], more || sheets > 1);
        }
        catch (Exception e) when (e is InvalidDataException or XmlException or IOException or NotSupportedException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private static (string? Name, string Path, int Sheets) FirstSheet(ZipArchive zip)
    {
        var (name, id, sheets) = ((string?)null, (string?)null, 0);
        Read(zip.GetEntry("xl/workbook.xml"), reader =>
        {
            if (reader.LocalName == "sheet" && sheets++ == 0)
            {
                (name, id) = (reader.GetAttribute("name"), reader.GetAttribute("id", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"));
            }
            return true;
        });
        string? target = null;
        Read(zip.GetEntry("xl/_rels/workbook.xml.rels"), reader =>
        {
            if (reader.LocalName == "Relationship" && reader.GetAttribute("Id") == id)
            {
                target = reader.GetAttribute("Target");
            }
            return target is null;
        });
        return (name, target is null ? "xl/worksheets/sheet1.xml" : target.StartsWith('/') ? target[1..] : $"xl/{target}", sheets);
    }

    private static List<List<Cell>> Rows(ZipArchiveEntry entry, Stopwatch clock, out bool more)
    {
        var (rows, cut) = (new List<List<Cell>>(), false);
        var (column, type, style, isText) = (0, "", 0, false);
        Read(entry, reader =>
        {
            switch (reader.LocalName)
            {
                case "row":
                    if (rows.Count == TablePreview.MostRows)
                    {
                        cut = true;
                        return false;
                    }
                    rows.Add([]);
                    break;
                case "c":
                    column = Column(reader.GetAttribute("r")) ?? (rows.Count > 0 ? rows[^1].Count : 0);
                    (type, style) = (reader.GetAttribute("t") ?? "", int.TryParse(reader.GetAttribute("s"), CultureInfo.InvariantCulture, out var known) ? known : -1);
                    cut |= column >= TablePreview.MostColumns;
                    break;
                case "v" or "t" when rows.Count > 0 && column < TablePreview.MostColumns:
                    isText = true;
                    break;
            }
            if (isText && reader.NodeType == XmlNodeType.Element)
            {
                isText = false;
                var text = reader.IsEmptyElement ? "" : First(reader);
                while (rows[^1].Count <= column)
                {
                    rows[^1].Add(default);
                }
                rows[^1][column] = new Cell(rows[^1][column].Text + text, type == "s", type is "" or "n" ? style : -1);
            }
            return clock.Elapsed < Longest;
        });
        more = cut || clock.Elapsed >= Longest;
        return rows;
    }

    /// <summary>The texts the rows refer to, by number.</summary>
    private static Dictionary<int, string> Shared(ZipArchive zip, List<List<Cell>> rows, Stopwatch clock)
    {
        var wanted = rows.SelectMany(row => row).Where(cell => cell.IsShared && int.TryParse(cell.Text, CultureInfo.InvariantCulture, out _)).Select(cell => int.Parse(cell.Text, CultureInfo.InvariantCulture)).ToHashSet();
        var (found, at, last) = (new Dictionary<int, string>(), -1, wanted.Count == 0 ? -1 : wanted.Max());
        Read(last < 0 ? null : zip.GetEntry("xl/sharedStrings.xml"), reader =>
        {
            if (reader.LocalName == "si")
            {
                at++;
            }
            else if (reader.LocalName == "t" && wanted.Contains(at) && !reader.IsEmptyElement && (found.GetValueOrDefault(at)?.Length ?? 0) < TablePreview.LongestCell)
            {
                found[at] = found.GetValueOrDefault(at) + First(reader);
            }
            return at <= last && clock.Elapsed < Longest;
        });
        return found;
    }

    /// <summary>Which cell styles show a number as a date.</summary>
    private static HashSet<int> DateStyles(ZipArchive zip, Stopwatch clock)
    {
        var (formats, dates, at, inCells) = (new HashSet<int>(), new HashSet<int>(), -1, false);
        Read(zip.GetEntry("xl/styles.xml"), reader =>
        {
            if (reader.LocalName == "numFmt" && int.TryParse(reader.GetAttribute("numFmtId"), CultureInfo.InvariantCulture, out var id)
                && reader.GetAttribute("formatCode") is { } code && (code.Contains('y', StringComparison.OrdinalIgnoreCase) || (code.Contains('d', StringComparison.OrdinalIgnoreCase) && code.Contains('m', StringComparison.OrdinalIgnoreCase))) && !code.Contains("General", StringComparison.Ordinal))
            {
                formats.Add(id);
            }
            inCells = reader.LocalName == "cellXfs" || (inCells && reader.LocalName is not ("cellStyles" or "dxfs"));
            if (inCells && reader.LocalName == "xf")
            {
                at++;
                if (int.TryParse(reader.GetAttribute("numFmtId"), CultureInfo.InvariantCulture, out var format) && (formats.Contains(format) || format is >= 14 and <= 17 or 22 or >= 27 and <= 31 or 36 or 57 or 58))
                {
                    dates.Add(at);
                }
            }
            return clock.Elapsed < Longest;
        });
        return dates;
    }

    private static string Worded(Cell cell, Dictionary<int, string> shared, HashSet<int> dates) => cell switch
    {
        { Text: null } => "",
        { IsShared: true } => int.TryParse(cell.Text, CultureInfo.InvariantCulture, out var at) ? shared.GetValueOrDefault(at, "…") : "",
        { Style: >= 0 } when dates.Contains(cell.Style) && double.TryParse(cell.Text, CultureInfo.InvariantCulture, out var days) && days is > 0 and < 2_958_466 =>
            DateTime.FromOADate(days) is var day && day.TimeOfDay == TimeSpan.Zero ? day.ToString("yyyy/MM/dd", CultureInfo.InvariantCulture) : day.ToString("yyyy/MM/dd HH:mm", CultureInfo.InvariantCulture),
        _ => cell.Text,
    };

    /// <summary>A as 0, of a cell's address; null when it has none.</summary>
    private static int? Column(string? address)
    {
        var column = 0;
        foreach (var letter in address?.TakeWhile(char.IsAsciiLetterUpper).Take(4) ?? [])
        {
            column = column * 26 + letter - 'A' + 1;
        }
        return column == 0 ? null : column - 1;
    }

    /// <summary>The beginning of an element's text, in pieces, so that no giant string is built.</summary>
    private static string First(XmlReader reader)
    {
        var buffer = new char[TablePreview.LongestCell + 1];
        reader.Read();
        if (reader.NodeType is not (XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace))
        {
            return "";
        }
        return new string(buffer, 0, reader.ReadValueChunk(buffer, 0, buffer.Length));
    }

    /// <summary>Shows every element to <paramref name="see"/> until it has seen enough or the part's bound is reached.</summary>
    private static void Read(ZipArchiveEntry? part, Func<XmlReader, bool> see)
    {
        if (part is null)
        {
            return;
        }
        using var stream = new Bounded(part.Open());
        using var reader = XmlReader.Create(stream, Settings);
        try
        {
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element && !see(reader))
                {
                    return;
                }
            }
        }
        catch (XmlException) when (stream.IsSpent)
        {
            // The part goes on behind the bound; what was seen is shown.
        }
    }

    /// <summary>Ends after so many bytes, whatever a header says of the size.</summary>
    private sealed class Bounded(Stream inner) : Stream
    {
        private long left = MostUnpacked;

        public bool IsSpent => left <= 0;
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = left <= 0 ? 0 : inner.Read(buffer, offset, (int)Math.Min(count, left));
            left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
