using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Company.Pages;

/// <summary>A fiscal year of the company's days: closures, days worked instead, holidays.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class CalendarModel(Db db, BusinessClock clock, ChangeDays change, IStringLocalizer<Words> words) : PageModel
{
    private const int EarliestYear = 2000, LatestYear = 2150;

    [FromQuery(Name = "year")] public int? Asked { get; set; }
    [BindProperty] public Form Input { get; set; } = new();
    public int Year { get; private set; }
    public DateOnly Today { get; private set; }

    /// <summary>The fiscal year shown.</summary>
    public Period Shown { get; private set; }
    public BusinessCalendar? Days { get; private set; }
    public DaysOfYear? Rows { get; private set; }
    public bool May => HttpContext.CurrentUser().Is(Role.ComplianceManager);

    /// <summary>As far ahead as collections are planned.</summary>
    public DateOnly PlannedThrough => Today.AddMonths(12);

    /// <summary>The first day planned without announced holidays, or null.</summary>
    public DateOnly? ForecastFrom => PlannedThrough > Days!.KnownThrough ? Days.KnownThrough.AddDays(1) : null;
    /// <summary>Holidays of the year shown that are not announced yet.</summary>
    public IEnumerable<Holiday> Forecast => Enumerable.Range(0, Shown.Days).Select(Shown.From.AddDays).Where(day => !Days!.IsKnown(day))
        .Select(day => Days!.WhyClosed(day) is { Because: ClosedBecause.Holiday } closed ? new Holiday(day, closed.NameJa, closed.NameEn) : null).OfType<Holiday>();
    public IEnumerable<Period> Months => Days!.Periods.Enumerate(PeriodKind.Month, Shown.From, Shown.To);
    public int BusinessDays => Enumerable.Range(0, Shown.Days).Count(day => Days!.IsBusinessDay(Shown.From.AddDays(day)));

    public sealed class Form
    {
        public string Kind { get; set; } = "closed";
        public string? From { get; set; }
        public string? To { get; set; }
        public string? Name { get; set; }
        public string? NameEn { get; set; }
    }

    public IEnumerable<string> Weekdays => words["Weekdays"].Value.Split(' ');

    public Task OnGetAsync(CancellationToken ct) => LoadAsync(ct);

    public async Task<IActionResult> OnPostAddAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        try
        {
            var from = TypedDate.Read(Input.From, "from", Shown);
            var to = TypedDate.ReadOptional(Input.To, "to", Shown);
            if (Input.Kind == "worked" && to is not null && to != from)
            {
                throw InvalidInput.At<Words>("to", "OneDayOnly");
            }
            await (Input.Kind == "worked" ? change.WorkAsync(HttpContext.CurrentUser(), from, Input.Name ?? "", ct)
                : change.CloseAsync(HttpContext.CurrentUser(), from, to, Input.Name ?? "", Input.NameEn ?? "", ct));
            return this.Done($"/company/calendar?year={Days!.Periods.YearOf(from)}", words["DaysChanged"]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }

    public async Task<IActionResult> OnPostOpenAsync(long id, CancellationToken ct)
    {
        await change.OpenAsync(HttpContext.CurrentUser(), id, ct);
        return this.Done($"/company/calendar?year={Asked}", words["DaysChanged"]);
    }

    public async Task<IActionResult> OnPostRestAsync(string on, CancellationToken ct)
    {
        var day = DateOnly.TryParseExact(on, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) ? read : throw new NotFound();
        await change.RestAsync(HttpContext.CurrentUser(), day, ct);
        return this.Done($"/company/calendar?year={Asked}", words["DaysChanged"]);
    }

    /// <summary>The weeks of a month from Sunday to Saturday; null outside it.</summary>
    public IEnumerable<DateOnly?[]> Weeks(Period month)
    {
        var cells = Enumerable.Repeat<DateOnly?>(null, (int)month.From.DayOfWeek).Concat(Enumerable.Range(0, month.Days).Select(day => (DateOnly?)month.From.AddDays(day))).ToList();
        return cells.Chunk(7).Select(week => week.Length == 7 ? week : [.. week, .. new DateOnly?[7 - week.Length]]);
    }

    /// <summary>How a day is marked, letter before colour; null on a plain business day.</summary>
    public (string Class, string Letter, string Name)? Mark(DateOnly day)
    {
        if (Rows!.MakeUpDays.FirstOrDefault(row => row.WorkedOn == day) is { } worked)
        {
            return ("worked", words["LetterWorked"], worked.Reason);
        }
        return Days!.WhyClosed(day) is not { } closed ? null : closed.Because switch
        {
            ClosedBecause.Holiday when !Days.IsKnown(day) => ("closed", words["LetterForecast"], words["ForecastOf", Named(closed)]),
            ClosedBecause.Holiday => ("closed", words["LetterHoliday"], Named(closed)),
            ClosedBecause.Closure => ("closed", words["LetterClosed"], Named(closed)),
            _ => ("weekend", "", words["Weekend"]),
        };
    }

    private static string Named(ClosedDay day) => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? day.NameEn : day.NameJa;

    private async Task LoadAsync(CancellationToken ct)
    {
        (_, Today) = await clock.NowAsync(ct);
        await using var connection = await db.OpenAsync(ct);
        Days = await BusinessCalendars.LoadAsync(connection, ct);
        Year = Math.Clamp(Asked ?? Days.Periods.YearOf(Today), EarliestYear, LatestYear);
        Shown = Days.Periods.Year(Year);
        Rows = await DaysOfYear.LoadAsync(connection, Shown, ct);
    }
}
