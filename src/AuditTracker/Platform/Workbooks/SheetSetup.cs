namespace AuditTracker.Platform.Workbooks;

/// <summary>Everything about a sheet but its cells. A4; row and column numbers count from 1.</summary>
/// <param name="Name">Name on the tab; made fit for Excel (31 characters, no <c>: \ / ? * [ ]</c>) and unique.</param>
public sealed record SheetSetup(string Name)
{
    /// <summary>Column widths in half-width characters of the body font (a full-width character takes 2).</summary>
    public IReadOnlyList<double> Columns { get; init; } = [];

    /// <summary>Rows at the top that stay while scrolling.</summary>
    public int FrozenRows { get; init; }

    /// <summary>Columns at the left that stay while scrolling.</summary>
    public int FrozenColumns { get; init; }

    /// <summary>First and last row printed again on every page.</summary>
    public (int First, int Last)? RepeatedRows { get; init; }

    /// <summary>The row of column heads that gets filter buttons; the data under it runs to the last row and may not be merged.</summary>
    public int? FilterRow { get; init; }

    /// <summary>Portrait for letters and reports; registers are landscape.</summary>
    public bool Portrait { get; init; }

    /// <summary>Shrink to one page wide (as many pages long as needed).</summary>
    public bool FitToWidth { get; init; } = true;

    /// <summary>Print exactly what was written.</summary>
    public bool SetPrintArea { get; init; } = true;

    /// <summary>Place among the tabs; sheets without one stand in the order of writing, after those with one. Lets a cover that counts be written last.</summary>
    public int? TabOrder { get; init; }

    public string HeaderLeft { get; init; } = "";
    public string HeaderRight { get; init; } = "";
    public string FooterLeft { get; init; } = "";
    public string FooterRight { get; init; } = "";

    /// <summary>Page x / y in the middle of the footer.</summary>
    public bool PageNumbers { get; init; } = true;
}
