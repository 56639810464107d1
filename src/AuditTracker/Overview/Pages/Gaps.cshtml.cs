using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview.Pages;

/// <summary>What is not arranged: items nobody is asked for, requests nobody owns, items the mapping alone speaks for. Each line leads to what mends it.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner)]
public sealed class GapsModel(ShowGaps show, GapStore store, IStringLocalizer<Words> words) : PageModel
{
    [FromQuery(Name = "kind")] public GapKind Kind { get; set; }
    [FromQuery(Name = "framework")] public string? Key { get; set; }

    public string Language { get; } = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
    public Gaps Gaps { get; private set; } = null!;

    /// <summary>The part that is shown of the list that is open; the other is empty.</summary>
    public ListPage<MissingItem> Missing { get; private set; } = new([], null, null);
    public ListPage<OwnerlessRequest> Ownerless { get; private set; } = new([], null, null);
    public string? Before => Missing.Before ?? Ownerless.Before;
    public string? After => Missing.After ?? Ownerless.After;
    public bool MayMend => HttpContext.CurrentUser().Is(Role.ComplianceManager);
    public IReadOnlyList<Chip> Chips => Gaps.Framework is { } framework ? [new Chip(framework.Short(Language), "framework")] : [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var slice = await LoadAsync(ct);
        if (Kind == GapKind.Owner)
        {
            Ownerless = await store.OwnerlessAsync(HttpContext.CurrentUser(), Gaps.Framework?.Key, slice, ct);
        }
        else
        {
            Missing = slice.Of(Listed, Gaps.Place);
        }
    }

    private IEnumerable<MissingItem> Listed => Kind == GapKind.Mapping ? Gaps.OnlyMapped : Gaps.NoRequest;

    private async Task<ListSlice> LoadAsync(CancellationToken ct)
    {
        Gaps = await show.RunAsync(HttpContext.CurrentUser(), Key, ct);
        return Request.Slice(Kind == GapKind.Owner ? GapOrders.Due : GapOrders.Item);
    }

    /// <summary>The address of one of the lists, narrowed as this one is.</summary>
    public string To(GapKind kind) => $"/controls/gaps?kind={kind.ToString().ToLowerInvariant()}" + (Gaps.Framework is { } framework ? $"&framework={framework.Key}" : "");

    public string FrameworkOf(Item item) => Gaps.Frameworks.First(known => known.Key == item.Framework).Short(Language);

    /// <summary>この内容をExcelで: the list that is open.</summary>
    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        var slice = await LoadAsync(ct);
        IReadOnlyList<string> filters = [.. Chips.Select(chip => chip.Text)];
        var name = words[$"Gaps{Kind}"].Value;
        return Kind == GapKind.Owner
            ? new ListSheet<OwnerlessRequest>(name, filters, words["NextDue"], slice.Descending,
            [
                new(words["RequestName"], 44, (sheet, row) => sheet.Text(row.Title)),
                new(words["Owner"], 18, (sheet, row) => sheet.Text(row.OwnerName)),
                new(words["WhySo"], 34, (sheet, row) => sheet.Text(WhyNoOwner(row))),
                new(words["NextDue"], 14, (sheet, row) => sheet.Date(row.NextDueOn)),
            ], store.AllOwnerlessAsync(HttpContext.CurrentUser(), Gaps.Framework?.Key, slice, ct))
            : new ListSheet<MissingItem>(name, filters, words["Item"], slice.Descending,
            [
                new(words["Framework"], 18, (sheet, row) => sheet.Text(FrameworkOf(row.Item))),
                new(words["Item"], 12, (sheet, row) => sheet.Text(row.Item.OfficialRef, CellStyle.Code)),
                new(words["RefOrTitle"], 44, (sheet, row) => sheet.Text(row.Item.Title(Language))),
                new(words["Owner"], 18, (sheet, row) => sheet.Text(row.Item.OwnerName)),
                new(words["MappedTo"], 60, (sheet, row) => sheet.Text(string.Join(words["Comma"], row.By.Select(by => $"{FrameworkOf(by.Item.Item)} {by.Item.Item.OfficialRef}")))),
            ], slice.All(Listed, Gaps.Place).ToAsyncEnumerable());
    }

    /// <summary>Left on a day, or on leave from one to another.</summary>
    public string WhyNoOwner(OwnerlessRequest row) => row.LeftOn is { } left ? words["OwnerLeftOn", DateText.Table(left)]
        : row.LeaveTo is { } to ? words["OwnerOnLeave", DateText.Table(row.LeaveFrom!.Value), DateText.Table(to)] : words["OwnerOnLeaveSince", DateText.Table(row.LeaveFrom!.Value)];
}
