using System.Globalization;
using AuditTracker.Calendar;

namespace AuditTracker.Commands;

// The shapes of templates/demo, filled by YamlFile.

internal sealed class CompanyFile
{
    public string Name { get; set; } = "";
    public string NameEn { get; set; } = "";
    public string Address { get; set; } = "";
    public string RepresentativeAsPrinted { get; set; } = "";
    public List<AppointmentEntry> Appointments { get; set; } = [];
    public SecretariatEntry Secretariat { get; set; } = new();
}

internal sealed class AppointmentEntry
{
    public string Kind { get; set; } = "";
    public string Person { get; set; } = "";
    public string? Department { get; set; }
    public string From { get; set; } = "";
}

internal sealed class SecretariatEntry
{
    public string Name { get; set; } = "";
    public string Contact { get; set; } = "";
}

internal sealed class AccountsFile
{
    public List<AccountEntry> Accounts { get; set; } = [];

    /// <summary>Employee numbers of those without a sign-in of the demo who read English.</summary>
    public List<string> English { get; set; } = [];
    public string RolesFrom { get; set; } = "";
}

internal sealed class AccountEntry
{
    public string SignIn { get; set; } = "";
    public string Person { get; set; } = "";
    public string Language { get; set; } = "ja";
    public List<string> Roles { get; set; } = [];
    public List<string> Frameworks { get; set; } = [];
}

internal sealed class ControlsFile
{
    public List<OwnerRange> Owners { get; set; } = [];
    public List<ItemEntry> NotApplicable { get; set; } = [];
    public List<ItemEntry> Implementations { get; set; } = [];
}

internal sealed class OwnerRange
{
    public string Framework { get; set; } = "";
    public string From { get; set; } = "";
    public string To { get; set; } = "";
    public string Owner { get; set; } = "";
}

internal sealed class ItemEntry
{
    public string Framework { get; set; } = "";
    public string Ref { get; set; } = "";
    public string Reason { get; set; } = "";
    public string Text { get; set; } = "";
}

internal sealed class RequestsFile
{
    public List<RequestEntry> Requests { get; set; } = [];
}

internal sealed class RequestEntry
{
    public string Id { get; set; } = "";
    public string Owner { get; set; } = "";
    public string Reviewer { get; set; } = "";
    public string Every { get; set; } = "";
    public string StartOn { get; set; } = "";
    public OffsetEntry Opens { get; set; } = new();
    public OffsetEntry Due { get; set; } = new();

    public PeriodKind Period => Enum.Parse<PeriodKind>(Every, ignoreCase: true);
    public OffsetUnit DueUnit => Enum.Parse<OffsetUnit>(Due.Unit, ignoreCase: true);
    public DateOnly StartsOn => DateOnly.Parse(StartOn, CultureInfo.InvariantCulture);
}

internal sealed class OffsetEntry
{
    public int Offset { get; set; }
    public string Unit { get; set; } = "days";
}

internal sealed class QuarterFile
{
    public List<QuarterAct> Acts { get; set; } = [];
}

internal sealed class QuarterAct
{
    public string At { get; set; } = "";
    public string Act { get; set; } = "";
    public string Request { get; set; } = "";
    public string Period { get; set; } = "";
    public string By { get; set; } = "";
    public string? OnBehalfOf { get; set; }
    public List<string> Files { get; set; } = [];
    public List<string> Links { get; set; } = [];
    public string? Statement { get; set; }
    public string? CapturedOn { get; set; }
    public string? Note { get; set; }
    public string? Decision { get; set; }
    public string? Comment { get; set; }
}

internal sealed class YearFile
{
    public List<OtherwiseEntry> Otherwise { get; set; } = [];
    public List<HandoverEntry> Handovers { get; set; } = [];
    public List<EndEntry> Ends { get; set; } = [];

    /// <summary>Employee numbers of those who act besides owners and reviewers.</summary>
    public IEnumerable<string> Named => Otherwise.Select(entry => entry.Behalf).OfType<string>().Concat(Handovers.Select(entry => entry.To));
}

internal sealed class OtherwiseEntry
{
    public string Request { get; set; } = "";
    public string Period { get; set; } = "";

    /// <summary>Business days behind the due date.</summary>
    public int? Late { get; set; }
    public string? Returned { get; set; }
    public string? Note { get; set; }
    public string? Statement { get; set; }

    /// <summary>Employee number of who hands in for the owner.</summary>
    public string? Behalf { get; set; }

    /// <summary>left, waiting or returned: where it stands in the end; null: accepted.</summary>
    public string? Until { get; set; }
}

internal sealed class HandoverEntry
{
    public string Request { get; set; } = "";
    public string On { get; set; } = "";
    public string To { get; set; } = "";
}

internal sealed class EndEntry
{
    public string Request { get; set; } = "";
    public string On { get; set; } = "";
    public string EndOn { get; set; } = "";
}

internal sealed class PapersFile
{
    public Dictionary<string, PaperEntry> Papers { get; set; } = [];
}

internal sealed class PaperEntry
{
    public string Name { get; set; } = "";
    public string Title { get; set; } = "";
    public List<string> Columns { get; set; } = [];
    public List<List<string>> Rows { get; set; } = [];
    public List<string> Lines { get; set; } = [];

    /// <summary>businessDay: the first row for every business day of the period.</summary>
    public string? Each { get; set; }

    /// <summary>A second file beside it.</summary>
    public PaperEntry? And { get; set; }
}
