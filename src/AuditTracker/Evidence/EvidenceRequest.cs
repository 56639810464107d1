using AuditTracker.Calendar;
using AuditTracker.Platform;

namespace AuditTracker.Evidence;

/// <summary>Resources of the room's words.</summary>
public sealed class Words;

/// <summary>A recurring demand for evidence, as one of its versions says (design §6). Past collections keep the version they were planned from.</summary>
/// <param name="Minutes">What it usually takes the owner.</param>
/// <param name="OpensOffset">Days after the period's end; may be negative.</param>
/// <param name="DueOffset">Units after the period's end.</param>
/// <param name="Shift">What becomes of a due date on a closed day.</param>
public sealed record RequestTerms(
    string Title, string Guidance, int Minutes, Recurrence Every, int OpensOffset, int DueOffset, OffsetUnit DueUnit,
    long OwnerId, long ReviewerId, DateOnly StartOn, DateOnly? EndOn, DeadlineShift Shift = DeadlineShift.Previous)
{
    /// <summary>The rules that need no database.</summary>
    /// <exception cref="InvalidInput">At the first field that cannot be taken.</exception>
    public void Check()
    {
        if (Title.Trim().Length is 0 or > 200)
        {
            throw InvalidInput.At<Words>("title", "TitleLength", 200);
        }
        if (Guidance.Length > 10_000)
        {
            throw InvalidInput.At<Words>("guidance", "GuidanceLength", 10_000);
        }
        if (Minutes is < 1 or > 10_000)
        {
            throw InvalidInput.At<Words>("minutes", "MinutesRange");
        }
        if (OpensOffset is < -366 or > 366)
        {
            throw InvalidInput.At<Words>("opens", "OffsetRange");
        }
        if (DueOffset is < -366 or > 366)
        {
            throw InvalidInput.At<Words>("due", "OffsetRange");
        }
        if (EndOn < StartOn)
        {
            throw InvalidInput.At<Words>("endOn", "EndBeforeStart");
        }
        if (StartOn.Year is < 2000 or > 2100)
        {
            throw InvalidInput.At<Words>("startOn", "StartRange");
        }
        if (OwnerId == ReviewerId)
        {
            throw InvalidInput.At<Words>("reviewer", "ReviewerIsOwner");
        }
    }
}
