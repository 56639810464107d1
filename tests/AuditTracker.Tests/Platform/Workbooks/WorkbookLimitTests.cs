using AuditTracker.Platform.Workbooks;

namespace AuditTracker.Tests.Platform.Workbooks;

public sealed class WorkbookLimitTests
{
    [Fact]
    public async Task A_text_longer_than_a_cell_goes_on_on_its_own_sheet()
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i:00000}😀"));
        var file = await Workbook.WriteSheetAsync(async sheet =>
        {
            await sheet.RowAsync();
            await sheet.RowAsync();
            sheet.Text("短い");
            sheet.Text(text);
        });
        Workbook.AssertValid(file);
        var tables = Workbook.Read(file);
        var cell = (string)tables["明細"]!.Rows[1][1];
        const string ending = "…（続きはシート「長文の続き」にあります）";
        Assert.True(cell.Length <= SheetWriter.MaxCharacters);
        Assert.EndsWith(ending, cell);
        var rest = tables["長文の続き"]!.Rows;
        var parts = Enumerable.Range(1, rest.Count - 1).Select(i => rest[i]).ToList();
        Assert.All(parts, row => Assert.Equal(("明細", "B2"), ((string)row[0], (string)row[1])));
        Assert.Equal(Enumerable.Range(2, parts.Count).Select(n => (double)n), parts.Select(row => (double)row[2]));
        Assert.Equal(text, cell[..^ending.Length] + string.Concat(parts.Select(row => (string)row[3])));
    }

    [Fact]
    public async Task A_text_that_just_fits_stays_whole()
    {
        var text = new string('あ', SheetWriter.MaxCharacters);
        var tables = Workbook.Read(await Workbook.WriteRowAsync(sheet => sheet.Text(text)));
        Assert.Equal(text, tables[0].Rows[0][0]);
        Assert.Single(tables.Cast<System.Data.DataTable>());
    }

    [Fact]
    public async Task The_row_after_Excels_last_one_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<WorkbookLimitException>(() => Workbook.WriteSheetAsync(async sheet =>
        {
            await sheet.SkipRowsAsync(SheetWriter.MaxRows);
            Assert.Equal(SheetWriter.MaxRows, sheet.RowNumber);
            await sheet.RowAsync();
        }));
        Assert.Contains("明細", refusal.Message);
    }

    [Fact]
    public async Task The_column_after_Excels_last_one_is_refused() =>
        await Assert.ThrowsAsync<WorkbookLimitException>(() => Workbook.WriteRowAsync(sheet =>
        {
            sheet.Skip(SheetWriter.MaxColumns - 1);
            sheet.Text("XFD");
            sheet.Text("XFE");
        }));

    [Fact]
    public async Task Cells_need_a_row_and_a_workbook_needs_a_sheet()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Workbook.WriteAsync(_ => Task.CompletedTask));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Workbook.WriteSheetAsync(sheet =>
        {
            sheet.Text("早すぎる");
            return Task.CompletedTask;
        }));
    }

    [Fact]
    public async Task A_sheet_is_closed_once_the_next_one_begins() =>
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Workbook.WriteAsync(async workbook =>
        {
            var first = await workbook.BeginSheetAsync(new SheetSetup("一"));
            await workbook.BeginSheetAsync(new SheetSetup("二"));
            await first.RowAsync();
        }));
}
