using AuditTracker.Platform.Database;
using AuditTracker.Trail;
using Npgsql;

namespace AuditTracker.Company;

/// <summary>The one row of the company.</summary>
public static class CompanyStore
{
    private const string Columns = "name_ja, name_en, secretariat_name, secretariat_contact, sender_address, reply_to, fiscal_start_month, stamp_order, era_dates";

    /// <summary>The company as it is now; works on the connection of a unit of work too.</summary>
    public static async Task<CompanyProfile> LoadAsync(NpgsqlConnection connection, CancellationToken ct = default) =>
        await connection.FirstAsync<CompanyProfile>($"select {Columns} from company", ct: ct) ?? new CompanyProfile();

    /// <summary>Replaces the company's row; the trail keeps what it said before. Who may do so is decided by the caller.</summary>
    public static async Task SaveAsync(UnitOfWork work, CompanyProfile company, CancellationToken ct = default)
    {
        await work.ExecuteAsync($"""
            insert into company ({Columns})
            values (@NameJa, @NameEn, @SecretariatName, @SecretariatContact, @SenderAddress, @ReplyTo, @FiscalStartMonth, @StampOrder, @EraDates)
            on conflict (id) do update set ({Columns}) = (@NameJa, @NameEn, @SecretariatName, @SecretariatContact, @SenderAddress, @ReplyTo, @FiscalStartMonth, @StampOrder, @EraDates)
            """, company, ct);
        await work.ActAsync("company.changed", "company:1", ct: ct);
    }
}
