using System.Globalization;
using System.Text;

namespace AuditTracker.Platform.Workbooks;

/// <summary>What stands before and after the rows of a sheet, and what must be remembered for it: merges, links, the size.</summary>
internal sealed class SheetLayout(SheetSetup setup, string name)
{
    internal readonly record struct Area(int FirstRow, int FirstColumn, int LastRow, int LastColumn)
    {
        internal bool Overlaps(Area other) =>
            FirstRow <= other.LastRow && other.FirstRow <= LastRow && FirstColumn <= other.LastColumn && other.FirstColumn <= LastColumn;

        internal string Ref => $"{CellName.Of(FirstRow, FirstColumn)}:{CellName.Of(LastRow, LastColumn)}";

        internal string Fixed => $"${CellName.Column(FirstColumn)}${FirstRow}:${CellName.Column(LastColumn)}${LastRow}";
    }

    private const int MaxLinks = 65_530;
    private const int MaxAddress = 2_079;
    private const double UsualWidth = 9;

    private readonly List<Area> merges = [];
    private readonly List<(string Cell, string Address)> links = [];
    private readonly List<(string Cell, string Place)> places = [];
    private readonly double[] widths = [.. setup.Columns];
    private int lastColumn = 1, lastRow = 1, filterColumns;

    internal string Name { get; } = name;

    internal int? TabOrder => setup.TabOrder;

    internal IReadOnlyList<(string Cell, string Address)> Links => links;

    /// <summary>Width of a column counted from 1.</summary>
    internal double WidthOf(int column) => column <= widths.Length ? widths[column - 1] : UsualWidth;

    internal void RowEnded(int row, int columns)
    {
        lastColumn = Math.Max(lastColumn, columns);
        if (row == setup.FilterRow)
            filterColumns = columns;
    }

    internal void AddMerge(Area area)
    {
        if (area.FirstRow < 1 || area.FirstColumn < 1 || area.LastRow < area.FirstRow || area.LastColumn < area.FirstColumn)
            throw new ArgumentException($"{area} is no rectangle of cells.");
        if (setup.FilterRow is { } filter && area.LastRow >= filter)
            throw new ArgumentException($"{area.Ref} lies in the data: merged cells break sorting and filters.");
        if (merges.Any(other => other.Overlaps(area)))
            throw new ArgumentException($"{area.Ref} overlaps another merge.");
        merges.Add(area);
    }

    /// <summary>Remembers a link if it may be one: https, no user in it, not too long, not too many.</summary>
    internal bool TryAddLink(string address, int row, int column)
    {
        if (links.Count + places.Count >= MaxLinks || !Uri.TryCreate(address, UriKind.Absolute, out var uri)
            || uri.Scheme != Uri.UriSchemeHttps || uri.UserInfo.Length > 0 || uri.AbsoluteUri.Length > MaxAddress)
            return false;
        links.Add((CellName.Of(row, column), uri.AbsoluteUri));
        return true;
    }

