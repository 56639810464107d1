using System.Globalization;
using System.Text;
using AuditTracker.Calendar;

namespace AuditTracker.Evidence.Pages;

/// <summary>The form of a request as it was typed; read only when it is saved or previewed, so that nothing typed is ever lost.</summary>
public sealed class RequestFields
{
    public string? Title { get; set; }
    public string? Guidance { get; set; }
    public string? Minutes { get; set; } = "20";

    /// <summary>Employee numbers, chosen from what a search found.</summary>
    public string? Owner { get; set; }
    public string? OwnerSearch { get; set; }
    public string? Reviewer { get; set; }
    public string? ReviewerSearch { get; set; }
    public string Every { get; set; } = "quarter";

    /// <summary>Of days, weeks and events, beside the frequency.</summary>
    public string Days { get; set; } = "business";
    public string? Weekday { get; set; }
    public string? EveryMonths { get; set; }
    public string Event { get; set; } = "joined";

    /// <summary>Of months and longer, the day from which is counted: none (the last), lastBusinessDay, day, weekday.</summary>
    public string? On { get; set; }
    public string? Day { get; set; }
    public string Nth { get; set; } = "1";
    public string NthDay { get; set; } = "monday";
    public string Shift { get; set; } = "previous";
    public string? Opens { get; set; } = "1";
    public string? Due { get; set; } = "10";
    public string DueUnit { get; set; } = "businessDays";
    public string? StartOn { get; set; }
    public string? EndOn { get; set; }
    public List<string> Items { get; set; } = [];
    public string? ItemSearch { get; set; }

    /// <summary>The version the change is made on; 0 for a new request.</summary>
    public int Version { get; set; }

    /// <summary>The library entry it starts from.</summary>
    public string? From { get; set; }

    /// <summary>What was chosen, or null when it is none; <see cref="OnIsWrong"/> tells which part.</summary>
    public Recurrence? Recurrence => Recurrence.Read(Every, Every switch { "day" => Days, "week" => Weekday, "event" => Event, _ => InMonth }, Every == "months" ? Number(EveryMonths) : null);
    public bool OnIsWrong => Every is not ("day" or "week" or "event") && Recurrence.Read("month", InMonth) is null;
    public DeadlineShift ShiftTo => Shift switch { "next" => DeadlineShift.Next, "none" => DeadlineShift.None, _ => DeadlineShift.Previous };

    // 0 is no day of a month: what cannot be read is refused.
    private string? InMonth => On switch { "day" => $"{Number(Day) ?? 0}", "weekday" => $"{Nth} {NthDay}", _ => On };
    public OffsetUnit? Unit => DueUnit switch { "days" => OffsetUnit.Days, "businessDays" => OffsetUnit.BusinessDays, _ => null };

    /// <summary>Full-width digits and a minus of any width are numbers too; null when it is none.</summary>
    public static int? Number(string? typed) =>
        int.TryParse((typed ?? "").Normalize(NormalizationForm.FormKC).Replace('−', '-').Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A library entry, in the company's language.</summary>
    public static RequestFields Of(LibraryEntry entry) => new RequestFields
    {
        Title = entry.TitleJa,
        Guidance = entry.GuidanceJa,
        Minutes = $"{entry.Minutes}",
        Opens = $"{entry.Opens.Offset}",
        Due = $"{entry.Due.Offset}",
        DueUnit = entry.Due.Unit,
        Shift = entry.Due.Shift,
        Items = [.. entry.Items],
        From = entry.Id,
    }.With(entry.Recurrence);

    /// <summary>A request as it is, to be changed.</summary>
    public static RequestFields Of(RequestRow row) => new RequestFields
    {
        Title = row.Title,
        Guidance = row.Guidance,
        Minutes = $"{row.Minutes}",
        Owner = row.Owner,
        Reviewer = row.Reviewer,
        Opens = $"{row.OpensOffset}",
        Due = $"{row.DueOffset}",
        DueUnit = row.DueUnit,
        Shift = row.DueShift,
        StartOn = DateText.Plain(row.StartOn, "ja"),
        EndOn = row.EndOn is { } end ? DateText.Plain(end, "ja") : null,
        Items = [.. row.Items],
        Version = row.Version,
    }.With(row.Recurrence);

    private RequestFields With(Recurrence recurrence)
    {
        Every = recurrence.Wire;
        EveryMonths = recurrence.Months > 0 ? $"{recurrence.Months}" : null;
        switch (Every)
        {
            case "day":
                Days = recurrence.On;
                break;
            case "week":
                Weekday = recurrence.On;
                break;
            case "event":
                Event = recurrence.On;
                break;
            default:
                (On, Day, Nth, NthDay) = recurrence.On.Split(' ') is [var nth, var day] ? ("weekday", null, nth, day) : int.TryParse(recurrence.On, out _) ? ("day", recurrence.On, Nth, NthDay) : (recurrence.On, Day, Nth, NthDay);
                break;
        }
        return this;
    }
}
