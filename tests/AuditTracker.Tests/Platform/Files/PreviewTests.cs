using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using AuditTracker.Platform.Files;


namespace AuditTracker.Tests.Platform.Files;

/// <summary>The beginnings of tables, and files made to hurt who looks into them.</summary>
public sealed class PreviewTests
{
    [Fact]
    public void Fifty_rows_of_twelve_columns_of_a_csv_are_shown()
    {
        var csv = string.Concat(Enumerable.Range(1, 60).Select(row => string.Join(',', Enumerable.Range(1, 14).Select(column => $"{row}-{column}")) + "\r\n"));
        var seen = TablePreview.OfText(Bytes(csv), ',')!;
        Assert.Equal((50, 12, true), (seen.Rows.Count, seen.Rows[0].Count, seen.HasMore));
        Assert.Equal("50-12", seen.Rows[49][11]);
        var quoted = TablePreview.OfText(Bytes("氏名,\"部門, 課\",\"二\"\"重\"\n\"改\n行\",,x"), ',')!;
        Assert.Equal(["氏名", "部門, 課", "二\"重"], quoted.Rows[0]);
        Assert.Equal(["改\n行", "", "x"], quoted.Rows[1]);
        Assert.False(quoted.HasMore);
    }

    [Fact]
    public void Text_of_office_systems_is_read_and_bytes_are_not()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Assert.Equal("髙﨑", TablePreview.OfText(new MemoryStream(Encoding.GetEncoding(932).GetBytes("髙﨑,1")), ',')!.Rows[0][0]);
        Assert.Null(TablePreview.OfText(new MemoryStream([0, 1, 2, 3]), ','));
        var (text, more) = TablePreview.Lines(Bytes(new string('あ', 200_000)))!.Value;
        Assert.True(more);
        Assert.InRange(text.Length, 1, TablePreview.LongestCell + 1);
    }

    [Fact]
    public async Task A_workbook_of_the_products_own_shows_its_first_sheet()
    {
        using var file = new MemoryStream();
        file.Write(await Workbooks.Workbook.WriteRowAsync(sheet => sheet.Text("氏名")));
        file.Position = 0;
        var seen = SheetPreview.Of(file)!;
        Assert.Equal("氏名", seen.Rows[0][0]);
        Assert.Equal("明細", seen.Sheet);
    }

    [Fact]
    public void Shared_texts_dates_and_gaps_stand_in_their_columns()
    {
        var seen = SheetPreview.Of(Zip(
            ("xl/workbook.xml", """<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="台帳" r:id="rId7"/></sheets></workbook>"""),
            ("xl/_rels/workbook.xml.rels", """<Relationships><Relationship Id="rId7" Target="worksheets/other.xml"/></Relationships>"""),
            ("xl/sharedStrings.xml", "<sst><si><t>不要</t></si><si><r><t>氏</t></r><r><t>名</t></r></si></sst>"),
            ("xl/styles.xml", """<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy/mm/dd"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"""),
            ("xl/worksheets/other.xml", """<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>1</v></c><c r="C1" s="1"><v>46296</v></c><c r="D1" s="0"><v>46296</v></c><c r="E1" t="inlineStr"><is><t>&lt;b&gt;</t></is></c></row></sheetData></worksheet>""")))!;
        Assert.Equal("台帳", seen.Sheet);
        Assert.Equal(["氏名", "", "2026/10/01", "46296", "<b>"], seen.Rows[0]);
    }

    [Fact]
    public void Files_made_to_hurt_end_soon_and_harmlessly()
    {
        var sheet = "xl/worksheets/sheet1.xml";
        var wide = "<worksheet><sheetData><row>" + string.Concat(Enumerable.Repeat("<c><v>1</v></c>", 1_000_000)) + "</row></sheetData></worksheet>";
        var bomb = "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>" + new string('a', 200_000_000) + "</t></is></c></row></sheetData></worksheet>";
        var entities = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>";
        var outside = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>";
        var clock = Stopwatch.StartNew();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        using var wideFile = Zip((sheet, wide));
        using var bombFile = Zip((sheet, bomb));
        var (start, memory) = (clock.Elapsed, GC.GetTotalAllocatedBytes(precise: true));
        var seen = SheetPreview.Of(wideFile)!;
        Assert.Equal((12, true), (seen.Rows[0].Count, seen.HasMore));
        Assert.InRange(SheetPreview.Of(bombFile)?.Rows[0][0].Length ?? 0, 0, TablePreview.LongestCell + 1);
        Assert.Null(SheetPreview.Of(Zip((sheet, entities))));
        Assert.Null(SheetPreview.Of(Zip((sheet, outside))));
        Assert.Null(SheetPreview.Of(Zip(("other.txt", "x"))));
        Assert.Null(SheetPreview.Of(Bytes("no zip")));
        Assert.True(before > 0 && clock.Elapsed - start < TimeSpan.FromSeconds(10), $"{clock.Elapsed - start}");
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - memory, 0, 300L << 20);
    }

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private static MemoryStream Zip(params (string Name, string Text)[] parts)
    {
        var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in parts)
            {
                using var part = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                part.Write(Encoding.UTF8.GetBytes(text));
            }
        }
        file.Position = 0;
        return file;
    }
}