    /// <summary>Remembers a link to a cell of this workbook, unless Excel has all the links it takes.</summary>
    internal bool TryAddPlace(string sheet, int row, int column, int atRow, int atColumn)
    {
        if (links.Count + places.Count >= MaxLinks)
            return false;
        places.Add((CellName.Of(atRow, atColumn), $"'{sheet.Replace("'", "''")}'!{CellName.Of(row, column)}"));
        return true;
    }

    internal void WriteHead(Utf8Buffer buffer)
    {
        buffer.Write(PackageParts.Declaration
            + "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">"
            + $"<sheetPr><pageSetUpPr fitToPage=\"{(setup.FitToWidth ? 1 : 0)}\"/></sheetPr>"
            + "<sheetViews><sheetView showGridLines=\"0\" workbookViewId=\"0\">" + Pane() + "</sheetView></sheetViews>"
            + Invariant($"<sheetFormatPr defaultRowHeight=\"{TextWidth.LineHeight}\"/>"));
        if (widths.Length > 0)
            buffer.Write("<cols>" + string.Concat(widths.Select((width, i) =>
                Invariant($"<col min=\"{i + 1}\" max=\"{i + 1}\" width=\"{Math.Clamp(width, 0, 255):0.##}\" customWidth=\"1\"/>"))) + "</cols>");
        buffer.Write("<sheetData>");
    }

    internal void WriteTail(Utf8Buffer buffer, int rows)
    {
        lastRow = Math.Max(1, rows);
        buffer.Write("</sheetData>");
        if (Filter() is { } filter)
            buffer.Write($"<autoFilter ref=\"{filter.Ref}\"/>");
        if (merges.Count > 0)
            buffer.Write($"<mergeCells count=\"{merges.Count}\">{string.Concat(merges.Select(area => $"<mergeCell ref=\"{area.Ref}\"/>"))}</mergeCells>");
        if (links.Count + places.Count > 0)
        {
            buffer.Write("<hyperlinks>");
            for (var i = 0; i < links.Count; i++)
                buffer.Write($"<hyperlink ref=\"{links[i].Cell}\" r:id=\"rId{i + 1}\"/>");
            foreach (var (cell, place) in places)
                buffer.Write($"<hyperlink ref=\"{cell}\" location=\"{PackageParts.Escape(place)}\"/>");
            buffer.Write("</hyperlinks>");
        }
        buffer.Write("<pageMargins left=\"0.4\" right=\"0.4\" top=\"0.75\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/>"
            + $"<pageSetup paperSize=\"9\" orientation=\"{(setup.Portrait ? "portrait" : "landscape")}\"{(setup.FitToWidth ? " fitToHeight=\"0\"" : "")}/>"
            + "<headerFooter><oddHeader>" + PackageParts.Escape(HeaderFooter.Of(setup.HeaderLeft, "", setup.HeaderRight)) + "</oddHeader><oddFooter>"
            + PackageParts.Escape(HeaderFooter.Of(setup.FooterLeft, setup.PageNumbers ? "&P / &N" : "", setup.FooterRight)) + "</oddFooter></headerFooter>"
            // No green triangles on employee numbers with leading zeros.
            + $"<ignoredErrors><ignoredError sqref=\"{All().Ref}\" numberStoredAsText=\"1\"/></ignoredErrors></worksheet>");
    }

    /// <summary>The names Excel keeps in the workbook: print area, repeated rows, the filter's range. Asked after the tail was written.</summary>
    internal IEnumerable<(string Name, string Value)> DefinedNames()
    {
        var sheet = "'" + Name.Replace("'", "''") + "'!";
        if (Filter() is { } filter)
            yield return ("_xlnm._FilterDatabase", sheet + filter.Fixed);
        if (setup.SetPrintArea)
            yield return ("_xlnm.Print_Area", sheet + All().Fixed);
        if (setup.RepeatedRows is { } rows)
            yield return ("_xlnm.Print_Titles", $"{sheet}${rows.First}:${rows.Last}");
    }

    private Area All() => new(1, 1, lastRow, lastColumn);

    private Area? Filter() => setup.FilterRow is { } row && filterColumns > 0 ? new Area(row, 1, lastRow, filterColumns) : null;

    private string Pane()
    {
        var (rows, columns) = (setup.FrozenRows, setup.FrozenColumns);
        if (rows == 0 && columns == 0)
            return "";
        var pane = rows == 0 ? "topRight" : columns == 0 ? "bottomLeft" : "bottomRight";
        return "<pane" + (columns > 0 ? $" xSplit=\"{columns}\"" : "") + (rows > 0 ? $" ySplit=\"{rows}\"" : "")
            + $" topLeftCell=\"{CellName.Of(rows + 1, columns + 1)}\" activePane=\"{pane}\" state=\"frozen\"/><selection pane=\"{pane}\"/>";
    }

    private static string Invariant(FormattableString xml) => FormattableString.Invariant(xml);
}

/// <summary>Page headers and footers in Excel's own little language.</summary>
internal static class HeaderFooter
{
    // Excel calls a file with a longer header damaged.
    private const int Longest = 255;
    private const string Font = "&\"游ゴシック,Regular\"&8";

    /// <summary>Left, middle and right together; texts too long for Excel's 255 characters end in ….</summary>
    internal static string Of(string left, string centreCode, string right)
    {
        var centre = centreCode.Length == 0 ? "" : "&C" + Font + " " + centreCode;
        var room = Longest - centre.Length - 2 * ("&L".Length + Font.Length + 1);
        var leftText = Fit(left, right.Length == 0 ? room : Math.Max(room / 2, room - right.Length * 2));
        var rightText = Fit(right, room - leftText.Length);
        return (leftText.Length == 0 ? "" : "&L" + Font + " " + leftText) + centre + (rightText.Length == 0 ? "" : "&R" + Font + " " + rightText);
    }

    private static string Fit(string text, int room)
    {
        var fitted = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var piece = rune.Value == '&' ? "&&" : rune.ToString();
            if (fitted.Length + piece.Length > room - 1)
                return fitted.Append('…').ToString();
            fitted.Append(piece);
        }
        return fitted.ToString();
    }
}
