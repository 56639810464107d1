using System.Text.Json;
using System.Text.Json.Serialization;
using AuditTracker.Calendar;
using AuditTracker.Platform;

namespace AuditTracker.Evidence;

public sealed record WireId(long Id);
public sealed record WireState(string State);
public sealed record WirePeriod(DateOnly From, DateOnly To);
/// <param name="Shift">Of a due date on a closed day: previous (when left out), next, none.</param>
public sealed record WireOffset(int Offset, string Unit, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Shift = null);

/// <summary>Recurrence.Read says what each frequency takes; a plain one has neither.</summary>
public sealed record WireRecurrence(string Every, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? On = null, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? N = null)
{
    public static WireRecurrence From(Recurrence recurrence) => new(recurrence.Wire, recurrence.On.Length == 0 ? null : recurrence.On, recurrence.Months == 0 ? null : recurrence.Months);
}

/// <param name="Submission">The one the decision is about; 409 when another has come since. None: whichever is the newest.</param>
public sealed record WireDecision(string? Decision, string? Comment, long? Submission = null);

/// <summary>Another due date: <c>move</c> (grants what was asked), <c>ask</c>, <c>decline</c> or <c>withdraw</c>; none: move for a compliance manager or reviewer, else ask.</summary>
/// <param name="OpensOn">Of a period that has not opened, and only with move.</param>
public sealed record WireMove(string? Decision, DateOnly? DueOn, string? Reason, DateOnly? OpensOn = null);
public sealed record WireDue(DateOnly DueOn, DateOnly PlannedDueOn, DateOnly OpensOn);

/// <summary>A waiver: <c>waive</c> (grants what was asked), <c>ask</c>, <c>decline</c>, <c>withdraw</c> or <c>undo</c>; none: waive for a compliance manager, else ask.</summary>
public sealed record WireWaiver(string? Decision, string? Reason);

/// <param name="Scan">Of a file, where it is read with its collection.</param>
public sealed record WireEvidence(long Id, string Kind, string? FileName, long? Size, string? Sha256, string? MediaType, string? Content,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] WireScan? Scan = null)
{
    public static WireEvidence From(EvidenceRow row) => From(row, null);

    public static WireEvidence From(EvidenceRow row, FileState? state) => new(row.Id, row.Kind, row.FileName, row.Size, row.Sha256, row.MediaType, row.Content,
        state is null ? null : new WireScan(state.State, state.State == "notScanned" ? state.Reason : null, state.Locked == true, state.ScannedAt, state.Signatures.Length == 0 ? null : state.Signatures, state.Found));
}

/// <summary>What the virus scanner says of a file; one in quarantine cannot be downloaded (409).</summary>
/// <param name="State">waiting, clean, notScanned, quarantined or released.</param>
/// <param name="Reason">Why it is not scanned: noScanner, tooLarge, locked, noAnswer, refused, gone or unreadable.</param>
/// <param name="Locked">It has a password.</param>
/// <param name="Found">What was found, as the scanner calls it.</param>
public sealed record WireScan(string State, string? Reason, bool Locked, DateTime? At, string? Signatures, string? Found);

public sealed record WireReview(string Decision, string? By, string? ByName, DateTime At, string? Comment);
/// <summary>A hand-in on the wire; people by employee number, their names beside them for reading.</summary>
/// <param name="State">submitted, accepted, returned, withdrawn, or part: what is still to come stands in <c>rest</c>.</param>
/// <param name="Parts">The parts it takes up; what counts for it is their evidence and its own.</param>
/// <param name="By">Null when the account that handed in belongs to no person.</param>
public sealed record WireSubmission(long Id, string? By, string ByName, string? OnBehalfOf, string? OnBehalfOfName, DateTime At, DateOnly? CapturedOn, string Note, string State, IReadOnlyList<WireEvidence> Evidence, WireReview? Review,
    WireBroughtIn? BroughtIn = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rest = null, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? RestBy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<long>? Parts = null);

