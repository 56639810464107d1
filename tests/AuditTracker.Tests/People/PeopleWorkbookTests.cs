using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text;
using AuditTracker.People;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Workbooks;
using AuditTracker.Tests.Platform.Workbooks;
using AuditTracker.Tests.Support;
using Xunit.Abstractions;
using static AuditTracker.Tests.People.ImportFiles;

namespace AuditTracker.Tests.People;

public sealed class PeopleWorkbookTests(ITestOutputHelper output)
{
    private static readonly string[] Heads = Header.Split(',');

    [Fact]
    public async Task The_sample_as_a_workbook_gives_the_same_people_as_the_csv()
    {
        var csv = PeopleFile.Read(Sample("people-sjis.csv"));
        var xlsx = PeopleFile.Read(await OfCsvAsync(Sample("people-sjis.csv")));
        Assert.Empty(xlsx.Errors);
        Assert.Empty(xlsx.Warnings);
        Assert.Equal(120, xlsx.Rows.Count);
        Assert.Equal(csv.Rows, xlsx.Rows);
        Assert.Contains(xlsx.Rows, row => row.Name.Contains('﨑'));
    }

    [Fact]
    public void Titles_above_the_head_real_dates_serials_formulas_and_zeros_by_format_are_read_as_they_show()
    {
        var file = PeopleFile.Read(Handmade("""
            <row r="1"><c r="A1" t="inlineStr"><is><t>従業者名簿（2026年11月）</t></is></c></row>
            <row r="2"/>
            <row r="3"><c r="A3" t="inlineStr"><is><t>社員番号</t></is></c><c r="B3" t="inlineStr"><is><t>氏名</t></is></c><c r="C3" t="inlineStr"><is><t>メールアドレス</t></is></c><c r="D3" t="inlineStr"><is><t>部署コード</t></is></c><c r="E3" t="inlineStr"><is><t>部署名</t></is></c><c r="F3" t="inlineStr"><is><t>入社日</t></is></c><c r="G3" t="inlineStr"><is><t>退職日</t></is></c></row>
            <row r="4"><c r="A4" s="1"><v>6</v></c><c r="B4" t="inlineStr"><is><t>髙橋</t><rPh sb="0" eb="2"><t>タカハシ</t></rPh></is></c><c r="C4" t="str"><f>A4&amp;"@x.example"</f><v>6@x.example</v></c><c r="D4" t="inlineStr"><is><t>Ｄ７００</t></is></c><c r="E4" t="inlineStr"><is><t>開発部</t></is></c><c r="F4" s="2"><v>45017</v></c><c r="G4" s="3"><v>46387</v></c></row>
            <row r="6"><c r="A6" s="1"><v>12</v></c><c r="B6" t="inlineStr"><is><t>相川</t></is></c><c r="C6" t="inlineStr"><is><t>b@x.example</t></is></c><c r="D6" t="inlineStr"><is><t>D700</t></is></c><c r="E6" t="inlineStr"><is><t>開発部</t></is></c><c r="F6"><v>45017</v></c></row>
            """, "<mergeCells count=\"1\"><mergeCell ref=\"A1:G1\"/></mergeCells>"));
        Assert.Empty(file.Errors);
        Assert.Equal([(4, "000006"), (6, "000012")], file.Rows.Select(row => (row.Line, row.EmployeeNo)));
        Assert.Equal(("髙橋", "6@x.example", "D700", new DateOnly(2023, 4, 1), new DateOnly(2026, 12, 31)), (file.Rows[0].Name, file.Rows[0].Email, file.Rows[0].DepartmentCode, file.Rows[0].HiredOn, file.Rows[0].LeftOn!.Value));
        Assert.Equal(new DateOnly(2023, 4, 1), file.Rows[1].HiredOn);
        Assert.Empty(file.Warnings);
    }

    [Fact]
    public async Task Numbers_of_different_lengths_are_warned_about()
    {
        var file = PeopleFile.Read(await WriteAsync([("名簿", [Row("6", numeric: true), Row("120", numeric: true)])]));
        Assert.Equal(("ImportZerosLost", 2, PeopleField.EmployeeNo), (Assert.Single(file.Warnings).Key, file.Warnings[0].Line, file.Warnings[0].Field));
        Assert.Equal(2, file.Rows.Count);
    }

