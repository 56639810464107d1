using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Training;

/// <summary>A line of a list of attendance that cannot be taken.</summary>
/// <param name="Problem">A key of the words: <c>AttendanceUnknown</c> and the like.</param>
/// <param name="Other">The line it contradicts.</param>
public sealed record AttendanceProblem(int Line, string EmployeeNo, string Problem, int? Other = null);

/// <summary>A line of a list of attendance.</summary>
/// <param name="AttendedOn">As it stands there; empty: the day of the whole list.</param>
public sealed record AttendanceLine(int Line, string EmployeeNo, int? Score = null, string AttendedOn = "")
{
    public DateOnly? On => DateInput.Parse(AttendedOn).Day;
}

/// <summary>Who attended, by employee number, with the score of a test on paper if there was one, and the day.</summary>
public sealed record Attendance(IReadOnlyList<AttendanceLine> Lines)
{
    /// <summary>When it was, where a line does not say; null: today.</summary>
    public DateOnly? AttendedOn { get; init; }

    /// <summary>The most lines of one list.</summary>
    public const int Most = 20_000;

    private static readonly string[] NumberHeads = ["社員番号", "employee_no", "employee number"];
    private static readonly string[] ScoreHeads = ["得点", "点数", "score"];
    private static readonly string[] DayHeads = ["受講日", "実施日", "attended_on", "attended on"];

