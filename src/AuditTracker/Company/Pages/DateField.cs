using AuditTracker.Calendar;
using AuditTracker.Platform;

namespace AuditTracker.Company.Pages;

/// <summary>Reads a typed date for a use case, or says at its field why it cannot be taken.</summary>
public static class DateField
{
    /// <param name="field">As in <see cref="InvalidInput"/>.</param>
    /// <exception cref="InvalidInput">Empty, ambiguous, or no date.</exception>
    public static DateOnly Read(string? typed, string field, Period? runningYear = null) =>
        DateInput.Parse(typed, runningYear) switch
        {
            { Day: { } day } => day,
            { Problem: DateProblem.Empty } => throw InvalidInput.At<Words>(field, "DateEmpty"),
            { Problem: DateProblem.Ambiguous, Readings: [var era, var western] } => throw InvalidInput.At<Words>(field, "DateAmbiguous", typed!.Trim(), DateText.EraDay(era), DateText.WesternDay(western)),
            _ => throw InvalidInput.At<Words>(field, "DateUnreadable", typed!.Trim()),
        };

    /// <summary>Like <see cref="Read"/>; nothing typed is no date.</summary>
    public static DateOnly? ReadOptional(string? typed, string field, Period? runningYear = null) =>
        string.IsNullOrWhiteSpace(typed) ? null : Read(typed, field, runningYear);
}