    [Fact]
    public async Task The_sheet_whose_heads_are_known_is_read_and_another_may_be_chosen()
    {
        var book = await Workbook.WriteAsync(async workbook =>
        {
            var notes = await workbook.BeginSheetAsync(new SheetSetup("説明"));
            await notes.RowAsync();
            notes.Text("この名簿は毎月1日に書き出します");
            await WriteSheetAsync(workbook, "本社", [Row("0001")]);
            await WriteSheetAsync(workbook, "支社", [Row("0002"), Row("0003")]);
        });
        Assert.Equal((["説明", "本社", "支社"], "本社", 1), (PeopleFile.Read(book).Table.Sheets.ToArray(), PeopleFile.Read(book).Table.Sheet, PeopleFile.Read(book).Rows.Count), (a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2 == b.Item2 && a.Item3 == b.Item3);
        Assert.Equal(["0002", "0003"], PeopleFile.Of(PeopleFile.TableOf(book, "支社"), null).Rows.Select(row => row.EmployeeNo));
        Assert.Equal("ImportNoSuchSheet", Assert.Single(PeopleFile.Of(PeopleFile.TableOf(book, "大阪"), null).Errors).Key);
    }

    [Theory]
    [InlineData("PK\u0003\u0004 no zip at all", "ImportDamagedWorkbook")]
    [InlineData("\u00D0\u00CF\u0011\u00E0", "ImportOldWorkbook")]
    public void What_is_no_workbook_of_today_is_said_so(string bytes, string key) =>
        Assert.Equal(key, Assert.Single(PeopleFile.Read([.. bytes.Select(letter => (byte)letter)]).Errors).Key);

    [Fact]
    public void A_workbook_that_would_unpack_to_too_much_is_not_unpacked()
    {
        var bomb = Bomb();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("ImportWorkbookTooLarge", Assert.Single(PeopleFile.Read(bomb).Errors).Key);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void A_document_type_in_a_sheet_is_refused()
    {
        var evil = Handmade("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&x;</t></is></c></row>", "", "<!DOCTYPE w [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>");
        Assert.Equal("ImportDamagedWorkbook", Assert.Single(PeopleFile.Read(evil).Errors).Key);
    }

    [Fact]
    public async Task Heads_nobody_knows_are_mapped_once_and_remembered_for_csv_and_workbook()
    {
        await using var app = await TestApp.StartAsync();
        var manager = app.As(Cast.Manami);
        string[] heads = ["個人ID", "なまえ", "アドレス", "組織CD", "組織", "採用", "備考"];
        var csv = Encoding.UTF8.GetBytes(string.Join(',', heads) + "\n0001,髙﨑 花子,hana@x.example,D9,営業部,2020/4/1,あ\n0002,山田,y@x.example,D9,営業部,2021/4/1,い\n");
        var (_, first) = await manager.ImportAsync(csv);
        Assert.Equal(6, first!.Errors.Length);
        Assert.Equal((7, "個人ID", (string?)null), (first.Columns.Length, first.Columns[0].Header, first.Columns[0].Field));
        Assert.Equal(["0001", "0002"], first.Columns[0].Samples);

        const string Map = """{"個人ID":"employeeNo","なまえ":"name","アドレス":"email","組織CD":"departmentCode","組織":"departmentName","採用":"hiredOn","備考":""}""";
        Assert.Equal(HttpStatusCode.BadRequest, (await ImportWithColumnsAsync(manager, csv, """{"個人ID":"shoeSize"}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await ImportWithColumnsAsync(manager, csv, """{"番号":"employeeNo"}""")).Status);
        Assert.Equal((HttpStatusCode.OK, 2), await ImportWithColumnsAsync(manager, csv, Map, "?apply=true"));
        Assert.Equal("髙﨑 花子", (await manager.AllAsync<PersonEntry>("/api/people?q=高崎")).Single().Name);

        // The same heads in a workbook, in another width, without saying it again.
        var book = await WriteAsync([("Sheet1", [["0001", "髙﨑 花子", "hana@x.example", "D9", "営業部", "2020/4/1", ""], ["0003", "佐藤", "s@x.example", "D9", "営業部", "2022/4/1", ""]])], ["個人ＩＤ", "なまえ", "アドレス", "組織ＣＤ", "組織", "採用", "備考"]);
        var (_, again) = await manager.ImportAsync(book);
        Assert.Empty(again!.Errors);
        Assert.Equal((1, 1, 1), (again.Added, again.Unchanged, again.Missing - 8));
    }

    [Fact]
    public async Task Ten_thousand_people_in_a_workbook_take_seconds_and_little_memory()
    {
        var book = await WriteAsync([("名簿", Enumerable.Range(1, 10_000).Select(number => Row($"{number:D6}")))]);
        var watch = Stopwatch.StartNew();
        // Of this thread alone: other tests run beside it.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var file = PeopleFile.Read(book);
        var read = watch.Elapsed;
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) >> 20;
        Assert.Equal((10_000, 0), (file.Rows.Count, file.Errors.Count));
        output.WriteLine($"{book.Length >> 10} KiB read in {read.TotalSeconds:F1} s, {allocated} MiB allocated in passing");
        Assert.InRange(read.TotalSeconds, 0, 30);
        Assert.InRange(allocated, 0, 500);

        await using var app = await TestApp.StartAsync();
        watch.Restart();
        var (status, answer) = await app.As(Cast.Manami).ImportAsync(book, "?apply=true", "名簿.xlsx");
        output.WriteLine($"applied in {watch.Elapsed.TotalSeconds:F1} s");
        Assert.Equal((HttpStatusCode.OK, 10_000), (status, answer!.Added));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 120);

        var pages = await app.PagesAsAsync(Cast.Manami);
        await pages.PageAsync("/people");
        watch.Restart();
        await pages.PageAsync("/people?after=department.5000_5000_5000");
        output.WriteLine($"list of 10,000 shown in {watch.Elapsed.TotalSeconds:F2} s");
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
    }

    internal static string[] Row(string number, bool numeric = false) => [(numeric ? "#" : "") + number, "山田 花子", "ヤマダ ハナコ", $"p{number}@hibari-net.example", "D700", "開発部", "", "正社員", "2020/4/1", "", ""];

    internal static Task<byte[]> WriteAsync((string Name, IEnumerable<string[]> Rows)[] sheets, string[]? heads = null) => Workbook.WriteAsync(async workbook =>
    {
        foreach (var (name, rows) in sheets)
        {
            await WriteSheetAsync(workbook, name, rows, heads);
        }
    });

    private static async Task WriteSheetAsync(WorkbookWriter workbook, string name, IEnumerable<string[]> rows, string[]? heads = null)
    {
        var sheet = await workbook.BeginSheetAsync(new SheetSetup(name));
        await sheet.RowAsync();
        foreach (var head in heads ?? Heads)
        {
            sheet.Text(head);
        }

        foreach (var row in rows)
        {
            await sheet.RowAsync();
            foreach (var cell in row)
            {
                if (cell.StartsWith('#'))
                {
                    sheet.Number(long.Parse(cell[1..]));
                }
                else
                {
                    sheet.Text(cell);
                }
            }
        }
    }

    private static Task<byte[]> OfCsvAsync(byte[] csv)
    {
        var table = CsvTable.Read(DecodedText.Of(csv).Text, 1000, 1000);
        return WriteAsync([("名簿", table.Rows.Select(row => row.Cells.ToArray()))], [.. table.Header!.Cells]);
    }

    private static async Task<(HttpStatusCode Status, int? Added)> ImportWithColumnsAsync(HttpClient client, byte[] content, string columns, string query = "")
    {
        using var form = new MultipartFormDataContent { { new StringContent(columns), "columns" }, { new ByteArrayContent(content), "file", "people.csv" } };
        var response = await client.PostAsync("/api/people/import" + query, form);
        return (response.StatusCode, response.StatusCode == HttpStatusCode.OK ? (await System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync<ImportAnswer>(response.Content))!.Added : null);
    }

    // Sheets as other programs write them: number formats 000000, yyyy/m/d and Japanese eras, strings in place.
    private static byte[] Handmade(string rows, string after, string before = "") => Zip(
        ("[Content_Types].xml", """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""),
        ("_rels/.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"""),
        ("xl/workbook.xml", """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="名簿" sheetId="1" r:id="r1"/></sheets></workbook>"""),
        ("xl/_rels/workbook.xml.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"""),
        ("xl/styles.xml", """<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="170" formatCode="000000"/><numFmt numFmtId="171" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="170" applyNumberFormat="1"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="171" applyNumberFormat="1"/></cellXfs></styleSheet>"""),
        ("xl/worksheets/sheet1.xml", $"""<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData>{after}</worksheet>"""));

    private static byte[] Zip(params (string Name, string Content)[] parts)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in parts)
            {
                using var part = zip.CreateEntry(name).Open();
                part.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return stream.ToArray();
    }

    private static byte[] Bomb()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var part = zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open();
            var zeros = new byte[1 << 20];
            for (var written = 0L; written <= WorkbookReader.MaxUnpacked; written += zeros.Length)
            {
                part.Write(zeros);
            }
        }

        return stream.ToArray();
    }
}
