using AuditTracker.Calendar;
using AuditTracker.Evidence;

namespace AuditTracker.Tests.Evidence;

public sealed class ReviewChecksTests
{
    private static readonly Period Quarter = new(new(2026, 7, 1), new(2026, 9, 30));
    private static readonly DateOnly Due = new(2026, 10, 15);

    private static SubmissionRow HandIn(DateOnly? capturedOn, string at = "2026-10-10T01:00:00Z") =>
        new(1, "相川", "900001", 1, null, null, DateTime.Parse(at, System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime(), capturedOn, "", "submitted", null, null, null, null, null);

    private static EvidenceRow File(string hash) => new(1, 1, "file", "一覧.csv", "text/csv", 1, hash, null);
    private static LastAccepted Before(string hash) => new(9, "file", "前回.csv", 1, hash, null, 8, new(2026, 4, 1), new(2026, 6, 30), true);

    private static string[] Of(SubmissionRow one, EvidenceRow[] evidence, params LastAccepted[] last) =>
        [.. ReviewChecks.Of(Quarter, Due, one, evidence, last).Select(check => (check.Warns ? "!" : "") + check.Key)];

    [Fact]
    public void The_file_of_last_time_is_noticed_by_its_bytes_whatever_its_name()
    {
        Assert.Equal(["!CheckSameFile", "CheckCapturedAfter"], Of(HandIn(new(2026, 10, 2)), [File("aa")], Before("aa")));
        Assert.Equal(["CheckOtherFile", "CheckCapturedAfter"], Of(HandIn(new(2026, 10, 2)), [File("bb")], Before("aa")));
        Assert.Equal(["CheckCapturedAfter"], Of(HandIn(new(2026, 10, 2)), [File("bb")]));
    }

    [Fact]
    public void Evidence_from_before_the_period_ended_is_noticed_and_so_is_none_at_all()
    {
        Assert.Equal(["!CheckCapturedEarly"], Of(HandIn(new(2026, 9, 29)), [File("aa")]));
        Assert.Equal(["CheckCapturedLastDay"], Of(HandIn(new(2026, 9, 30)), [File("aa")]));
        Assert.Equal(["!CheckNoCapture"], Of(HandIn(null), [File("aa")]));
    }

    [Fact]
    public void Words_alone_and_lateness_are_noticed()
    {
        Assert.Equal(["!CheckOnlyStatement", "CheckCapturedAfter"], Of(HandIn(new(2026, 10, 2)), [new(1, 1, "statement", null, null, null, null, "0件")]));
        Assert.Equal(["CheckCapturedAfter"], Of(HandIn(new(2026, 10, 2), "2026-10-15T14:59:00Z"), [File("aa")]));
        Assert.Equal(["CheckCapturedAfter", "!CheckLate"], Of(HandIn(new(2026, 10, 2), "2026-10-15T15:00:00Z"), [File("aa")]));
    }

    [Fact]
    public void How_long_evidence_lay_about_is_counted_in_days_of_Tokyo_and_is_no_fault()
    {
        Assert.Equal(["CheckCapturedAfter"], Of(HandIn(new(2026, 10, 1), "2026-10-13T15:00:00Z"), [File("aa")]));
        Assert.Equal((null, null, 32), (HandIn(null).CaptureLag, (HandIn(new(2026, 9, 10)) with { IsBroughtIn = true }).CaptureLag, HandIn(new(2026, 9, 10), "2026-10-11T15:00:00Z").CaptureLag));
    }

    [Fact]
    public void Past_evidence_that_was_brought_in_is_not_measured_by_the_due_date()
    {
        Assert.Equal(["CheckBroughtIn"], Of(HandIn(new(2026, 9, 2), "2027-10-15T15:00:00Z") with { IsBroughtIn = true }, [File("aa")]));
        Assert.Equal(["!CheckSameFile", "CheckBroughtIn"], Of(HandIn(new(2026, 10, 2)) with { IsBroughtIn = true }, [File("aa")], Before("aa")));
    }
}
