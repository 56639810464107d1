using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Workbooks;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Reports;

/// <summary>What all sheets of one workbook share: what it is about, its words, and how a register is set up.</summary>
/// <param name="T">The room's words in the paper's language.</param>
/// <param name="States">The words of states.</param>
internal sealed record Paper(ReportOrder Order, FrameworkFacts Framework, CompanyProfile Company, IStringLocalizer T, IStringLocalizer States)
{
    public bool IsEnglish => Order.Language == "en";
    public string FrameworkShort => IsEnglish ? Framework.ShortEn : Framework.ShortJa;
    public string FrameworkTitle => IsEnglish ? Framework.TitleEn : Framework.TitleJa;

    public string TitleOf(ItemFacts item) => IsEnglish ? item.TitleEn : item.TitleJa;
    public bool IsUnverified(ItemFacts item) => IsEnglish ? item.UnverifiedEn : item.UnverifiedJa;

    /// <summary>Several refs in one cell, with spaces so that lines break between them.</summary>
    public static string Joined(string refs) => refs.Replace(EvidenceFacts.Between.ToString(), ", ");

    /// <summary>The number people know a collection by.</summary>
    public static string Number(long collection) => $"C-{collection}";

    /// <summary>A register: A4 landscape, its one head row repeated, frozen and filtered.</summary>
    public SheetSetup Register(string name, int tab, int frozenColumns, params double[] widths) => new(T[name])
    {
        Columns = widths,
        FrozenRows = 1,
        FrozenColumns = frozenColumns,
        RepeatedRows = (1, 1),
        FilterRow = 1,
        TabOrder = tab,
        HeaderLeft = $"{T["Title"]} {FrameworkShort} · {T[name]}",
        HeaderRight = $"{T["Cutoff"]} {DateText.Moment(Order.CutoffAt, Order.Language)}",
        FooterLeft = Company.NameIn(Order.Language),
        FooterRight = EvidenceWorkbook.Generator,
    };

    public async ValueTask HeadAsync(SheetWriter sheet, params string[] heads)
    {
        await sheet.RowAsync();
        foreach (var head in heads)
        {
            sheet.Text(T[head], CellStyle.Heading);
        }
    }

    /// <summary>A state as its one word, in the colours of its shape.</summary>
    /// <param name="state">As in the table of states: <c>coverage.stale</c>.</param>
    public void State(SheetWriter sheet, string state)
    {
        var look = Platform.Web.States.Of(state);
        sheet.Text(States[look.WordKey], look.Shape switch
        {
            Shape.Half or Shape.Full => CellStyle.Move,
            Shape.Done => CellStyle.Done,
            Shape.Warn => CellStyle.Warn,
            Shape.Late => CellStyle.Late,
            _ => CellStyle.Wait,
        });
    }

    /// <summary>Nothing is said with words, never by an empty sheet.</summary>
    public async ValueTask NothingAsync(SheetWriter sheet, int column)
    {
        await sheet.RowAsync();
        sheet.Skip(column - 1);
        sheet.Text(T["Nothing"]);
    }
}
