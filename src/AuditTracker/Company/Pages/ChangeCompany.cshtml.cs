using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Company.Pages;

/// <summary>A section of the master data, from a day on.</summary>
[May(Role.ComplianceManager)]
public sealed class ChangeCompanyModel(Db db, BusinessClock clock, ChangeCompany change, IStringLocalizer<Words> words) : PageModel
{
    [FromRoute(Name = "section")] public string Path { get; set; } = "";
    [BindProperty] public Form Input { get; set; } = new();

    /// <exception cref="NotFound">There is no such section.</exception>
    public CompanySection Section => Enum.GetValues<CompanySection>().Where(section => string.Equals(section.ToString(), Path, StringComparison.OrdinalIgnoreCase)).Select(section => (CompanySection?)section).FirstOrDefault() ?? throw new NotFound();

    /// <summary>As typed; only the fields of the section are on the page.</summary>
    public sealed class Form
    {
        public string? NameJa { get; set; }
        public string? NameEn { get; set; }
        public string? CorporateNumber { get; set; }
        public string? Address { get; set; }
        public string? Representative { get; set; }
        public string? Sites { get; set; }
        public string? SecretariatName { get; set; }
        public string? SecretariatContact { get; set; }
        public string? SenderAddress { get; set; }
        public string? ReplyTo { get; set; }
        public int FiscalStartMonth { get; set; }
        public string? StampOrder { get; set; }
        public bool EraDates { get; set; }
        public string? FromOn { get; set; }

        internal CompanyProfile ToProfile() => new()
        {
            NameJa = NameJa ?? "",
            NameEn = NameEn ?? "",
            CorporateNumber = CorporateNumber ?? "",
            Address = Address ?? "",
            Representative = Representative ?? "",
            Sites = Sites ?? "",
            SecretariatName = SecretariatName ?? "",
            SecretariatContact = SecretariatContact ?? "",
            SenderAddress = SenderAddress ?? "",
            ReplyTo = ReplyTo ?? "",
            FiscalStartMonth = FiscalStartMonth,
            StampOrder = StampOrder ?? "",
            EraDates = EraDates,
        };

        internal static Form Of(CompanyProfile said, DateOnly today) => new()
        {
            NameJa = said.NameJa,
            NameEn = said.NameEn,
            CorporateNumber = said.CorporateNumber,
            Address = said.Address,
            Representative = said.Representative,
            Sites = said.Sites,
            SecretariatName = said.SecretariatName,
            SecretariatContact = said.SecretariatContact,
            SenderAddress = said.SenderAddress,
            ReplyTo = said.ReplyTo,
            FiscalStartMonth = said.FiscalStartMonth,
            StampOrder = said.StampOrder,
            EraDates = said.EraDates,
            FromOn = DateText.Plain(today, "ja"),
        };
    }

    public async Task OnGetAsync(CancellationToken ct)
    {
        _ = Section;
        var (_, today) = await clock.NowAsync(ct);
        await using var connection = await db.OpenAsync(ct);
        Input = Form.Of(await CompanyStore.LoadAsync(connection, today, ct), today);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        try
        {
            var from = TypedDate.Read(Input.FromOn, "fromOn");
            await change.RunAsync(HttpContext.CurrentUser(), Section, Input.ToProfile(), from, ct);
            return this.Done("/company", words["ChangedDone", words["Section" + Section], DateText.Full(from)]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }
}
