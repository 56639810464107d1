using AuditTracker.Platform.Workbooks;
using Microsoft.Extensions.Localization;

namespace AuditTracker.People;

/// <summary>The lines of a file that have errors, as a workbook with the reasons beside them: put right there, it is taken again as it is.</summary>
public static class ErrorWorkbook
{
    /// <param name="words">The reader's language, in which the reasons are given.</param>
    public static async Task WriteAsync(Stream stream, PeopleFile file, IReadOnlyList<PeopleFileError> errors, IStringLocalizer words, DateTime at, CancellationToken ct)
    {
        var heads = file.Table.Header?.Cells ?? [];
        var cells = file.Table.Rows.Select(row => (row.Line, row.Cells)).Concat(file.Table.Problems.Select(problem => (problem.Line, Cells: problem.Cells ?? [])))
            .GroupBy(row => row.Line).ToDictionary(row => row.Key, row => row.First().Cells);
        await using var workbook = await WorkbookWriter.CreateAsync(stream, new(words["ImportErrorSheet"], "AuditTracker", at), ct);
        var sheet = await workbook.BeginSheetAsync(new(words["ImportErrorSheet"])
        {
            Columns = [.. heads.Select(_ => 16.0), 60],
            FrozenRows = 1,
            RepeatedRows = (1, 1),
            FilterRow = 1,
        });
        await sheet.RowAsync();
        foreach (var head in heads)
        {
            sheet.Text(head.Trim(), CellStyle.Heading);
        }

        // No head we read: the column is passed over when the workbook comes back.
        sheet.Text(words["ImportReason"], CellStyle.Heading);
        foreach (var line in errors.GroupBy(error => error.Line).OrderBy(line => line.Key))
        {
            await sheet.RowAsync();
            var row = cells.GetValueOrDefault(line.Key) ?? [];
            for (var column = 0; column < heads.Count; column++)
            {
                sheet.Text(row.ElementAtOrDefault(column), CellStyle.Code);
            }

            sheet.Text(string.Join('\n', line.Select(error => error.In(words))));
        }

        await workbook.CompleteAsync();
    }
}
