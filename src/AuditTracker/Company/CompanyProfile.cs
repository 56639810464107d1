namespace AuditTracker.Company;

/// <summary>What the company says about itself: names, the secretariat that answers questions, the sender of its mails, how it stamps.</summary>
public sealed record CompanyProfile
{
    public string NameJa { get; init; } = "";
    public string NameEn { get; init; } = "";
    public string SecretariatName { get; init; } = "";

    /// <summary>Extension, telephone or address, as people should read it.</summary>
    public string SecretariatContact { get; init; } = "";
    public string SenderAddress { get; init; } = "";

    /// <summary>Where answers to mails go; empty: to the sender.</summary>
    public string ReplyTo { get; init; } = "";

    /// <summary>1 to 12.</summary>
    public int FiscalStartMonth { get; init; } = 4;

    /// <summary>The stamp boxes from left to right, separated by commas; companies differ.</summary>
    public string StampOrder { get; init; } = "";
    public bool EraDates { get; init; }

    /// <summary>The company's name in <c>ja</c> or <c>en</c>; the other one when that is not given.</summary>
    public string NameIn(string language) => language == "en"
        ? NameEn.Length > 0 ? NameEn : NameJa
        : NameJa.Length > 0 ? NameJa : NameEn;
}
