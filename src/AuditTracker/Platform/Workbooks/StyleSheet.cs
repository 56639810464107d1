using System.Globalization;
using System.Text;

namespace AuditTracker.Platform.Workbooks;

/// <summary>The style part: the table below in the words of SpreadsheetML, and what the sheet writer must know about each look.</summary>
internal static class StyleSheet
{
    private sealed record Look(string Font, string Fill, string Border, int Format, string Horizontal, string Vertical, bool Wrap);

    private const string FontName = "游ゴシック";
    private const string Ink = "FF1A1C1F";
    private const int General = 0, Whole = 3, Cents = 4, WholePercent = 9, AsText = 49, DateFormat = 164, DateTimeFormat = 165;

    private static readonly string[] Sides = ["left", "right", "top", "bottom"];
    private static readonly string None = "", Grid = "FF9AA1AA", Frame = Ink;
    private static readonly string Body = Font(10, Ink), Strong = Font(10, Ink, bold: true);

    private static readonly Dictionary<CellStyle, Look> Looks = new()
    {
        [CellStyle.Plain] = new(Body, None, None, General, "", "center", false),
        [CellStyle.Title] = new(Font(16, Ink, bold: true), None, None, General, "", "center", false),
        [CellStyle.Subtitle] = new(Font(12, Ink, bold: true), None, None, General, "", "center", false),
        [CellStyle.Note] = new(Font(9, "FF59606A"), None, None, General, "left", "top", true),
        [CellStyle.Heading] = new(Strong, "FFECEEF1", Grid, General, "center", "center", true),
        [CellStyle.Label] = new(Strong, "FFECEEF1", Grid, General, "left", "center", true),
        [CellStyle.Text] = new(Body, None, Grid, General, "left", "top", true),
        [CellStyle.Centered] = new(Body, None, Grid, General, "center", "top", true),
        [CellStyle.Code] = new(Body, None, Grid, AsText, "left", "top", false),
        [CellStyle.Number] = new(Body, None, Grid, Whole, "right", "top", false),
        [CellStyle.TwoDecimals] = new(Body, None, Grid, Cents, "right", "top", false),
        [CellStyle.Percent] = new(Body, None, Grid, WholePercent, "right", "top", false),
        [CellStyle.Date] = new(Body, None, Grid, DateFormat, "center", "top", false),
        [CellStyle.DateLate] = new(Font(10, "FFA10000", bold: true), "FFFDECEC", Grid, DateFormat, "center", "top", false),
        [CellStyle.DateTime] = new(Body, None, Grid, DateTimeFormat, "center", "top", false),
        [CellStyle.Hash] = new(Font(9, Ink, name: "ＭＳ ゴシック"), None, Grid, AsText, "left", "top", true),
        [CellStyle.Link] = new(Font(10, "FF0055AD", underline: true), None, Grid, General, "left", "top", true),
        [CellStyle.Done] = new(Font(10, "FF115A36"), "FFE4F4EA", Grid, General, "center", "top", true),
        [CellStyle.Warn] = new(Font(10, "FF6B4A00"), "FFFFF2CC", Grid, General, "center", "top", true),
        [CellStyle.Late] = new(Font(10, "FFA10000", bold: true), "FFFDECEC", Grid, General, "center", "top", true),
        [CellStyle.Wait] = new(Font(10, "FF474D55"), "FFECEEF1", Grid, General, "center", "top", true),
        [CellStyle.Move] = new(Font(10, "FF373C96"), "FFECEEFB", Grid, General, "center", "top", true),
        [CellStyle.StampHead] = new(Body, None, Frame, General, "center", "center", false),
        [CellStyle.StampBox] = new(Body, None, Frame, General, "center", "center", true),
        [CellStyle.StampSeal] = new(Font(10, "FFC8102E", bold: true), None, Frame, General, "center", "center", true),
    };

    private static readonly Look[] ByStyle = [.. Enum.GetValues<CellStyle>().Select(style => Looks[style])];

    /// <summary>Number of styles.</summary>
    internal static int Count => ByStyle.Length;

    /// <summary>Does a long text break into lines in this style?</summary>
    internal static bool Wraps(CellStyle style) => ByStyle[(int)style].Wrap;

    /// <summary>Would a date's serial number be shown as a date?</summary>
    internal static bool ShowsDates(CellStyle style) => ByStyle[(int)style].Format is DateFormat or DateTimeFormat;

    /// <summary>xl/styles.xml.</summary>
    /// <param name="eraDates">Dates are shown as R8.11.22; they are the same real dates.</param>
    internal static string Xml(bool eraDates = false)
    {
        var day = eraDates ? "[$-411]ge\\.m\\.d" : "yyyy/mm/dd";
        var fonts = new List<string>();
        var fills = new List<string> { "<fill><patternFill patternType=\"none\"/></fill>", "<fill><patternFill patternType=\"gray125\"/></fill>" };
        var borders = new List<string>();
        var cells = new StringBuilder();
        foreach (var look in ByStyle)
        {
            var font = IndexOf(fonts, look.Font);
            var fill = look.Fill == None ? 0 : IndexOf(fills, $"<fill><patternFill patternType=\"solid\"><fgColor rgb=\"{look.Fill}\"/><bgColor indexed=\"64\"/></patternFill></fill>");
            var border = IndexOf(borders, Border(look.Border));
            var horizontal = look.Horizontal == "" ? "" : $" horizontal=\"{look.Horizontal}\"" + (look.Horizontal == "right" ? " indent=\"1\"" : "");
            cells.Append(CultureInfo.InvariantCulture, $"<xf numFmtId=\"{look.Format}\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"{border}\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\" applyBorder=\"1\" applyAlignment=\"1\">")
                .Append(CultureInfo.InvariantCulture, $"<alignment{horizontal} vertical=\"{look.Vertical}\"{(look.Wrap ? " wrapText=\"1\"" : "")}/></xf>");
        }
        return PackageParts.Declaration + "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">"
            + $"<numFmts count=\"2\"><numFmt numFmtId=\"{DateFormat}\" formatCode=\"{day}\"/><numFmt numFmtId=\"{DateTimeFormat}\" formatCode=\"{day}\\ hh:mm\"/></numFmts>"
            + $"<fonts count=\"{fonts.Count}\">{string.Concat(fonts)}</fonts>"
            + $"<fills count=\"{fills.Count}\">{string.Concat(fills)}</fills>"
            + $"<borders count=\"{borders.Count}\">{string.Concat(borders)}</borders>"
            + "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
            + $"<cellXfs count=\"{Count}\">{cells}</cellXfs>"
            + "<cellStyles count=\"1\"><cellStyle name=\"標準\" xfId=\"0\" builtinId=\"0\"/></cellStyles>"
            + "</styleSheet>";
    }

    private static string Font(int size, string colour, bool bold = false, bool underline = false, string name = FontName) =>
        $"<font>{(bold ? "<b/>" : "")}{(underline ? "<u/>" : "")}<sz val=\"{size}\"/><color rgb=\"{colour}\"/><name val=\"{name}\"/><family val=\"3\"/><charset val=\"128\"/></font>";

    private static string Border(string colour) => colour == None
        ? "<border><left/><right/><top/><bottom/><diagonal/></border>"
        : "<border>" + string.Concat(Sides.Select(side =>
            $"<{side} style=\"thin\"><color rgb=\"{colour}\"/></{side}>")) + "<diagonal/></border>";

    private static int IndexOf(List<string> parts, string part)
    {
        var at = parts.IndexOf(part);
        if (at >= 0)
            return at;
        parts.Add(part);
        return parts.Count - 1;
    }
}
