using AuditTracker.Platform.Database;
using AuditTracker.Trail;
using Dapper;
using Npgsql;

namespace AuditTracker.Company;

/// <summary>The company's master data by date.</summary>
public static class CompanyStore
{
    private const string Columns = "name_ja, name_en, corporate_number, address, representative, sites, secretariat_name, secretariat_contact, sender_address, reply_to, fiscal_start_month, stamp_order, era_dates";

    /// <summary>The columns of each section, and the values of a profile for them.</summary>
    private static readonly Dictionary<CompanySection, (string Columns, string Values)> Sections = new()
    {
        [CompanySection.Name] = ("name_ja, name_en, corporate_number", "@NameJa, @NameEn, @CorporateNumber"),
        [CompanySection.Seat] = ("address, representative, sites", "@Address, @Representative, @Sites"),
        [CompanySection.Secretariat] = ("secretariat_name, secretariat_contact, sender_address, reply_to", "@SecretariatName, @SecretariatContact, @SenderAddress, @ReplyTo"),
        [CompanySection.Customs] = ("fiscal_start_month, stamp_order, era_dates", "@FiscalStartMonth, @StampOrder, @EraDates"),
    };

    private sealed record VersionRow(long Id, string Section, DateOnly FromOn, string ByActor, DateTime At, DateTime? WithdrawnAt);

    /// <summary>The company as it is on the business day; works on the connection of a unit of work too.</summary>
    public static Task<CompanyProfile> LoadAsync(NpgsqlConnection connection, CancellationToken ct = default) => LoadAsync(connection, null, ct);

    /// <summary>The company as it is on a day; null: on the business day.</summary>
    public static async Task<CompanyProfile> LoadAsync(NpgsqlConnection connection, DateOnly? on, CancellationToken ct = default) =>
        await connection.FirstAsync<CompanyProfile>($"select {Columns} from company_on(coalesce(@on, tokyo_date(business_now())))", new { on }, ct) ?? new CompanyProfile();

    /// <summary>
    /// What the company has been from the beginning, at the first set-up. What was entered with a date later holds from that date on all the same.
    /// Who may do so is decided by the caller.
    /// </summary>
    public static async Task SaveAsync(UnitOfWork work, CompanyProfile company, CancellationToken ct = default)
    {
        foreach (var section in Sections.Keys)
        {
            await AddAsync(work, section, company, DateOnly.MinValue, ct);
        }
        await work.ActAsync("company.changed", "company:1", ct: ct);
    }

    /// <summary>Every version of every section, the newest first within its section; those taken back too.</summary>
    public static async Task<IReadOnlyList<CompanyVersion>> VersionsAsync(NpgsqlConnection connection, CancellationToken ct = default)
    {
        // The split column must not be null, or Dapper takes the profile for missing.
        var versions = await connection.QueryAsync<VersionRow, CompanyProfile, CompanyVersion>(new CommandDefinition($"""
            select id, section, from_on, by_actor, at, withdrawn_at, 1 as said, {Columns} from company_versions order by section, from_on desc, id desc
            """, cancellationToken: ct), (row, said) => new CompanyVersion
        {
            Id = row.Id,
            Section = Enum.Parse<CompanySection>(row.Section, ignoreCase: true),
            FromOn = row.FromOn,
            ByActor = row.ByActor,
            At = row.At,
            WithdrawnAt = row.WithdrawnAt,
            Said = said,
        }, splitOn: "said");
        return versions.AsList();
    }

    internal static Task<long> AddAsync(UnitOfWork work, CompanySection section, CompanyProfile company, DateOnly fromOn, CancellationToken ct) => work.FirstAsync<long>($"""
        insert into company_versions (section, from_on, by_actor, at, {Sections[section].Columns})
        values (@section, @fromOn, @by, @now, {Sections[section].Values}) returning id
        """, new
    {
        section = Wire(section),
        fromOn,
        by = work.Actor.Name,
        now = work.Now,
        company.NameJa,
        company.NameEn,
        company.CorporateNumber,
        company.Address,
        company.Representative,
        company.Sites,
        company.SecretariatName,
        company.SecretariatContact,
        company.SenderAddress,
        company.ReplyTo,
        company.FiscalStartMonth,
        company.StampOrder,
        company.EraDates,
    }, ct);

    /// <summary>Takes back a change that has not begun.</summary>
    /// <returns>Its section and day; null when there is no such change.</returns>
    internal static async Task<(CompanySection Section, DateOnly FromOn)?> WithdrawAsync(UnitOfWork work, long id, CancellationToken ct)
    {
        var row = await work.FirstAsync<VersionRow>("""
            update company_versions set withdrawn_at = @Now where id = @id and from_on > @Today and withdrawn_at is null
            returning id, section, from_on, by_actor, at, withdrawn_at
            """, new { id, work.Now, work.Today }, ct);
        return row is null ? null : (Enum.Parse<CompanySection>(row.Section, ignoreCase: true), row.FromOn);
    }

    internal static string Wire(CompanySection section) => section.ToString().ToLowerInvariant();
}
