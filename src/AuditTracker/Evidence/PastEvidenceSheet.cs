using System.Text;
using AuditTracker.Calendar;
using AuditTracker.Platform.Files;

namespace AuditTracker.Evidence;

/// <summary>What is wrong with a line, or worth pointing out: a key of the room's words and its values.</summary>
/// <param name="Line">Of the sheet, from 1; 0: about the whole.</param>
public sealed record PastProblem(int Line, string Key, params string[] Args);

/// <summary>One line of the sheet, as far as it can be read by itself.</summary>
/// <param name="Files">Paths as written, one a line of the cell.</param>
public sealed record PastLine(int Line, string Request, string PeriodText, Period? Period, DateOnly? CapturedOn, IReadOnlyList<string> Files,
    DateOnly? SubmittedOn, string SubmittedBy, DateOnly? AcceptedOn, string AcceptedBy, string Remark, IReadOnlyList<PastProblem> Problems);

/// <summary>The sheet that lists past evidence: XLSX or CSV with the columns below, in any order.</summary>
public sealed record PastEvidenceSheet(IReadOnlyList<PastLine> Lines, IReadOnlyList<PastProblem> Problems)
{
    public const int MaxRows = 5000;
    private const int MaxCell = 4000;

    /// <summary>Column, whether it must be there, and the heads it is known by; the first two are those of the form to download.</summary>
    public static IReadOnlyList<(string Key, bool Needed, string[] Heads)> Columns { get; } =
    [
        ("PastRequest", true, ["依頼", "Request", "依頼名", "証跡依頼", "証跡"]),
        ("PastPeriod", false, ["対象期間", "Period", "期間"]),
        ("PastFrom", false, ["対象期間（開始）", "Period from", "期間開始", "from"]),
        ("PastTo", false, ["対象期間（終了）", "Period to", "期間終了", "to"]),
        ("PastCaptured", true, ["取得日", "Captured on", "captured_on"]),
        ("PastFile", true, ["ファイル", "File", "ファイル名", "files"]),
        ("PastSubmittedOn", false, ["提出日", "Submitted on"]),
        ("PastSubmittedBy", false, ["提出者", "Submitted by"]),
        ("PastAcceptedOn", false, ["受領日", "Accepted on"]),
        ("PastAcceptedBy", false, ["受領者", "Accepted by"]),
        ("PastRemark", false, ["備考", "Remark", "note"]),
    ];

    /// <summary>Whether the head of a column is one of ours: finds the sheet among the files, and its heads below titles.</summary>
    public static bool IsKnown(string head) => ColumnOf(head) is not null;

    /// <summary>Reads the sheet's bytes; never throws. <see cref="Problems"/> are about the whole.</summary>
    public static PastEvidenceSheet Read(byte[] bytes, FiscalPeriods fiscal, DateOnly today)
    {
        var table = FileTable.Read(bytes, MaxRows, MaxCell, null, IsKnown);
        if (table.Problem is not null)
        {
            return new([], [new(table.ProblemLine, "PastSheetUnreadable")]);
        }
        var columns = (table.Header?.Cells ?? []).Select((head, at) => (Key: ColumnOf(head), at)).Where(column => column.Key is not null).DistinctBy(column => column.Key).ToDictionary(column => column.Key!, column => column.at);
        var missing = Columns.Where(column => column.Needed && !columns.ContainsKey(column.Key)).Select(column => column.Heads[0]).ToList();
        if (!columns.ContainsKey("PastPeriod") && !(columns.ContainsKey("PastFrom") && columns.ContainsKey("PastTo")))
        {
            missing.Add("対象期間");
        }
        if (missing.Count > 0)
        {
            return new([], [new(table.Header?.Line ?? 1, "PastColumnsMissing", string.Join("、", missing))]);
        }
        var problems = table.Problems.Select(problem => new PastProblem(problem.Line, problem.Kind == CsvProblemKind.TooManyRows ? "PastTooManyRows" : "PastLineUnreadable", $"{MaxRows}")).ToList();
        return new([.. table.Rows.Select(row => Line(row, columns, fiscal, today))], problems);
    }

    private static PastLine Line(CsvLine row, Dictionary<string, int> columns, FiscalPeriods fiscal, DateOnly today)
    {
        var problems = new List<PastProblem>();
        string Cell(string key) => columns.TryGetValue(key, out var at) ? row.Cells[at].Trim() : "";
        DateOnly? Day(string key, bool needed = false)
        {
            var text = Cell(key);
            var day = DateInput.Parse(text).Day;
            if (text.Length > 0 ? day is null : needed)
            {
                problems.Add(text.Length == 0 ? new(row.Line, "PastCellEmpty", key) : new(row.Line, "PastDateUnreadable", key, text));
            }
            else if (day > today)
            {
                problems.Add(new(row.Line, "PastDateInFuture", key, text));
            }
            return day;
        }
        var request = Cell("PastRequest");
        if (request.Length == 0)
        {
            problems.Add(new(row.Line, "PastCellEmpty", "PastRequest"));
        }
        var (word, from, to) = (Cell("PastPeriod"), Cell("PastFrom"), Cell("PastTo"));
        var period = word.Length > 0 ? PeriodInput.Parse(word, fiscal) : PeriodInput.Between(from, to);
        if (word.Length == 0)
        {
            word = from.Length + to.Length > 0 ? $"{from}～{to}" : "";
        }
        if (period is null)
        {
            problems.Add(word.Length == 0 ? new(row.Line, "PastCellEmpty", "PastPeriod") : new(row.Line, "PastPeriodUnreadable", word));
        }
        else if (period.Value.To >= today)
        {
            problems.Add(new(row.Line, "PastPeriodNotOver", word));
        }
        var captured = Day("PastCaptured", needed: true);
        var files = Cell("PastFile").Split(['\n', ';', '；'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (files.Length == 0)
        {
            problems.Add(new(row.Line, "PastCellEmpty", "PastFile"));
        }
        var (submitted, accepted) = (Day("PastSubmittedOn"), Day("PastAcceptedOn"));
        if (accepted < submitted)
        {
            problems.Add(new(row.Line, "PastAcceptedBeforeSubmitted"));
        }
        return new(row.Line, request, word, period, captured, files, submitted, Cell("PastSubmittedBy"), accepted, Cell("PastAcceptedBy"), Cell("PastRemark"), problems);
    }

    private static string? ColumnOf(string head)
    {
        static string Key(string text) => string.Concat(text.Normalize(NormalizationForm.FormKC).Where(letter => !char.IsWhiteSpace(letter))).ToLowerInvariant();
        var wanted = Key(head);
        return Columns.Where(column => column.Heads.Any(known => Key(known) == wanted)).Select(column => column.Key).FirstOrDefault();
    }
}
