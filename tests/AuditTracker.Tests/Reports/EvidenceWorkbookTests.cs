using System.Data;
using System.Security.Cryptography;
using System.Text;
using AuditTracker.Reports;
using AuditTracker.Tests.Platform.Workbooks;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Reports;

public sealed class EvidenceWorkbookTests(Quarter.Played played) : IClassFixture<Quarter.Played>
{
    private readonly TestDatabase database = played.Database;

    [Fact]
    public async Task Every_piece_of_evidence_is_a_row_with_real_dates_names_and_hash()
    {
        var sheet = (await ReadAsync())["証跡"]!;

        Assert.Equal(["No.", "管理番号", "項番", "証跡依頼", "期間（自）", "期間（至）", "取得日", "期限", "提出日時", "期限後", "状態", "受領日時",
            "提出者", "代理（本人）", "受領者", "種類", "ファイル名", "サイズ", "SHA-256", "リンク・記述", "元の記録（申告）", "当初の期限", "取得から提出まで（日）", "一部提出：全部そろった日時", "確認して追加した項番"], Cells(sheet, 0));
        const string Text = "id,氏名\n001,髙﨑 濵邊";
        Assert.Equal([1d, "C-1", "A.5.15, A.5.18", "アクセス権棚卸し（顧客DB）", Day("2026-07-01"), Day("2026-09-30"), Day("2026-09-30"), Day("2026-10-15"), Day("2026-10-09 10:41"), null,
            "受領", Day("2026-10-12 13:00"), "相川 有栖", null, "坊田 望", "ファイル", "棚卸し_顧客DB_7-9月.csv", (double)Encoding.UTF8.GetByteCount(Text), Hash(Text), null, null, null, 9d, null, null], Rounded(sheet, 1));
        Assert.Equal(["利用者一覧.txt", null], [Cells(sheet, 2)[16], Cells(sheet, 2)[19]]);
        Assert.Equal(["リンク", null, null, null, "https://intra.hibari-net.example/evidence?id=1&v=2"], Cells(sheet, 3)[15..20]);
        Assert.Equal(["記述", null, null, null, "=1+2 は式ではない"], Cells(sheet, 4)[15..20]);
        // Handed in for Alice by the compliance manager, five days late, and not decided yet.
        Assert.Equal(["A.8.15", "期限後提出", "提出済み", null, "間 真奈美", "相川 有栖", null], [Cells(sheet, 5)[2], .. Cells(sheet, 5)[9..15]]);
        Assert.Equal(6, sheet.Rows.Count); // what was returned is no evidence
    }