/// <summary>Past evidence that was brought in, with what its list says of then; null on what was handed in here.</summary>
public sealed record WireBroughtIn(DateOnly? SubmittedOn, string SubmittedBy, DateOnly? AcceptedOn, string AcceptedBy)
{
    public static WireBroughtIn? From(SubmissionRow row) => row.IsBroughtIn ? new(row.ClaimedSubmittedOn, row.ClaimedSubmittedBy, row.ClaimedAcceptedOn, row.ClaimedAcceptedBy) : null;
}

/// <summary>Another owner, by employee number; whole: also the other periods and those to come.</summary>
public sealed record WireOwner(string? Owner, string? Reason, bool? Whole);

/// <summary>Says of accepted evidence and further items: <c>confirm</c>, <c>reject</c> or <c>takeBack</c>; items as <c>framework:ref</c>.</summary>
public sealed record WireAttach(string? Decision, string[]? Items, string? Reason);

/// <summary>Which items evidence serves: by its request, by confirmation, and what the mapping proposes (to compliance managers); history is all that was said, newest first.</summary>
public sealed record WireServed(string[] Items, IReadOnlyList<WireAttachment> Attached, IReadOnlyList<WireProposal> Proposed, IReadOnlyList<WireAttachment> History);
public sealed record WireProposal(string Item, string Strength);
public sealed record WireAttachment(string Item, string Decision, string By, DateTime At, string Reason)
{
    public static WireAttachment From(AttachmentRow row) => new(row.Key, row.Act, row.By, row.At, row.Reason);
}

/// <summary>A comment; words are null when it was taken back.</summary>
/// <param name="To">Employee numbers of whom it is for; left out when it names nobody.</param>
public sealed record WireComment(long Id, string? By, DateTime At, string? Words, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? To = null);

/// <summary>A comment to write; it is for whom its words name (<c>@姓名</c>) and for these employee numbers.</summary>
public sealed record WireWords(string? Words, string[]? To = null);
public sealed record WireHandedIn(long Id, IReadOnlyList<WireEvidence> Evidence);

public sealed record WireCollection(long Id, long RequestId, string Title, WirePeriod Period, DateOnly OpensOn, DateOnly DueOn, string State, bool Overdue, string Assignee, string[] Items, string? Deputy)
{
    public static WireCollection From(CollectionRow row) =>
        new(row.Id, row.RequestId, row.Title, new WirePeriod(row.PeriodFrom, row.PeriodTo), row.OpensOn, row.DueOn, row.State.ToString().ToLowerInvariant(), row.Overdue, row.Assignee, row.Items, row.Deputy);
}

public sealed record WireCollectionDetail(long Id, long RequestId, string Title, WirePeriod Period, DateOnly OpensOn, DateOnly DueOn, string State, bool Overdue, string Assignee, string[] Items,
    IReadOnlyList<WireSubmission> Submissions, IReadOnlyList<WireComment> Comments);

public sealed record WireRequest(long Id, int Version, string Title, string Guidance, int Minutes, string[] Items, string Owner, string Reviewer, WireRecurrence Recurrence, WireOffset Opens, WireOffset Due, DateOnly StartOn, DateOnly? EndOn)
{
    public static WireRequest From(RequestRow row) => new(row.Id, row.Version, row.Title, row.Guidance, row.Minutes, row.Items, row.Owner, row.Reviewer,
        WireRecurrence.From(row.Recurrence), new WireOffset(row.OpensOffset, "days"), new WireOffset(row.DueOffset, row.DueUnit, row.DueShift == "previous" ? null : row.DueShift), row.StartOn, row.EndOn);

