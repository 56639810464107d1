using AuditTracker.Platform;

namespace AuditTracker.Calendar;

/// <summary>The words about a typed date, the same on every page (<c>DateWords.resx</c>, <c>DateWords.en.resx</c>).</summary>
public sealed class DateWords;

/// <summary>Reads a date that somebody typed into a form, or says at its field why it cannot be taken and how to write it.</summary>
public static class TypedDate
{
    /// <param name="field">As in <see cref="InvalidInput"/>.</param>
    /// <param name="runningYear">The running fiscal year, for dates without a year; null refuses them.</param>
    /// <exception cref="InvalidInput">Empty, ambiguous, or no date.</exception>
    public static DateOnly Read(string? typed, string field, Period? runningYear = null) =>
        DateInput.Parse(typed, runningYear) is { Day: { } day } ? day : throw Refusal(typed, field, runningYear)!;

    /// <summary>Like <see cref="Read"/>; nothing typed is no date.</summary>
    public static DateOnly? ReadOptional(string? typed, string field, Period? runningYear = null) =>
        string.IsNullOrWhiteSpace(typed) ? null : Read(typed, field, runningYear);

    /// <summary>Why it cannot be taken; null when it can.</summary>
    public static InvalidInput? Refusal(string? typed, string field, Period? runningYear = null)
    {
        var (said, reading) = (typed?.Trim() ?? "", DateInput.Parse(typed, runningYear));
        return reading switch
        {
            { Day: not null } => null,
            { Problem: DateProblem.Empty } => InvalidInput.At<DateWords>(field, "Empty"),
            { Problem: DateProblem.Ambiguous, Readings: [var era, var western] } =>
                InvalidInput.At<DateWords>(field, "Ambiguous", said, DateText.EraDay(era), DateText.WesternDay(western), DateText.InEraShort(era), $"{western.Year}/{western.Month}/{western.Day}"),
            { Problem: DateProblem.YearMissing } => InvalidInput.At<DateWords>(field, "YearMissing", said),
            { Problem: DateProblem.OutsideEra } => InvalidInput.At<DateWords>(field, "OutsideEra", said),
            { Problem: DateProblem.WrongWeekday } => InvalidInput.At<DateWords>(field, "WrongWeekday", said),
            _ => InvalidInput.At<DateWords>(field, "Unreadable", said),
        };
    }
}
