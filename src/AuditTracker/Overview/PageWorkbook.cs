using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview;

/// <summary>What a page shows, streamed as a workbook while it is read; its first sheet says of what, narrowed how and as of when.</summary>
/// <param name="FileTitle">The file is named after it and the day.</param>
/// <param name="Conditions">Filters in force, each with its name.</param>
/// <param name="Columns">Head and width in half-width characters.</param>
/// <param name="Rows">Writes the rows; each has a cell for every column.</param>
public sealed record PageWorkbook(string FileTitle, string Title, DateTime At, IReadOnlyList<(string Name, string Value)> Conditions, IReadOnlyList<(string Head, double Width)> Columns, Func<SheetWriter, Task> Rows) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var http = context.HttpContext;
        var words = http.RequestServices.GetRequiredService<IStringLocalizer<AuditTracker.Overview.Words>>();
        http.Response.ContentType = WorkbookWriter.MediaType;
        http.Response.Headers.ContentDisposition = FileDownload.Disposition(string.Create(CultureInfo.InvariantCulture, $"{FileTitle}_{JapanTime.DateOf(At):yyyyMMdd}.xlsx"));
        http.Response.Headers.CacheControl = "no-store, private";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var english = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";
        await using var workbook = await WorkbookWriter.CreateAsync(http.Response.Body, new WorkbookProperties(Title, "AuditTracker", At) { Words = english ? WorkbookWords.English : WorkbookWords.Japanese }, http.RequestAborted);
        var sheet = await workbook.BeginSheetAsync(new SheetSetup(Title) { Columns = [.. Columns.Select(column => column.Width)], FrozenRows = 1, FrozenColumns = 1, RepeatedRows = (1, 1), FilterRow = 1, HeaderLeft = Title, HeaderRight = DateText.Moment(At) });
        await sheet.RowAsync();
        foreach (var (head, _) in Columns)
        {
            sheet.Text(head, CellStyle.Heading);
        }
        await Rows(sheet);
        var count = sheet.RowNumber - 1;
        var cover = await workbook.BeginSheetAsync(new SheetSetup(words["SheetConditions"]) { Columns = [18, 60], Portrait = true, TabOrder = 1 });
        await cover.RowAsync();
        cover.TextAcross(Title, 2, CellStyle.Title);
        foreach (var (name, value) in Conditions.Append((words["SheetAt"], DateText.Moment(At))).Append((words["SheetCount"], count.ToString("N0", CultureInfo.InvariantCulture))))
        {
            await cover.RowAsync();
            cover.Text(name, CellStyle.Label);
            cover.Text(value);
        }
        await workbook.CompleteAsync();
    }
}
