using AuditTracker.Calendar;

namespace AuditTracker.Evidence;

/// <summary>What the machine saw in a submission; it points, the reviewer decides.</summary>
/// <param name="Key">Key in the room's words.</param>
/// <param name="Warns">Worth a look; otherwise it is as it should be.</param>
/// <param name="Arguments">Texts, numbers and dates of the sentence, in its order.</param>
public sealed record ReviewCheck(string Key, bool Warns, params object[] Arguments);

/// <summary>The checks of the review queue (face.md P7): the same file as last time, taken when, anything but words.</summary>
public static class ReviewChecks
{
    /// <param name="states">How its files stand.</param>
    /// <param name="parts">The parts it takes up, in the order they came in; their evidence is among what is given.</param>
    /// <param name="last">What was accepted for the period before.</param>
    public static IReadOnlyList<ReviewCheck> Of(Period period, DateOnly dueOn, SubmissionRow submission, IReadOnlyList<EvidenceRow> evidence, IReadOnlyList<LastAccepted> last, IReadOnlyDictionary<long, FileState>? states = null, IReadOnlyList<SubmissionRow>? parts = null)
    {
        var checks = new List<ReviewCheck>();
        if (evidence.Count > 0 && evidence.All(piece => states?.GetValueOrDefault(piece.Id) is { IsOutOfReach: true }))
        {
            checks.Add(new ReviewCheck("CheckOutOfReach", true));
        }
        var before = last.Where(piece => piece.Sha256 is not null).Select(piece => piece.Sha256!).ToHashSet();
        var files = evidence.Where(piece => piece.Kind == "file").ToList();
        var same = files.Where(file => before.Contains(file.Sha256!)).ToList();
        checks.AddRange(same.Select(file => new ReviewCheck("CheckSameFile", true, file.FileName!)));
        if (files.Count > 0 && before.Count > 0 && same.Count == 0)
        {
            checks.Add(new ReviewCheck("CheckOtherFile", false));
        }
        if (evidence.Any(piece => piece.Nothing))
        {
            checks.Add(new ReviewCheck("CheckNothing", true, submission.By, JapanTime.DateOf(submission.At)));
        }
        else if (evidence.All(piece => piece.Kind == "statement"))
        {
            checks.Add(new ReviewCheck("CheckOnlyStatement", true));
        }
        if (submission.IsBroughtIn)
        {
            // When it was taken and handed in is what the list claims; its instant here says nothing of the due date.
            checks.Add(new ReviewCheck("CheckBroughtIn", false));
            return checks;
        }
        if (parts is { Count: > 0 })
        {
            checks.Add(new ReviewCheck("CheckParts", false, parts.Count, JapanTime.DateOf(parts[0].At)));
        }
        // What completes it may have no pieces of its own.
        checks.Add((submission.CapturedOn ?? parts?.Max(part => part.CapturedOn)) switch
        {
            null => new ReviewCheck("CheckNoCapture", true),
            { } taken when taken < period.To => new ReviewCheck("CheckCapturedEarly", true, taken),
            { } taken when taken == period.To => new ReviewCheck("CheckCapturedLastDay", false, taken),
            { } taken => new ReviewCheck("CheckCapturedAfter", false, taken, taken.DayNumber - period.To.DayNumber),
        });
        if (submission.IsLateAfter(dueOn))
        {
            checks.Add(new ReviewCheck("CheckLate", true, JapanTime.DateOf(submission.At).DayNumber - dueOn.DayNumber));
        }
        return checks;
    }

    /// <summary>What the samples of the collection came to; those that were given up say nothing.</summary>
    public static IEnumerable<ReviewCheck> Of(IEnumerable<Sample> samples) => samples.Where(one => one.State != "abandoned").SelectMany<Sample, ReviewCheck>(one =>
    [
        one.IsOpen ? new ReviewCheck("CheckSampleOpen", true, one.Name)
            : new ReviewCheck("CheckSampleConcluded", one.Nonconforming > 0, one.Name, one.RowCount, one.Size!.Value, one.Nonconforming),
        .. one.SeedFrom is { } from ? new[] { new ReviewCheck("CheckSampleSeedTyped", true, one.Name, from) } : [],
    ]);
}