    /// <summary>Numbers typed one a line, or separated by commas or spaces.</summary>
    public static Attendance Typed(string text) => new([.. text.Split([' ', '　', ',', '、', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select((number, index) => new AttendanceLine(index + 1, number.Normalize(System.Text.NormalizationForm.FormKC)))]);

    /// <summary>A CSV or workbook with a column 社員番号 and, if there was a test, 得点; 受講日 where it was not the same day for all.</summary>
    /// <exception cref="InvalidInput">No such table.</exception>
    public static Attendance Of(byte[] file)
    {
        static bool Is(string[] heads, string head) => heads.Contains(head.Trim(), StringComparer.OrdinalIgnoreCase);
        var table = FileTable.Read(file, Most + 1, 400, null, head => Is(NumberHeads, head) || Is(ScoreHeads, head) || Is(DayHeads, head));
        var heads = table.Header?.Cells.ToList() ?? [];
        int At(string[] known) => heads.FindIndex(head => Is(known, head));
        var (number, score, day) = (At(NumberHeads), At(ScoreHeads), At(DayHeads));
        if (table.Problem is not null || table.Problems.Count > 0 || number < 0)
        {
            throw InvalidInput.At<Words>("file", "AttendanceNoTable");
        }
        return new([.. table.Rows.Where(row => row.Cells.Any(cell => cell.Length > 0)).Select(row =>
        {
            string Cell(int column) => column >= 0 && column < row.Cells.Count ? row.Cells[column].Trim().Normalize(System.Text.NormalizationForm.FormKC) : "";
            return new AttendanceLine(row.Line, Cell(number), Cell(score).Length == 0 ? null : int.TryParse(Cell(score), out var points) ? points : -1, Cell(day));
        })]);
    }
}

/// <summary>Attendance at a make-up session or on paper: completes people as if they had taken the test, with who recorded it. All lines or none.</summary>
public sealed class RecordAttendance(Db db)
{
    /// <param name="how"><c>session</c> or <c>paper</c>.</param>
    /// <param name="note">Date, place, material, or where the answers are kept.</param>
    /// <returns>How many are new; those completed before stay as they were. Problems: nothing was recorded.</returns>
    public async Task<(int Recorded, int Already, IReadOnlyList<AttendanceProblem> Problems)> RunAsync(CurrentUser user, long campaign, Attendance attendance, string how, string note, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await CampaignStore.LockAsync(work, user, campaign, user.Is(Role.ComplianceManager), ct) ?? throw new NotFound();
        if (!found.IsRunning)
        {
            throw Refusal.Of<Words>("NotRunning");
        }
        if (how is not ("session" or "paper"))
        {
            throw InvalidInput.At<Words>("how", "HowEmpty");
        }
        if (note.Trim().Length is 0 or > 1000)
        {
            throw InvalidInput.At<Words>("note", "NoteLength", 1000);
        }
        if (attendance.Lines.Count is 0 or > Attendance.Most)
        {
            throw InvalidInput.At<Words>("numbers", "AttendanceEmpty", Attendance.Most);
        }
        if (attendance.AttendedOn is { } typed && (typed > work.Today || typed < found.OpensOn))
        {
            throw InvalidInput.At<Words>("attendedOn", "AttendedRange", DateText.Plain(found.OpensOn));
        }
        var roster = (await work.QueryAsync<(string No, long Id, bool Done)>("""
            select r.employee_no, r.id, g.completed_at is not null from training_roster r left join training_progress g on g.roster_id = r.id
            where r.campaign_id = @campaign and r.employee_no = any(@numbers) order by r.id
            """, new { campaign, numbers = attendance.Lines.Select(line => line.EmployeeNo).ToArray() }, ct)).ToDictionary(row => row.No);
        var passMark = await work.FirstAsync<int>("select pass_mark from training_course_versions where course = @Course and version = @CourseVersion", found, ct);
        var problems = Problems(attendance, roster.ContainsKey, passMark, found.OpensOn, work.Today);
        if (problems.Count > 0)
        {
            return (0, 0, problems);
        }
        var lines = attendance.Lines.GroupBy(line => roster[line.EmployeeNo].Id).Where(group => !roster[group.First().EmployeeNo].Done)
            .Select(group => (Id: group.Key, Score: group.Max(line => line.Score), On: group.Max(line => line.On) ?? attendance.AttendedOn ?? work.Today)).ToList();
        var completed = await work.QueryAsync<long>("""
            insert into training_progress (roster_id, started_at, completed_at, how, score, recorded_by, note, attended_on)
            select id, @Now, @Now, @how, score, @AccountId, @note, attended_on from unnest(@ids, @scores, @days) n (id, score, attended_on)
            on conflict (roster_id) do update set started_at = coalesce(training_progress.started_at, excluded.started_at), completed_at = excluded.completed_at, how = excluded.how, score = excluded.score,
                recorded_by = excluded.recorded_by, note = excluded.note, attended_on = excluded.attended_on where training_progress.completed_at is null
            returning roster_id
            """, new { ids = lines.Select(line => line.Id).ToArray(), scores = lines.Select(line => line.Score).ToArray(), days = lines.Select(line => line.On).ToArray(), how, note = note.Trim(), user.AccountId, work.Now }, ct);
        await Completion.SettleAsync(work, found, completed, ct);
        await work.ActAsync("training.attendanceRecorded", PlanCampaign.Subject(campaign), new Dictionary<string, string?> { ["count"] = $"{completed.Count}" }, note.Trim(), ct);
        await work.CommitAsync(ct);
        return (completed.Count, attendance.Lines.Count - completed.Count, []);
    }

    /// <summary>What keeps the list from being taken, by line.</summary>
    private static List<AttendanceProblem> Problems(Attendance attendance, Func<string, bool> isOnRoster, int passMark, DateOnly opensOn, DateOnly today)
    {
        IEnumerable<AttendanceProblem> Each(Func<AttendanceLine, bool> isWrong, string problem) => attendance.Lines.Where(isWrong).Select(line => new AttendanceProblem(line.Line, line.EmployeeNo, problem));
        // The same number twice may say less, but nothing else.
        var apart = attendance.Lines.GroupBy(line => line.EmployeeNo).SelectMany(group => group.SelectMany((line, index) => group.Take(index)
            .Where(other => line.Score is { } score && other.Score is { } before && score != before || line.On is { } on && other.On is { } day && on != day).Take(1)
            .Select(other => new AttendanceProblem(line.Line, line.EmployeeNo, "AttendanceContradicts", other.Line))));
        return
        [
            .. Each(line => !isOnRoster(line.EmployeeNo), "AttendanceUnknown")
                .Concat(Each(line => line.Score is < 0 or > 100, "AttendanceScore"))
                .Concat(Each(line => line.Score >= 0 && line.Score < passMark, "AttendanceNotPassed"))
                .Concat(Each(line => line.AttendedOn.Length > 0 && line.On is null, "AttendanceDay"))
                .Concat(Each(line => line.On > today || line.On < opensOn, "AttendanceDayRange"))
                .Concat(apart).OrderBy(problem => problem.Line),
        ];
    }
}
