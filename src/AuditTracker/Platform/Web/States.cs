namespace AuditTracker.Platform.Web;

/// <summary>The shapes a state may have. Shape and word come before colour: in print and for some eyes the colours are one grey.</summary>
public enum Shape
{
    /// <summary>□ nothing has begun.</summary>
    Wait,

    /// <summary>◧ with the owner.</summary>
    Half,

    /// <summary>■ handed over, with us.</summary>
    Full,

    /// <summary>☑ good.</summary>
    Done,

    /// <summary>▲ look at it.</summary>
    Warn,

    /// <summary>◆ late or failed.</summary>
    Late,

    /// <summary>－ out of play.</summary>
    Out,
}

/// <summary>A state as people see it: the key of its word in <see cref="Words"/>, and its shape.</summary>
public sealed record StateLook(string WordKey, Shape Shape);

/// <summary>Every state a label may hold, by thing and name: one word and one shape each.</summary>
public static class States
{
    /// <summary>The table; names are those of the API.</summary>
    public static readonly IReadOnlyDictionary<string, StateLook> All = new Dictionary<string, StateLook>(StringComparer.OrdinalIgnoreCase)
    {
        ["collection.planned"] = new("CollectionPlanned", Shape.Wait),
        ["collection.open"] = new("CollectionOpen", Shape.Half),
        ["collection.submitted"] = new("CollectionSubmitted", Shape.Full),
        ["collection.returned"] = new("CollectionReturned", Shape.Warn),
        ["collection.accepted"] = new("CollectionAccepted", Shape.Done),
        ["collection.waived"] = new("CollectionWaived", Shape.Out),
        ["collection.dueSoon"] = new("CollectionDueSoon", Shape.Warn),
        ["collection.overdue"] = new("CollectionOverdue", Shape.Late),

        ["coverage.covered"] = new("CoverageCovered", Shape.Done),
        ["coverage.collecting"] = new("CoverageCollecting", Shape.Half),
        ["coverage.ageing"] = new("CoverageAgeing", Shape.Warn),
        ["coverage.stale"] = new("CoverageStale", Shape.Late),
        ["coverage.missing"] = new("CoverageMissing", Shape.Warn),
        ["coverage.excluded"] = new("CoverageExcluded", Shape.Out),

        ["training.notStarted"] = new("TrainingNotStarted", Shape.Wait),
        ["training.inProgress"] = new("TrainingInProgress", Shape.Half),
        ["training.retake"] = new("TrainingRetake", Shape.Warn),
        ["training.completed"] = new("TrainingCompleted", Shape.Done),
        ["training.overdue"] = new("TrainingOverdue", Shape.Late),
        ["training.exempt"] = new("TrainingExempt", Shape.Out),

        ["run.queued"] = new("RunQueued", Shape.Wait),
        ["run.running"] = new("RunRunning", Shape.Half),
        ["run.done"] = new("RunDone", Shape.Done),
        ["run.failed"] = new("RunFailed", Shape.Late),

        ["mail.queued"] = new("MailQueued", Shape.Wait),
        ["mail.sending"] = new("MailSending", Shape.Half),
        ["mail.accepted"] = new("MailHandedOver", Shape.Done),
        ["mail.deferred"] = new("MailRetrying", Shape.Warn),
        ["mail.unknown"] = new("MailUnknown", Shape.Warn),
        ["mail.failed"] = new("MailFailed", Shape.Late),
    };

    /// <summary>The look of a state such as <c>collection.submitted</c>; letters' case does not matter.</summary>
    /// <exception cref="ArgumentException">There is no such state.</exception>
    public static StateLook Of(string state) =>
        All.TryGetValue(state, out var look) ? look : throw new ArgumentException($"There is no state '{state}' in the table of states.", nameof(state));

    /// <summary>The colour tone that goes with a shape: wait, move, done, warn, late.</summary>
    public static string Tone(this Shape shape) => shape switch
    {
        Shape.Half or Shape.Full => "move",
        Shape.Done => "done",
        Shape.Warn => "warn",
        Shape.Late => "late",
        _ => "wait",
    };

    /// <summary>The id of the shape's symbol in the page.</summary>
    public static string Symbol(this Shape shape) => "shape-" + shape.ToString().ToLowerInvariant();
}