    [Fact]
    public async Task The_index_has_every_item_in_clause_order_with_coverage_owner_and_the_way_to_its_evidence()
    {
        var file = await Quarter.WriteAsync(database, Quarter.Order());
        var sheet = Workbook.Read(file)["項番別"]!;
        var rows = Enumerable.Range(1, sheet.Rows.Count - 1).Select(row => Rounded(sheet, row)).ToDictionary(row => (string)row[1]!);

        Assert.Equal(await database.ListAsync<string>("select official_ref from items where framework = 'iso27001-2022' and not is_group order by position"), rows.Keys);
        Assert.Equal(["アクセス権", "適用", null, "相川 有栖", "充足", Day("2027-01-18"), Day("2027-01-18"), 4d, 0d, "2行目"], rows["A.5.18"][2..12]);
        Assert.Equal(["適用", null, null, "期限切れ", null, Day("2026-10-15"), 0d, 1d, "6行目"], rows["A.8.15"][3..12]);
        Assert.Equal(["対象外", "開発を委託していない", null, "対象外", null, null, 0d, 0d, null], rows["A.8.30"][3..12]);
        Assert.Equal(["適用", null, null, "未手配"], rows["A.5.1"][3..7]);
        Assert.Contains("location=\"'証跡'!A2\"", Workbook.Part(file, "xl/worksheets/sheet2.xml"));
        Assert.Contains(rows.Values, row => row[12] is string note && note.StartsWith("表題は未確認", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gaps_are_items_without_cover_and_collections_overdue_returned_or_waived_with_their_reason()
    {
        var sheet = (await ReadAsync())["不足"]!;
        var rows = Enumerable.Range(1, sheet.Rows.Count - 1).Select(row => Rounded(sheet, row)).ToList();

        Assert.Equal(["証跡依頼がない項番", "充足していない項番", "期限超過の収集", "免除した収集"], rows.Select(row => (string)row[1]!).Distinct());
        Assert.Contains(rows, row => row is [_, "充足していない項番", "A.8.15", _, null, null, null, _, "期限切れ", null, "最初の期限を過ぎましたが、受領した証跡がありません。"]);
        Assert.Equal(["期限超過の収集", "A.8.13", "復元テスト記録", "C-11", Day("2026-07-01"), Day("2026-09-30"), Day("2026-10-15"), "差戻し", "相川 有栖", "40日超過しています。"], rows.Single(row => row[4] is "C-11")[1..]);
        Assert.Equal(["免除", "相川 有栖", "委託先の入れ替え中のため"], rows.Single(row => (string)row[1]! == "免除した収集")[8..]);
        Assert.DoesNotContain(rows, row => row[2] is "A.5.18" or "A.8.30");
        Assert.Equal(Enumerable.Range(1, rows.Count).Select(number => (object?)(double)number), rows.Select(row => row[0]));
    }

    [Fact]
    public async Task The_cover_says_what_it_is_about_counts_it_and_leaves_room_for_the_stamps()
    {
        var sheet = (await ReadAsync())["表紙"]!;
        var cells = Enumerable.Range(0, sheet.Rows.Count).SelectMany(row => Rounded(sheet, row)).Where(cell => cell is not null).ToList();

        Assert.Equal("証跡一覧 ISO/IEC 27001", cells[0]);
        Assert.Equal(["承認", "確認", "作成"], Cells(sheet, 0)[5..8]);
        Assert.Contains("ひばりネット株式会社", cells);
        Assert.Equal([Day("2026-07-01"), Day("2026-09-30")], After("対象期間", 2));
        Assert.Equal([Day("2026-11-24 09:00")], After("基準時刻", 1));
        Assert.Equal(["5件（受領 4、確認中 1）"], After("証跡", 1));
        Assert.Equal(["123項番（適用 122、対象外 1）"], After("対象範囲", 1));
        Assert.Matches("^[0-9a-f]{64}$", (string)After("データのSHA-256", 1)[0]!);
        Assert.Equal([2d, 0.01], After("充足", 2)); // 2 of 122: rounded down
        Assert.Equal([1d], After("受領", 1));
        Assert.Equal([1d, 1d], After("差戻し", 2));
        Assert.Equal([1d], After("免除", 1));

        List<object?> After(string label, int count) => cells.GetRange(cells.IndexOf(label) + 1, count);
    }

    [Theory]
    [InlineData("ja", "表紙 項番別 証跡 不足")]
    [InlineData("en", "Cover By item Evidence Gaps")]
    public async Task The_validator_finds_nothing_and_the_sheets_stand_in_order(string language, string sheets)
    {
        var file = await Quarter.WriteAsync(database, Quarter.Order(language));

        Workbook.AssertValid(file);
        Assert.Equal(sheets, string.Join(' ', Workbook.Read(file).Cast<DataTable>().Select(table => table.TableName)));
        for (var part = 1; part <= 4; part++)
        {
            var xml = Workbook.Part(file, $"xl/worksheets/sheet{part}.xml");
            Assert.Contains("paperSize=\"9\" orientation=\"landscape\"", xml);
            Assert.Equal(part < 4, xml.Contains("<autoFilter") && xml.Contains("state=\"frozen\"") && !xml.Contains("<mergeCell"));
        }
    }

    [Fact]
    public async Task An_English_workbook_holds_the_same_data()
    {
        using var japanese = new MemoryStream();
        using var english = new MemoryStream();
        var workbook = database.Get<EvidenceWorkbook>();

        var one = await workbook.WriteAsync(Quarter.Order(), japanese);
        var two = await workbook.WriteAsync(Quarter.Order("en"), english);

        Assert.Equal(one, two);
        var sheet = Workbook.Read(english.ToArray())["Evidence"]!;
        Assert.Equal(["No.", "Number", "Item", "Evidence request"], Cells(sheet, 0)[..4]);
        Assert.Equal(["A.5.15, A.5.18", "Accepted", "File"], [Cells(sheet, 1)[2], Cells(sheet, 1)[10], Cells(sheet, 1)[15]]);
        Assert.Equal("Evidence_iso27001-2022_20261124.xlsx", workbook.FileName(Quarter.Order("en")));
        Assert.Equal("証跡一覧_iso27001-2022_20261124.xlsx", workbook.FileName(Quarter.Order()));
    }

    [Fact]
    public async Task An_earlier_cut_off_shows_what_was_true_then()
    {
        var then = Workbook.Read(await Quarter.WriteAsync(database, Quarter.Order(cutoff: Quarter.Japan("2026-10-10T00:00:00"))));

        Assert.Equal(["提出済み", null], Cells(then["証跡"]!, 1)[10..12]);
        Assert.Equal(5, then["証跡"]!.Rows.Count);
        Assert.DoesNotContain("期限超過の収集", Contents(then["不足"]!));
    }

    [Fact]
    public async Task A_period_without_evidence_says_so()
    {
        var tables = Workbook.Read(await Quarter.WriteAsync(database, Quarter.Order() with { From = new(2020, 4, 1), To = new(2021, 3, 31) }));

        Assert.Equal([null, null, null, "該当なし"], Cells(tables["証跡"]!, 1)[..4]);
    }

    private async Task<DataTableCollection> ReadAsync() => Workbook.Read(await Quarter.WriteAsync(database, Quarter.Order()));

    private static string Contents(DataTable table) => string.Join('\n', table.Rows.Cast<DataRow>().Select(row => string.Join('|', row.ItemArray)));

    private static object?[] Cells(DataTable table, int row) => [.. table.Rows[row].ItemArray.Select(cell => cell is DBNull ? null : cell)];

    /// <summary>Instants to the minute: the arranged clock runs on.</summary>
    private static object?[] Rounded(DataTable table, int row) => [.. Cells(table, row).Select(cell => cell is DateTime at ? new DateTime(at.Ticks - (at.Ticks % TimeSpan.TicksPerMinute)) : cell)];

    private static DateTime Day(string text) => DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
