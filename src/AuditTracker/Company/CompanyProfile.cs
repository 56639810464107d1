namespace AuditTracker.Company;

/// <summary>What the company says about itself on a day: names, seat, the secretariat that answers questions, the sender of its mails, its customs.</summary>
public sealed record CompanyProfile
{
    public string NameJa { get; init; } = "";
    public string NameEn { get; init; } = "";

    /// <summary>法人番号: thirteen digits, or empty.</summary>
    public string CorporateNumber { get; init; } = "";

    /// <summary>The registered head office.</summary>
    public string Address { get; init; } = "";

    /// <summary>Title and name, as official forms want them.</summary>
    public string Representative { get; init; } = "";

    /// <summary>Other places of business, one a line.</summary>
    public string Sites { get; init; } = "";
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

    /// <summary>Dates in eras (令和8年11月22日) in Japanese pages, mails and papers.</summary>
    public bool EraDates { get; init; }

    /// <summary>The company's name in <c>ja</c> or <c>en</c>; the other one when that is not given.</summary>
    public string NameIn(string language) => language == "en"
        ? NameEn.Length > 0 ? NameEn : NameJa
        : NameJa.Length > 0 ? NameJa : NameEn;

    /// <summary>The stamp boxes, at most three.</summary>
    public IReadOnlyList<string> Stamps => [.. StampOrder.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(3)];
}

/// <summary>Parts of the master data that change together, each with its own dates.</summary>
public enum CompanySection { Name, Seat, Secretariat, Customs }

/// <summary>A section of the master data from a day on.</summary>
public sealed record CompanyVersion
{
    public long Id { get; init; }
    public CompanySection Section { get; init; }

    /// <summary><see cref="DateOnly.MinValue"/>: so before anybody wrote it down here.</summary>
    public DateOnly FromOn { get; init; }

    /// <summary>Who entered it, as the trail writes actors.</summary>
    public string ByActor { get; init; } = "";
    public DateTime At { get; init; }
    public DateTime? WithdrawnAt { get; init; }

    /// <summary>Only the columns of the section say something.</summary>
    public CompanyProfile Said { get; init; } = new();
}
