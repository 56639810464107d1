using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Company.Pages;

/// <summary>The deadlines that laws and schemes set, each version with its source, and what they give from a day.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class DeadlineRulesModel(Db db, BusinessClock clock, Deadlines deadlines, IStringLocalizerFactory texts) : PageModel
{
    /// <summary>The day to count from.</summary>
    [FromQuery(Name = "from")] public string? Asked { get; set; }

    /// <summary>Why the date asked for was not taken.</summary>
    public string? Wrong { get; private set; }
    public DateOnly From { get; private set; }
    public IReadOnlyList<DutyRules> Duties { get; private set; } = [];
    public static bool English => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";

    public async Task OnGetAsync(CancellationToken ct)
    {
        (_, From) = await clock.NowAsync(ct);
        await using var connection = await db.OpenAsync(ct);
        var calendar = await BusinessCalendars.LoadAsync(connection, ct);
        try
        {
            From = TypedDate.ReadOptional(Asked, "from", calendar.Periods.Year(calendar.Periods.YearOf(From))) is { } day
                ? day.Year is >= 1990 and <= 2100 ? day : throw InvalidInput.At<DateWords>("from", "Unreadable", Asked!) : From;
        }
        catch (InvalidInput refusal)
        {
            Wrong = refusal.In(texts);
        }
        Duties = [.. deadlines.All.Select(duty => new DutyRules(duty, [.. duty.Variants.Select(variant => RuleInForce.Of(variant, From, calendar))]))];
    }
}

/// <summary>A duty with what its variants give.</summary>
public sealed record DutyRules(DeadlineDuty Duty, IReadOnlyList<RuleInForce> Variants);

/// <summary>A variant: the version valid on the day counted from, the others, and the day it gives.</summary>
/// <param name="Rule">Null: none was valid yet, and no date is guessed.</param>
public sealed record RuleInForce(DeadlineVariant Variant, DeadlineRule? Rule, IReadOnlyList<DeadlineRule> Others, Deadline? Gives)
{
    /// <summary>It hangs on holidays that are not announced yet; a day that nothing moves does not.</summary>
    public bool IsForecast => Gives is { Known: false } && Rule is not { Shift: DeadlineShift.None, Unit: not DeadlineUnit.BusinessDays };

    public static RuleInForce Of(DeadlineVariant variant, DateOnly from, BusinessCalendar calendar)
    {
        var rule = variant.InForce(from);
        return new(variant, rule, [.. variant.Versions.Where(version => version != rule).OrderBy(version => version.ValidFrom)], rule?.From(from, calendar));
    }
}
