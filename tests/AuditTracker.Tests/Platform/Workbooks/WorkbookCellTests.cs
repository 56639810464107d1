using AuditTracker.Platform.Workbooks;

namespace AuditTracker.Tests.Platform.Workbooks;

public sealed class WorkbookCellTests
{
    [Theory]
    [InlineData("髙﨑濵邊")]
    [InlineData("株式会社ひばりネット　東京")]
    [InlineData("絵文字😀と𠮷野家")]
    [InlineData("葛\U000E0100城市")]
    [InlineData("a<b>&\"c\"'d'")]
    [InlineData("]]> <![CDATA[")]
    [InlineData("  前後の空白  ")]
    [InlineData("一行目\n二行目\tタブ")]
    [InlineData("_x0041_ そのまま _x005F_ _X000a_")]
    [InlineData("棚卸し_顧客DB_x.xlsx")]
    [InlineData("制御\u0001文字\u001Fと\u0000")]
    [InlineData("終わり\uFFFF\uFFFE")]
    [InlineData("000123")]
    [InlineData("=1+2")]
    [InlineData("=HYPERLINK(\"https://evil.example\",\"x\")")]
    [InlineData("@SUM(A1)")]
    [InlineData("-1+1")]
    [InlineData("TRUE")]
    [InlineData("2026/11/24")]
    public async Task Text_comes_back_as_it_went_in(string text)
    {
        var file = await Workbook.WriteRowAsync(sheet => sheet.Text(text));
        Assert.Equal(text, Workbook.Read(file)[0].Rows[0][0]);
        Assert.DoesNotContain("<f", Workbook.Part(file, "xl/worksheets/sheet1.xml"));
        Workbook.AssertValid(file);
    }

    [Fact]
    public async Task Windows_line_ends_become_cell_line_breaks() =>
        Assert.Equal("一\n二\n三", (await Workbook.ReadBackRowAsync(sheet => sheet.Text("一\r\n二\r三")))[0]);

    [Fact]
    public async Task Half_a_surrogate_pair_becomes_the_replacement_character() =>
        Assert.Equal("前\uFFFD後&", (await Workbook.ReadBackRowAsync(sheet => sheet.Text("前\uD83D後&")))[0]);

    [Fact]
    public async Task Numbers_are_numbers()
    {
        var row = await Workbook.ReadBackRowAsync(sheet =>
        {
            sheet.Number(-1240);
            sheet.Number(1234.56m);
            sheet.Number(0.875m, CellStyle.Percent);
            sheet.Number(999_999_999_999_999);
        });
        Assert.Equal([-1240d, 1234.56d, 0.875d, 999_999_999_999_999d], row.Cast<double>());
    }

    [Fact]
    public async Task Numbers_Excel_would_round_stay_exact_as_text()
    {
        var row = await Workbook.ReadBackRowAsync(sheet =>
        {
            sheet.Number(1_234_567_890_123_456_789);
            sheet.Number(long.MinValue);
            sheet.Number(0.1234567890123456789m);
        });
        Assert.Equal(["1234567890123456789", "-9223372036854775808", "0.1234567890123456789"], row);
    }

    [Fact]
    public async Task Dates_are_real_dates_and_instants_are_Tokyo_time()
    {
        var row = await Workbook.ReadBackRowAsync(sheet =>
        {
            sheet.Date(new DateOnly(2026, 11, 24));
            sheet.Date(new DateOnly(1900, 3, 1));
            sheet.Date(new DateOnly(9999, 12, 31));
            sheet.Instant(new DateTime(2026, 11, 23, 15, 0, 0, DateTimeKind.Utc));
            sheet.Instant(new DateTime(2026, 11, 24, 14, 59, 59, DateTimeKind.Utc));
            sheet.Date(new DateOnly(1899, 4, 1));
        });
        Assert.Equal(
            [new DateTime(2026, 11, 24), new DateTime(1900, 3, 1), new DateTime(9999, 12, 31), new DateTime(2026, 11, 24), new DateTime(2026, 11, 24, 23, 59, 59), "1899/04/01"],
            row);
    }

    [Fact]
    public async Task Every_second_of_a_day_survives()
    {
        var midnight = new DateTime(2026, 11, 23, 15, 0, 0, DateTimeKind.Utc);
        var file = await Workbook.WriteSheetAsync(async sheet =>
        {
            for (var second = 0; second < 86_400; second++)
            {
                await sheet.RowAsync();
                sheet.Instant(midnight.AddSeconds(second));
            }
        });
        var rows = Workbook.Read(file)[0].Rows;
        Assert.Equal(86_400, rows.Count);
        for (var second = 0; second < 86_400; second++)
            Assert.Equal(midnight.AddSeconds(second).AddHours(9), rows[second][0]);
    }

    [Fact]
    public async Task A_date_in_a_style_that_would_show_a_number_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Workbook.WriteRowAsync(sheet => sheet.Date(new DateOnly(2026, 1, 1), CellStyle.Text)));
        await Assert.ThrowsAsync<ArgumentException>(() => Workbook.WriteRowAsync(sheet => sheet.Instant(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Local))));
    }

    [Fact]
    public async Task Nothing_is_blank_and_takes_its_place()
    {
        var row = await Workbook.ReadBackRowAsync(sheet =>
        {
            sheet.Text(null);
            sheet.Number((long?)null);
            sheet.Date(null);
            sheet.Instant(null);
            sheet.Skip();
            sheet.Text("六番目");
        });
        Assert.Equal([DBNull.Value, DBNull.Value, DBNull.Value, DBNull.Value, DBNull.Value, "六番目"], row);
    }

    [Fact]
    public async Task Only_https_addresses_become_links()
    {
        var plain = 0;
        var file = await Workbook.WriteRowAsync(sheet =>
        {
            sheet.Link("保管場所", "https://intra.hibari-net.example/a?b=1&c=\"2\"");
            sheet.Link("古い", "http://intra.hibari-net.example/");
            sheet.Link("罠", "javascript:alert(1)");
            sheet.Link("名前つき", "https://user:secret@hibari-net.example/");
            sheet.Link("", "file:///etc/passwd");
            plain = sheet.LinksLeftPlain;
        });
        Workbook.AssertValid(file);
        var relations = Workbook.Part(file, "xl/worksheets/_rels/sheet1.xml.rels");
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(relations, "<Relationship "));
        Assert.Contains("Target=\"https://intra.hibari-net.example/a?b=1&amp;c=%222%22\"", relations);
        Assert.Equal(["保管場所", "古い http://intra.hibari-net.example/", "罠 javascript:alert(1)", "名前つき https://user:secret@hibari-net.example/", "file:///etc/passwd"],
            Workbook.Read(file)[0].Rows[0].ItemArray);
        Assert.Equal(4, plain);
    }

    [Fact]
    public async Task The_link_after_Excels_last_one_shows_its_address()
    {
        var plain = 0;
        var file = await Workbook.WriteSheetAsync(async sheet =>
        {
            for (var i = 1; i <= 65_531; i++)
            {
                await sheet.RowAsync();
                sheet.Link("開く", $"https://hibari-net.example/{i}");
            }
            plain = sheet.LinksLeftPlain;
        });
        var rows = Workbook.Read(file)[0].Rows;
        Assert.Equal("開く", rows[65_529][0]);
        Assert.Equal("開く https://hibari-net.example/65531", rows[65_530][0]);
        Assert.Equal(1, plain);
    }
}
