using System.Globalization;
using System.Text;

namespace AuditTracker.Platform.Workbooks;

/// <summary>The small parts of the package.</summary>
internal static class PackageParts
{
    internal const string Declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string PackageRelations = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Types = "application/vnd.openxmlformats-officedocument";

    internal static string RootRelations() => Declaration + $"<Relationships xmlns=\"{PackageRelations}\">"
        + $"<Relationship Id=\"rId1\" Type=\"{Relations}/officeDocument\" Target=\"xl/workbook.xml\"/>"
        + $"<Relationship Id=\"rId2\" Type=\"{PackageRelations}/metadata/core-properties\" Target=\"docProps/core.xml\"/>"
        + $"<Relationship Id=\"rId3\" Type=\"{Relations}/extended-properties\" Target=\"docProps/app.xml\"/></Relationships>";

    internal static string Core(WorkbookProperties properties)
    {
        var at = properties.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Declaration + "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" "
            + "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">"
            + $"<dc:title>{Escape(properties.Title)}</dc:title><dc:creator>{Escape(properties.Creator)}</dc:creator><cp:lastModifiedBy>{Escape(properties.Creator)}</cp:lastModifiedBy>"
            + $"<dcterms:created xsi:type=\"dcterms:W3CDTF\">{at}</dcterms:created><dcterms:modified xsi:type=\"dcterms:W3CDTF\">{at}</dcterms:modified></cp:coreProperties>";
    }

    internal static string App() => Declaration
        + "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\"><Application>AuditTracker</Application></Properties>";

    /// <param name="sheets">In the order of the tabs, each with the number of its part.</param>
    internal static string Workbook(IReadOnlyList<(SheetLayout Layout, int Part)> sheets)
    {
        var names = string.Concat(sheets.SelectMany((sheet, tab) => sheet.Layout.DefinedNames().Select(name =>
            $"<definedName name=\"{name.Name}\" localSheetId=\"{tab}\"{(name.Name == "_xlnm._FilterDatabase" ? " hidden=\"1\"" : "")}>{Escape(name.Value)}</definedName>")));
        return Declaration + $"<workbook xmlns=\"{Main}\" xmlns:r=\"{Relations}\"><bookViews><workbookView activeTab=\"0\"/></bookViews><sheets>"
            + string.Concat(sheets.Select(sheet => $"<sheet name=\"{Escape(sheet.Layout.Name)}\" sheetId=\"{sheet.Part}\" r:id=\"rId{sheet.Part}\"/>"))
            + "</sheets>" + (names.Length == 0 ? "" : $"<definedNames>{names}</definedNames>") + "</workbook>";
    }

    internal static string WorkbookRelations(int sheets) => Declaration + $"<Relationships xmlns=\"{PackageRelations}\">"
        + string.Concat(Enumerable.Range(1, sheets).Select(n => $"<Relationship Id=\"rId{n}\" Type=\"{Relations}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"))
        + $"<Relationship Id=\"rId{sheets + 1}\" Type=\"{Relations}/styles\" Target=\"styles.xml\"/></Relationships>";

    internal static string LinkRelations(IReadOnlyList<(string Cell, string Address)> links)
    {
        var xml = new StringBuilder(Declaration).Append(CultureInfo.InvariantCulture, $"<Relationships xmlns=\"{PackageRelations}\">");
        for (var i = 0; i < links.Count; i++)
            xml.Append(CultureInfo.InvariantCulture, $"<Relationship Id=\"rId{i + 1}\" Type=\"{Relations}/hyperlink\" Target=\"{Escape(links[i].Address)}\" TargetMode=\"External\"/>");
        return xml.Append("</Relationships>").ToString();
    }

    internal static string ContentTypes(int sheets) => Declaration + "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
        + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
        + $"<Override PartName=\"/xl/workbook.xml\" ContentType=\"{Types}.spreadsheetml.sheet.main+xml\"/>"
        + $"<Override PartName=\"/xl/styles.xml\" ContentType=\"{Types}.spreadsheetml.styles+xml\"/>"
        + string.Concat(Enumerable.Range(1, sheets).Select(n => $"<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"{Types}.spreadsheetml.worksheet+xml\"/>"))
        + "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>"
        + $"<Override PartName=\"/docProps/app.xml\" ContentType=\"{Types}.extended-properties+xml\"/></Types>";

    /// <summary>For attributes and short element texts: what XML cannot carry is left out.</summary>
    internal static string Escape(string text)
    {
        var xml = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            _ = rune.Value switch
            {
                '&' => xml.Append("&amp;"),
                '<' => xml.Append("&lt;"),
                '>' => xml.Append("&gt;"),
                '"' => xml.Append("&quot;"),
                < 0x20 or 0xFFFE or 0xFFFF => xml,
                _ => xml.Append(rune.ToString()),
            };
        return xml.ToString();
    }
}
