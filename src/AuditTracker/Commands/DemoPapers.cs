using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AuditTracker.Calendar;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Workbooks;

namespace AuditTracker.Commands;

/// <summary>The papers people of the demo hand in, made from <c>papers.yaml</c>: lists, workbooks, notes, printed reports, a traffic graph.</summary>
internal sealed partial class DemoPapers(PapersFile file, BusinessCalendar calendar)
{
    /// <summary>The files of one hand-in: name and bytes, the same in every run.</summary>
    public async Task<IReadOnlyList<(string Name, byte[] Bytes)>> OfAsync(DemoAct act, string who, string department)
    {
        var made = new List<(string, byte[])>();
        var chance = new Chance(act.Request, act.Period.From, act.Round + 1);
        for (var paper = file.Papers[act.Request]; paper is not null; paper = paper.And)
        {
            made.Add(await MakeAsync(paper, act, chance, who, department));
        }
        return made;
    }

    private async Task<(string, byte[])> MakeAsync(PaperEntry paper, DemoAct act, Chance chance, string who, string department)
    {
        string Fill(string text, DateOnly? day = null) => Hole().Replace(text, hole => Value(hole.Groups[1].Value, act, chance, who, department, day));
        var name = Fill(paper.Name);
        var rows = paper.Each is null ? paper.Rows.Select(row => row.ConvertAll(cell => Fill(cell)))
            : Days(act.Period).Where(calendar.IsBusinessDay).Select(day => paper.Rows[0].ConvertAll(cell => Fill(cell, day)));
        var bytes = Path.GetExtension(name) switch
        {
            ".csv" => Cp932.Strict.GetBytes(string.Concat(rows.Prepend(paper.Columns).Select(row => string.Join(',', row.Select(Cell)) + "\r\n"))),
            ".xlsx" => await WorkbookAsync(Fill(paper.Title), paper.Columns, rows, act.At),
            ".txt" => Encoding.UTF8.GetBytes(string.Concat(paper.Lines.Select(line => Fill(line)).Prepend("").Prepend(Fill(paper.Title)).Select(line => line + "\r\n"))),
            ".pdf" => DemoDrawings.Pdf(Fill(paper.Title), [.. paper.Lines.Select(line => Fill(line))]),
            _ => DemoDrawings.TrafficGraph(chance, act.Period.Days),
        };
        return (name, bytes);
    }

    private string Value(string hole, DemoAct act, Chance chance, string who, string department, DateOnly? day)
    {
        static string Slashed(DateOnly on) => on.ToString("yyyy/M/d", CultureInfo.InvariantCulture);
        return hole switch
        {
            "p" or "ym" => PeriodText.LabelWithYear(act.Period, calendar.Periods, "ja"),
            "who" => who,
            "dept" => department,
            "on" => Slashed(act.CapturedOn ?? JapanTime.DateOf(act.At)),
            "day" => Slashed(day!.Value),
            "d" => Slashed(calendar.ShiftToNext(act.Period.From.AddDays(chance.Next(0, Math.Max(1, act.Period.Days - 5))))),
            _ when Span().Match(hole) is { Success: true } span => chance.Next(int.Parse(span.Groups[1].ValueSpan, CultureInfo.InvariantCulture), int.Parse(span.Groups[2].ValueSpan, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture),
            _ => hole.Split('|') is var choices ? choices[chance.Next(0, choices.Length)] : "",
        };
    }

    private static async Task<byte[]> WorkbookAsync(string title, List<string> columns, IEnumerable<List<string>> rows, DateTime at)
    {
        using var bytes = new MemoryStream();
        await using (var book = await WorkbookWriter.CreateAsync(bytes, new WorkbookProperties(title, "ひばりネット株式会社", at)))
        {
            var sheet = await book.BeginSheetAsync(new SheetSetup(title) { Columns = [.. columns.Select(_ => 18d)], FrozenRows = 3, RepeatedRows = (3, 3) });
            await sheet.RowAsync();
            sheet.Text(title, CellStyle.Plain);
            await sheet.RowAsync();
            foreach (var row in rows.Prepend(columns))
            {
                await sheet.RowAsync();
                foreach (var cell in row)
                {
                    if (long.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (cell.Length == 1 || cell[0] != '0'))
                    {
                        sheet.Number(number);
                    }
                    else
                    {
                        sheet.Text(cell);
                    }
                }
            }
            await book.CompleteAsync();
        }
        return bytes.ToArray();
    }

    private static IEnumerable<DateOnly> Days(Period period) => Enumerable.Range(0, period.Days).Select(period.From.AddDays);

    private static string Cell(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Hole();

    [GeneratedRegex("^([0-9]+)-([0-9]+)$")]
    private static partial Regex Span();
}
