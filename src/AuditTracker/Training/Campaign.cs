using AuditTracker.Platform;

namespace AuditTracker.Training;

/// <summary>One run of a course for a roster, from the plan to the approved report. Year after year is a campaign of its own.</summary>
/// <param name="Kind">yearly, joiners, roleChange, incident or makeUp.</param>
/// <param name="CutoffOn">Who is employed on this day is on the roster.</param>
/// <param name="JoinerDays">Of a campaign for joiners: days from the hire date to each one's due date.</param>
/// <param name="State">planned, approved, running, reported or closed.</param>
public sealed record Campaign(long Id, string Title, string Kind, int FiscalYear, string Course, int CourseVersion, string Purpose, DateOnly CutoffOn, DateOnly OpensOn, DateOnly DueOn, int JoinerDays,
    long ResponsibleId, string ResponsibleNo, string Responsible, string State, int Version, long ByAccount, string By, DateTime At, string? ApprovedBy, DateTime? ApprovedAt, DateTime? StartedAt,
    string Report, long? ReportedAccount, string? ReportedBy, DateTime? ReportedAt, string? ClosedBy, DateTime? ClosedAt)
{
    public static readonly IReadOnlyList<string> Kinds = ["yearly", "joiners", "roleChange", "incident", "makeUp"];

    public bool IsForJoiners => Kind == "joiners";
    public bool IsRunning => State == "running";

    /// <summary>The plan is still being written.</summary>
    public bool IsOpenToChange => State == "planned";

    /// <summary>Past its due date and still running: who is left is reminded.</summary>
    public bool IsChasing(DateOnly today) => IsRunning && today > DueOn;

    /// <summary>The plan is approved before anything starts, by somebody else than who wrote it.</summary>
    /// <exception cref="Refusal">It was approved before, or the account wrote it.</exception>
    public void Approve(long account)
    {
        Require(State == "planned", "NotPlanned");
        Require(account != ByAccount, "ApproveOwn");
    }

    /// <summary>The report may be written once nobody is left unexplained (対象者 = 受講 + 未受講 by reason).</summary>
    /// <exception cref="Refusal">Not running, nobody on the roster, or somebody neither completed nor is explained.</exception>
    public void ReportOn(Numbers numbers, string report)
    {
        Require(State is "running" or "reported", "NotRunning");
        Require(numbers.Total > 0, "NobodyOnRoster");
        if (numbers.Unexplained > 0)
        {
            throw Refusal.Of<Words>("Unexplained", numbers.Unexplained);
        }
        if (report.Trim().Length is 0 or > 4000)
        {
            throw InvalidInput.At<Words>("report", "ReportLength", 4000);
        }
    }

    /// <summary>Closing is the approval of the report, by somebody else than who wrote it.</summary>
    public void Close(long account, Numbers numbers)
    {
        Require(State == "reported", "NotReported");
        Require(account != ReportedAccount, "ApproveOwn");
        if (numbers.Unexplained > 0)
        {
            throw Refusal.Of<Words>("Unexplained", numbers.Unexplained);
        }
    }

    private static void Require(bool holds, string word)
    {
        if (!holds)
        {
            throw Refusal.Of<Words>(word);
        }
    }
}

/// <summary>Who a campaign is for; somebody named in any way takes part.</summary>
/// <param name="Departments">Codes; those below them are meant too.</param>
/// <param name="People">Employee numbers.</param>
public sealed record Audience(bool Everyone, IReadOnlyList<string> EmploymentTypes, IReadOnlyList<string> Departments, IReadOnlyList<string> People)
{
    /// <summary>Whoever has one of them; tags have no dates, those of the moment decide.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool IsEmpty => !Everyone && EmploymentTypes.Count == 0 && Departments.Count == 0 && People.Count == 0 && Tags.Count == 0;
}

/// <summary>How many stand where at an instant: <see cref="Total"/> = completed + every kind of not completed.</summary>
public sealed record Numbers(int Completed, int Retake, int InProgress, int NotStarted, int Leave, int Left, int Leaving, int Away, int Other)
{
    public int Total => Completed + NotCompleted;
    public int NotCompleted => Unexplained + Exempt;

    /// <summary>Still to be done, whatever the due date.</summary>
    public int Unexplained => Retake + InProgress + NotStarted;

    /// <summary>Not completed, with a reason.</summary>
    public int Exempt => Leave + Left + Leaving + Away + Other;

    /// <summary>Percent of those who have to take part now, rounded down.</summary>
    public int Percent => Total - Exempt == 0 ? 100 : Completed * 100 / (Total - Exempt);
}
