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

    public PeriodKind? Kind => Every is "month" or "quarter" or "half" or "year" ? Enum.Parse<PeriodKind>(Every, ignoreCase: true) : null;
    public OffsetUnit? Unit => DueUnit switch { "days" => OffsetUnit.Days, "businessDays" => OffsetUnit.BusinessDays, _ => null };

    /// <summary>Full-width digits and a minus of any width are numbers too; null when it is none.</summary>
    public static int? Number(string? typed) =>
        int.TryParse((typed ?? "").Normalize(NormalizationForm.FormKC).Replace('−', '-').Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A library entry, in the company's language.</summary>
    public static RequestFields Of(LibraryEntry entry) => new()
    {
        Title = entry.TitleJa,
        Guidance = entry.GuidanceJa,
        Minutes = $"{entry.Minutes}",
        Every = entry.AdoptAs,
        Opens = $"{entry.Opens.Offset}",
        Due = $"{entry.Due.Offset}",
        DueUnit = entry.Due.Unit,
        Items = [.. entry.Items],
        From = entry.Id,
    };

    /// <summary>A request as it is, to be changed.</summary>
    public static RequestFields Of(RequestRow row) => new()
    {
        Title = row.Title,
        Guidance = row.Guidance,
        Minutes = $"{row.Minutes}",
        Owner = row.Owner,
        Reviewer = row.Reviewer,
        Every = row.Every,
        Opens = $"{row.OpensOffset}",
        Due = $"{row.DueOffset}",
        DueUnit = row.DueUnit,
        StartOn = DateText.Plain(row.StartOn, "ja"),
        EndOn = row.EndOn is { } end ? DateText.Plain(end, "ja") : null,
        Items = [.. row.Items],
        Version = row.Version,
    };
}
