using AuditTracker.Platform.Workbooks;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using CellStyle = AuditTracker.Platform.Workbooks.CellStyle;

namespace AuditTracker.Tests.Platform.Workbooks;

public sealed class WorkbookLayoutTests
{
    [Fact]
    public async Task The_validator_finds_nothing_in_a_workbook_with_everything() => Workbook.AssertValid(await Workbook.WriteEverythingAsync());

    [Fact]
    public async Task A_register_is_set_up_for_screen_and_paper()
    {
        using var document = SpreadsheetDocument.Open(new MemoryStream(await Workbook.WriteEverythingAsync()), false);
        var book = document.WorkbookPart!;
        var sheet = ((WorksheetPart)book.GetPartById(book.Workbook.Descendants<Sheet>().Single(s => s.Name == "証跡一覧").Id!)).Worksheet;

        var pane = sheet.Descendants<Pane>().Single();
        Assert.Equal((2d, 3d, "C4", "frozen"), (pane.HorizontalSplit!.Value, pane.VerticalSplit!.Value, pane.TopLeftCell!.Value!, pane.State!.InnerText!));
        Assert.Equal("A3:I43", sheet.Descendants<AutoFilter>().Single().Reference!.Value);
        var page = sheet.Descendants<PageSetup>().Single();
        Assert.Equal((9u, "landscape", 0u), (page.PaperSize!.Value, page.Orientation!.InnerText!, page.FitToHeight!.Value));
        Assert.True(sheet.Descendants<PageSetupProperties>().Single().FitToPage!.Value);
        Assert.Contains("&P / &N", sheet.Descendants<OddFooter>().Single().Text);
        Assert.Contains("証跡一覧 R&&D 第2版", sheet.Descendants<OddHeader>().Single().Text);
        Assert.Equal(["A1:E1", "A2:E2"], sheet.Descendants<MergeCell>().Select(merge => merge.Reference!.Value!));
        Assert.Equal(40d, sheet.Descendants<Column>().ElementAt(3).Width!.Value);

        // The cover was written second and stands first, so the register is tab 1.
        Assert.Equal(["表紙", "証跡一覧"], book.Workbook.Descendants<Sheet>().Select(s => s.Name!.Value!));
        var names = book.Workbook.Descendants<DefinedName>().Where(name => name.LocalSheetId! == 1u).ToDictionary(name => name.Name!.Value!, name => name.Text);
        Assert.Equal("'証跡一覧'!$A$1:$I$43", names["_xlnm.Print_Area"]);
        Assert.Equal("'証跡一覧'!$3:$3", names["_xlnm.Print_Titles"]);
        Assert.Equal("'証跡一覧'!$A$3:$I$43", names["_xlnm._FilterDatabase"]);
    }

    [Fact]
    public async Task The_properties_say_who_made_it_and_when()
    {
        using var document = SpreadsheetDocument.Open(new MemoryStream(await Workbook.WriteEverythingAsync()), false);
        var properties = document.PackageProperties;
        Assert.Equal((Workbook.Properties.Title, Workbook.Properties.Creator), (properties.Title, properties.Creator));
        Assert.Equal(Workbook.At, properties.Created!.Value.ToUniversalTime());
    }

    [Fact]
    public async Task The_body_is_set_in_Yu_Gothic() =>
        Assert.StartsWith("<font><sz val=\"10\"/><color rgb=\"FF1A1C1F\"/><name val=\"游ゴシック\"/>",
            Workbook.Part(await Workbook.WriteEverythingAsync(), "xl/styles.xml").Split("<fonts count=")[1].Split('>', 2)[1]);

    [Fact]
    public async Task Sheet_names_become_what_Excel_accepts()
    {
        string[] wanted = ["A/B:C", "a／b：c", "", "'引用'", "History", new string('長', 40), new string('長', 40), string.Concat(Enumerable.Repeat("𠮷", 16)), "長文の続き", "制\u0001御"];
        var file = await Workbook.WriteAsync(async workbook =>
        {
            foreach (var name in wanted)
                await workbook.BeginSheetAsync(new SheetSetup(name));
        });
        Workbook.AssertValid(file);
        Assert.Equal(["A／B：C", "a／b：c (2)", "Sheet", "引用", "History (2)", new string('長', 31), new string('長', 27) + " (2)",
            string.Concat(Enumerable.Repeat("𠮷", 15)), "長文の続き (2)", "制御"], Workbook.Read(file).Cast<System.Data.DataTable>().Select(table => table.TableName));
    }

