using System.Globalization;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Platform.Web;

/// <summary>A column of a list's workbook.</summary>
/// <param name="Head">The word above it, as on the page.</param>
/// <param name="Width">In half-width characters.</param>
/// <param name="Cell">Writes exactly one cell.</param>
public sealed record ListColumn<T>(string Head, double Width, Action<SheetWriter, T> Cell);

/// <summary>
/// この内容をExcelで: the rows of a list, all of them and in its order, streamed as a workbook while they are read. The first sheet repeats what
/// the list was narrowed to, its order, the instant and the count.
/// </summary>
/// <param name="Name">What is listed; title, sheet and file name.</param>
/// <param name="Filters">The words of the filters in force; none: everything the reader sees.</param>
/// <param name="Order">The word of the column it is ordered by.</param>
/// <param name="Rows">At most <see cref="Most"/> are written.</param>
public sealed record ListSheet<T>(string Name, IReadOnlyList<string> Filters, string Order, bool Descending, IReadOnlyList<ListColumn<T>> Columns, IAsyncEnumerable<T> Rows) : IActionResult
{
    /// <summary>What fits on a sheet, with its head and some room.</summary>
    public const int Most = 1_000_000;

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var http = context.HttpContext;
        var words = http.RequestServices.GetRequiredService<IStringLocalizer<Words>>();
        await http.LoadShellAsync();
        var at = http.Shell().BusinessNow ?? DateTime.UtcNow;
        var asOf = http.RequestServices.GetRequiredService<WriteInstant>()(at, "table");
        var english = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";
        http.Response.ContentType = WorkbookWriter.MediaType;
        http.Response.Headers.ContentDisposition = FileDownload.Disposition($"{Name}_{PlainDates.DayOf(at):yyyyMMdd}.xlsx");
        http.Response.Headers.CacheControl = "no-store, private";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await using var workbook = await WorkbookWriter.CreateAsync(http.Response.Body,
            new WorkbookProperties(Name, http.Shell().Company, at) { Words = english ? WorkbookWords.English : WorkbookWords.Japanese }, http.RequestAborted);
        var sheet = await workbook.BeginSheetAsync(new SheetSetup(Name)
        {
            Columns = [.. Columns.Select(column => column.Width)],
            FrozenRows = 1,
            FrozenColumns = 1,
            RepeatedRows = (1, 1),
            FilterRow = 1,
            HeaderLeft = Name,
            HeaderRight = words["AsOf", asOf],
            FooterLeft = http.Shell().Company,
        });
        await sheet.RowAsync();
        foreach (var column in Columns)
        {
            sheet.Text(column.Head, CellStyle.Heading);
        }
        var count = 0;
        await foreach (var row in Rows.WithCancellation(http.RequestAborted))
        {
            if (count == Most)
            {
                count++;
                break;
            }
            await sheet.RowAsync();
            foreach (var column in Columns)
            {
                column.Cell(sheet, row);
            }
            count++;
        }
        await CoverAsync(workbook, words, asOf, count);
        await workbook.CompleteAsync();
    }

    private async Task CoverAsync(WorkbookWriter workbook, IStringLocalizer words, string asOf, int count)
    {
        var cover = await workbook.BeginSheetAsync(new SheetSetup(words["SheetConditions"]) { Columns = [18, 70], Portrait = true, TabOrder = 1 });
        await cover.RowAsync();
        cover.TextAcross(Name, 2, CellStyle.Title);
        foreach (var (name, value) in new (string, string)[]
        {
            ("SheetFilters", Filters.Count == 0 ? words["SheetNoFilters"] : string.Join("\n", Filters)),
            ("SheetOrder", words[Descending ? "Descending" : "Ascending", Order]),
            ("SheetAt", asOf),
            ("SheetCount", count > Most ? words["SheetCut", Most] : words["SheetRows", count]),
        })
        {
            await cover.RowAsync();
            cover.Text(words[name], CellStyle.Label);
            cover.Text(value);
        }
    }
}
