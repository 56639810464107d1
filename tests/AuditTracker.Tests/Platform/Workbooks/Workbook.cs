using System.Data;
using System.IO.Compression;
using System.Text;
using AuditTracker.Platform.Workbooks;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using ExcelDataReader;

namespace AuditTracker.Tests.Platform.Workbooks;

/// <summary>Writes small workbooks and looks at them the way others do: Microsoft's validator, a foreign reader, the bare parts.</summary>
internal static class Workbook
{
    public static readonly DateTime At = new(2026, 11, 24, 0, 3, 7, DateTimeKind.Utc);
    public static readonly WorkbookProperties Properties = new("証跡一覧 <27001> & 他", "ひばりネット株式会社", At);

    static Workbook() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static async Task<byte[]> WriteAsync(Func<WorkbookWriter, Task> fill, WorkbookProperties? properties = null)
    {
        using var stream = new MemoryStream();
        await using (var workbook = await WorkbookWriter.CreateAsync(stream, properties ?? Properties))
        {
            await fill(workbook);
            await workbook.CompleteAsync();
        }
        return stream.ToArray();
    }

    /// <summary>One sheet 明細 of rows without further set-up.</summary>
    public static Task<byte[]> WriteSheetAsync(Func<SheetWriter, Task> fill, SheetSetup? setup = null) =>
        WriteAsync(async workbook => await fill(await workbook.BeginSheetAsync(setup ?? new SheetSetup("明細"))));

    /// <summary>One row of cells on one sheet.</summary>
    public static Task<byte[]> WriteRowAsync(Action<SheetWriter> fill) => WriteSheetAsync(async sheet =>
    {
        await sheet.RowAsync();
        fill(sheet);
    });

    public static DataTableCollection Read(byte[] file)
    {
        using var reader = ExcelReaderFactory.CreateReader(new MemoryStream(file));
        var tables = new DataSet();
        do
        {
            var table = tables.Tables.Add(reader.Name);
            while (reader.Read())
            {
                while (table.Columns.Count < reader.FieldCount)
                    table.Columns.Add().DataType = typeof(object);
                var row = table.NewRow();
                for (var i = 0; i < reader.FieldCount; i++)
                    row[i] = reader.GetValue(i) ?? DBNull.Value;
                table.Rows.Add(row);
            }
        }
        while (reader.NextResult());
        return tables.Tables;
    }

    public static async Task<object?[]> ReadBackRowAsync(Action<SheetWriter> fill) => Read(await WriteRowAsync(fill))[0].Rows[0].ItemArray;

    public static string Part(byte[] file, string name)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        using var text = new StreamReader(zip.GetEntry(name)!.Open());
        return text.ReadToEnd();
    }

    public static void AssertValid(byte[] file)
    {
        using var document = SpreadsheetDocument.Open(new MemoryStream(file), false);
        var faults = new OpenXmlValidator(DocumentFormat.OpenXml.FileFormatVersions.Office2019).Validate(document)
            .Select(fault => $"{fault.Part?.Uri} {fault.Path?.XPath}: {fault.Description}");
        Assert.Empty(faults);
    }

    /// <summary>A workbook with everything the writer can do in it.</summary>
    public static Task<byte[]> WriteEverythingAsync() => WriteAsync(async workbook =>
    {
        var list = await workbook.BeginSheetAsync(new SheetSetup("証跡一覧")
        {
            Columns = [5, 14, 24, 40, 12, 18, 14, 34, 12],
            FrozenRows = 3,
            FrozenColumns = 2,
            RepeatedRows = (3, 3),
            FilterRow = 3,
            HeaderLeft = "証跡一覧 R&D 第2版",
            HeaderRight = "2026/11/24",
            FooterLeft = "ひばりネット株式会社",
        });
        await list.RowAsync(28);
        list.TextAcross("証跡一覧", 5, CellStyle.Title);
        await list.RowAsync();
        list.TextAcross("締め日時点の受領済み証跡です。", 5, CellStyle.Note);
        await list.RowAsync();
        foreach (var head in new[] { "No.", "社員番号", "氏名", "名称", "期限", "提出", "大きさ", "SHA-256", "状態" })
            list.Text(head, CellStyle.Heading);
        for (var i = 1; i <= 40; i++)
        {
            await list.RowAsync();
            list.Number(i);
            list.Text($"{i:000000}", CellStyle.Code);
            list.Text(i % 2 == 0 ? "髙﨑 濵邊" : "田中 美咲");
            if (i % 5 == 0)
                list.Link("アクセス権棚卸し結果の保管場所", $"https://intra.hibari-net.example/evidence?id={i}&v=2");
            else
                list.Text(i % 3 == 0 ? "顧客データベースのアクセス権の棚卸し結果（情報システム部、四半期ごと）" : "棚卸し_顧客DB.xlsx");
            list.Date(new DateOnly(2026, 10, 1).AddDays(i), i % 7 == 0 ? CellStyle.DateLate : CellStyle.Date);
            list.Instant(At.AddMinutes(i));
            list.Number(1234.5m * i);
            list.Text("3f9a0c5d3f9a0c5d3f9a0c5d3f9a0c5d3f9a0c5d3f9a0c5d3f9a0c5d3f9a0c5d", CellStyle.Hash);
            list.Text(i % 7 == 0 ? "期限切れ" : "受領", i % 7 == 0 ? CellStyle.Late : CellStyle.Done);
        }
        var cover = await workbook.BeginSheetAsync(new SheetSetup("表紙") { Portrait = true, TabOrder = 1, Columns = [20, 40, 12, 12, 12] });
        await cover.RowAsync();
        cover.TextAcross("証跡一覧 ISO/IEC 27001", 2, CellStyle.Title);
        foreach (var stamp in new[] { "承認", "確認", "作成" })
            cover.Text(stamp, CellStyle.StampHead);
        await cover.RowAsync(57);
        cover.Skip(2);
        cover.Text("高橋\n2026/11/24", CellStyle.StampSeal);
        cover.Blank(CellStyle.StampBox);
        cover.Blank(CellStyle.StampBox);
        foreach (var style in Enum.GetValues<CellStyle>().Except([CellStyle.Date, CellStyle.DateLate, CellStyle.DateTime]))
        {
            await cover.RowAsync();
            cover.Text(style.ToString(), CellStyle.Label);
            cover.Text("見本 Sample 123", style);
        }
    });
}