    /// <summary>Reads a body; what a PATCH leaves out stays as it is, and <c>endOn: null</c> takes an end away.</summary>
    /// <exception cref="InvalidInput">Missing or of the wrong kind, named at the field.</exception>
    public static RequestInput Read(JsonElement body, RequestRow? current)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw InvalidInput.At<Words>("", "BodyNotObject");
        }
        var title = Text(body, "title", current?.Title);
        var (opens, _) = Offset(body, "opens", current is null ? (1, OffsetUnit.Days) : (current.OpensOffset, OffsetUnit.Days));
        var (due, unit) = Offset(body, "due", current is null ? null : (current.DueOffset, current.Unit));
        return new RequestInput(
            title, Text(body, "guidance", current?.Guidance ?? ""), Number(body, "minutes", current?.Minutes ?? 20), ItemsOf(body, current),
            Text(body, "owner", current?.Owner), Text(body, "reviewer", current?.Reviewer), Every(body, current), opens, due, unit,
            Date(body, "startOn", current?.StartOn) ?? throw Missing("startOn"), body.TryGetProperty("endOn", out _) ? Date(body, "endOn", null) : current?.EndOn, Shift(body, current));
    }

    /// <summary>The version a PATCH was made on, or null when it names none.</summary>
    public static int? MadeOn(JsonElement body) => body.TryGetProperty("version", out _) ? Number(body, "version", 0) : null;

    private static InvalidInput Missing(string field) => InvalidInput.At<Words>(field, "FieldMissing", field);

    private static InvalidInput Wrong(string field) => InvalidInput.At<Words>(field, "FieldUnreadable", field);

    private static string Text(JsonElement body, string name, string? otherwise) =>
        !body.TryGetProperty(name, out var value) ? otherwise ?? throw Missing(name) : Read(value) ?? throw Wrong(name);

    /// <summary>The text; null for what is no string or holds half a surrogate pair or a NUL, which no database keeps.</summary>
    private static string? Read(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String && value.GetString() is { } text && !text.Contains('\0') ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static int Number(JsonElement body, string name, int otherwise) =>
        !body.TryGetProperty(name, out var value) ? otherwise : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Wrong(name);

    private static DateOnly? Date(JsonElement body, string name, DateOnly? otherwise) => !body.TryGetProperty(name, out var value) ? otherwise : value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String when DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", out var date) => date,
        _ => throw Wrong(name),
    };

    private static IReadOnlyList<string> ItemsOf(JsonElement body, RequestRow? current)
    {
        if (!body.TryGetProperty("items", out var value))
        {
            return current?.Items ?? throw Missing("items");
        }
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => Read(item) is not null)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)] : throw Wrong("items");
    }

    private static Recurrence Every(JsonElement body, RequestRow? current)
    {
        if (!body.TryGetProperty("recurrence", out var value))
        {
            return current?.Recurrence ?? throw Missing("recurrence");
        }
        string? Text(string name) => value.TryGetProperty(name, out var text) && text.ValueKind != JsonValueKind.Null ? Read(text) ?? throw Wrong("recurrence") : null;
        return value.ValueKind == JsonValueKind.Object && AuditTracker.Calendar.Recurrence.Read(Text("every"), Text("on"), value.TryGetProperty("n", out var n) && n.ValueKind != JsonValueKind.Null ? Number(value, "n", 0) : null) is { } recurrence
            ? recurrence : throw Wrong("recurrence");
    }

    private static DeadlineShift Shift(JsonElement body, RequestRow? current) => !body.TryGetProperty("due", out var due) || !due.TryGetProperty("shift", out var value) ? current?.Shift ?? DeadlineShift.Previous
        : value.ValueKind == JsonValueKind.String ? value.GetString() switch { "previous" => DeadlineShift.Previous, "next" => DeadlineShift.Next, "none" => DeadlineShift.None, _ => throw Wrong("due") } : throw Wrong("due");

    private static (int Offset, OffsetUnit Unit) Offset(JsonElement body, string name, (int, OffsetUnit)? otherwise)
    {
        if (!body.TryGetProperty(name, out var value))
        {
            return otherwise ?? throw Missing(name);
        }
        var unit = OffsetUnit.Days;
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("offset", out var offset) || offset.ValueKind != JsonValueKind.Number || !offset.TryGetInt32(out var number)
            || (name != "due" && value.TryGetProperty("shift", out _)) || (value.TryGetProperty("unit", out var given) && !(given.ValueKind == JsonValueKind.String && (given.GetString() == "days" || (name == "due" && given.GetString() == "businessDays")))))
        {
            throw Wrong(name);
        }
        if (value.TryGetProperty("unit", out var named) && named.GetString() == "businessDays")
        {
            unit = OffsetUnit.BusinessDays;
        }
        return (number, unit);
    }
}
