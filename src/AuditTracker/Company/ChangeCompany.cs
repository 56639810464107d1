using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Company;

/// <summary>Changes one section of the master data from a day on, and takes back a change that has not begun. Compliance managers only.</summary>
public sealed class ChangeCompany(Db db, Deadlines deadlines)
{
    private const int EarliestYears = 10, LatestYears = 5;

    /// <summary>The orders of stamp boxes there are, left to right.</summary>
    public static IReadOnlyList<string> StampOrders { get; } = ["承認,確認,作成", "作成,確認,承認", "承認,作成", "作成,承認"];

    /// <param name="said">Only the values of the section are read.</param>
    /// <param name="fromOn">Its first day; it may lie in the future, and in the past when a change is written down late.</param>
    /// <exception cref="NotFound">The caller is no compliance manager.</exception>
    /// <exception cref="InvalidInput">A value cannot be taken.</exception>
    public async Task RunAsync(CurrentUser user, CompanySection section, CompanyProfile said, DateOnly fromOn, CancellationToken ct)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
        var checkedOnes = Check(section, said);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (fromOn < work.Today.AddYears(-EarliestYears) || fromOn > work.Today.AddYears(LatestYears))
        {
            throw InvalidInput.At<Words>("fromOn", "FromOutOfRange", EarliestYears, LatestYears);
        }
        var before = await CompanyStore.LoadAsync(work.Connection, fromOn, ct);
        if (section == CompanySection.Customs)
        {
            if (before.FiscalStartMonth != said.FiscalStartMonth && fromOn < work.Today)
            {
                throw InvalidInput.At<Words>("fromOn", "FiscalYearNotInThePast");
            }
            if (before.FiscalStartMonth != said.FiscalStartMonth)
            {
                await CalendarChanges.AddAsync(work, CalendarChange.FiscalYear, fromOn, ct);
            }
        }
        var version = await CompanyStore.AddAsync(work, section, checkedOnes, fromOn, ct);
        await ChangeReports.OpenAsync(work, deadlines[ChangeReports.Duty], section, version, before, checkedOnes, fromOn, ct);
        await work.ActAsync("company.changed", "company:1", new Dictionary<string, string?> { ["section"] = CompanyStore.Wire(section), ["from"] = DateText.Iso(fromOn) }, ct: ct);
        await work.CommitAsync(ct);
    }

    /// <exception cref="NotFound">No such change that could still be taken back, or the caller may not.</exception>
    public async Task WithdrawAsync(CurrentUser user, long id, CancellationToken ct)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var (section, fromOn) = await CompanyStore.WithdrawAsync(work, id, ct) ?? throw new NotFound();
        await ChangeReports.WithdrawAsync(work, id, null, ct);
        await work.ActAsync("company.changeWithdrawn", "company:1", new Dictionary<string, string?> { ["section"] = CompanyStore.Wire(section), ["from"] = DateText.Iso(fromOn) }, ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>The values of the section, read and trimmed.</summary>
    /// <exception cref="InvalidInput">A value cannot be taken; named at its field.</exception>
    public static CompanyProfile Check(CompanySection section, CompanyProfile said)
    {
        said = said with
        {
            NameJa = said.NameJa.Trim(),
            NameEn = said.NameEn.Trim(),
            CorporateNumber = said.CorporateNumber.Trim(),
            Address = said.Address.Trim(),
            Representative = said.Representative.Trim(),
            Sites = said.Sites.Trim(),
            SecretariatName = said.SecretariatName.Trim(),
            SecretariatContact = said.SecretariatContact.Trim(),
            SenderAddress = said.SenderAddress.Trim(),
            ReplyTo = said.ReplyTo.Trim(),
        };
        switch (section)
        {
            case CompanySection.Name:
                Need(said.NameJa, "nameJa", "NameJaEmpty");
                return said.CorporateNumber.Length == 0 ? said
                    : said with { CorporateNumber = Company.CorporateNumber.Read(said.CorporateNumber) ?? throw InvalidInput.At<Words>("corporateNumber", "CorporateNumberWrong") };
            case CompanySection.Seat:
                Need(said.Address, "address", "AddressEmpty");
                return said;
            case CompanySection.Secretariat:
                Need(said.SecretariatName, "secretariatName", "SecretariatNameEmpty");
                Need(said.SecretariatContact, "secretariatContact", "SecretariatContactEmpty");
                CheckMail(said.SenderAddress, "senderAddress");
                if (said.ReplyTo.Length > 0)
                {
                    CheckMail(said.ReplyTo, "replyTo");
                }
                return said;
            default:
                return said.FiscalStartMonth is < 1 or > 12 ? throw InvalidInput.At<Words>("fiscalStartMonth", "MonthWrong")
                    : StampOrders.Contains(said.StampOrder) ? said : throw InvalidInput.At<Words>("stampOrder", "StampOrderWrong");
        }
    }

    private static void Need(string value, string field, string key)
    {
        if (value.Length == 0)
        {
            throw InvalidInput.At<Words>(field, key);
        }
    }

    private static void CheckMail(string address, string field)
    {
        if (!System.Net.Mail.MailAddress.TryCreate(address, out var read) || read.Address != address || address.Length > 254)
        {
            throw InvalidInput.At<Words>(field, "MailWrong", address);
        }
    }
}
