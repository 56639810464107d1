using AuditTracker.Calendar;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview.Pages;

/// <summary>What a page says about a day it cannot read: both readings of an ambiguous one, else how to write it.</summary>
internal static class TypedDay
{
    public static string Unread(this IStringLocalizer words, string? typed) => DateInput.Parse(typed) is { Problem: DateProblem.Ambiguous, Readings: [var era, var western] }
        ? words["ImportDateAmbiguous", typed ?? "", DateText.EraDay(era), DateText.WesternDay(western)]
        : words["DayUnread", typed ?? ""];
}