    [Fact]
    public async Task An_apostrophe_in_a_sheet_name_is_doubled_where_it_is_quoted()
    {
        var file = await Workbook.WriteSheetAsync(async sheet => await sheet.RowAsync(), new SheetSetup("O'Neil"));
        Workbook.AssertValid(file);
        Assert.Contains("'O''Neil'!$A$1:$A$1", Workbook.Part(file, "xl/workbook.xml"));
    }

    [Fact]
    public async Task Merges_may_neither_overlap_nor_lie_in_the_data()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Workbook.WriteRowAsync(sheet =>
        {
            sheet.Merge(1, 1, 2, 2);
            sheet.Merge(2, 2, 3, 3);
        }));
        await Assert.ThrowsAsync<ArgumentException>(() => Workbook.WriteSheetAsync(sheet =>
        {
            sheet.Merge(4, 1, 5, 1);
            return Task.CompletedTask;
        }, new SheetSetup("明細") { FilterRow = 3 }));
    }

    [Fact]
    public async Task Rows_grow_with_wrapped_text_unless_a_height_is_given()
    {
        var file = await Workbook.WriteSheetAsync(async sheet =>
        {
            await sheet.RowAsync();
            sheet.Text("短い");
            await sheet.RowAsync();
            sheet.Text("とても長い日本語の文がここで折り返します");
            await sheet.RowAsync();
            sheet.Text("一\n二\n三");
            await sheet.RowAsync(30);
            sheet.Text("とても長い日本語の文がここで折り返します");
            await sheet.RowAsync();
            sheet.TextAcross("とても長い日本語の文がここで折り返します", 4, CellStyle.Note);
        }, new SheetSetup("明細") { Columns = [12] });
        Workbook.AssertValid(file);
        var xml = Workbook.Part(file, "xl/worksheets/sheet1.xml");
        Assert.Contains("<row r=\"1\">", xml);
        Assert.Contains("<row r=\"2\" ht=\"68\">", xml);
        Assert.Contains("<row r=\"3\" ht=\"51\">", xml);
        Assert.Contains("<row r=\"4\" ht=\"30\" customHeight=\"1\">", xml);
        Assert.Contains("<row r=\"5\" ht=\"34\">", xml);
    }

    [Fact]
    public async Task A_header_too_long_for_Excel_is_shortened_with_dots()
    {
        var file = await Workbook.WriteSheetAsync(async sheet => await sheet.RowAsync(),
            new SheetSetup("明細") { HeaderLeft = new string('&', 300), HeaderRight = new string('右', 300), FooterLeft = "2026年度", FooterRight = new string('右', 300) });
        using var document = SpreadsheetDocument.Open(new MemoryStream(file), false);
        var sheet = document.WorkbookPart!.WorksheetParts.Single().Worksheet;
        foreach (var text in new[] { sheet.Descendants<OddHeader>().Single().Text, sheet.Descendants<OddFooter>().Single().Text })
        {
            Assert.InRange(text.Length, 1, 255);
            Assert.EndsWith("…", text);
        }
        Assert.Contains("&8 2026年度", sheet.Descendants<OddFooter>().Single().Text);
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("日本語", 6)]
    [InlineData("ｶﾀｶﾅ", 4)]
    [InlineData("○×", 4)]
    [InlineData("😀", 2)]
    [InlineData("か\u3099", 2)]
    [InlineData("一行目\n二", 6)]
    public void Width_counts_full_width_characters_twice(string text, int width) => Assert.Equal(width, TextWidth.Of(text));

    [Theory]
    [InlineData("日本語日本語", 13, 1)]
    [InlineData("日本語日本語", 12, 2)]
    [InlineData("word another word", 10, 3)]
    [InlineData("3f9a0c5d3f9a0c5d3f9a0c5d", 9, 3)]
    [InlineData("一\n\n三", 20, 3)]
    public void Lines_break_as_in_a_column(string text, double column, int lines) => Assert.Equal(lines, TextWidth.Lines(text, column));
}
