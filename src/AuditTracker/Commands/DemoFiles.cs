namespace AuditTracker.Commands;

// The shapes of templates/demo, filled by YamlFile.

internal sealed class CompanyFile
{
    public string Name { get; set; } = "";
    public string NameEn { get; set; } = "";
    public SecretariatEntry Secretariat { get; set; } = new();
}

internal sealed class SecretariatEntry
{
    public string Name { get; set; } = "";
    public string Contact { get; set; } = "";
}

internal sealed class AccountsFile
{
    public List<AccountEntry> Accounts { get; set; } = [];
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
