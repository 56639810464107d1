using System.Globalization;
using AuditTracker.Company;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Overview;

/// <summary>A step of the first set-up.</summary>
/// <param name="Key">Its words in the company's room are <c>StepKey</c>, <c>StepKeyLead</c>, <c>StepKeyFact</c>.</param>
/// <param name="Href">The page where it is done.</param>
/// <param name="Minutes">What it takes.</param>
/// <param name="Facts">Values of its fact: what the data says.</param>
public sealed record SetupStep(string Key, string Href, int Minutes, bool IsDone, object[] Facts);

/// <summary>
/// How far a fresh installation is set up, computed from its data: nothing is stored, every step may be left for later and none blocks another.
/// </summary>
public sealed class SetupSteps(Db db)
{
    /// <summary>Business days of mails that the last step looks ahead.</summary>
    public const int DaysAhead = 10;

    private sealed record Counts(long People, long Requests, long TestMails, long Opened, bool IsDemo);

    /// <summary>How many of a framework's items are left out, or have an owner.</summary>
    private sealed record Adoption(string ShortJa, string ShortEn, long Items, long Decided)
    {
        public override string ToString() => $"{(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ja" ? ShortJa : ShortEn)} {Decided:N0}/{Items:N0}";
    }

    /// <summary>All steps in order; the last one is reviewing and starting.</summary>
    public async Task<IReadOnlyList<SetupStep>> LoadAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var company = await CompanyStore.LoadAsync(connection, ct);
        var today = await connection.FirstAsync<DateOnly>("select tokyo_date(business_now())", ct: ct);
        var kinds = (await AppointmentStore.KindsAsync(connection, ct)).Where(kind => kind.Required).ToList();
        var held = (await AppointmentStore.OnAsync(connection, today, ct)).Select(row => row.Kind).ToHashSet();
        var counts = (await CountAsync(connection, ct))!;
        var adopted = await connection.ListAsync<Adoption>("""
            select f.short_ja, f.short_en, count(*) as items, count(*) filter (where not c.applicable or c.owner_id is not null) as decided
            from controls c join frameworks f on f.key = c.framework where not f.archived and not f.reference group by f.key order by f.position
            """, ct: ct);
        var named = company is { NameJa.Length: > 0, SecretariatName.Length: > 0, Address.Length: > 0 };
        var appointed = kinds.Count(kind => held.Contains(kind.Key));
        return
        [
            new("Company", "/company", 5, named, [company.NameJa]),
            new("Frameworks", "/controls", 20, adopted.Any(framework => framework.Decided == framework.Items), [string.Join(" · ", adopted)]),
            new("People", "/people/import", 5, counts.People > 1, [counts.People]),
            new("Appointments", "/company/appointments", 10, appointed == kinds.Count, [kinds.Count, appointed]),
            new("Requests", "/evidence/library", 30, counts.Requests > 0, [counts.Requests]),
            new("Mail", "/mails", 5, counts.TestMails > 0, [company.SenderAddress]),
            new("Start", "/setup#start", 5, counts.Opened > 0, [DaysAhead]),
        ];
    }

    /// <summary>The next step to show a compliance manager today; null once something was asked of somebody, in a demo, and for everybody else.</summary>
    public async Task<SetupStep?> NextAsync(CurrentUser user, CancellationToken ct)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            return null;
        }
        await using (var connection = await db.OpenAsync(ct))
        {
            if (await connection.FirstAsync<bool>("select is_demo or exists (select from collection_acts) from installation", ct: ct))
            {
                return null;
            }
        }
        return (await LoadAsync(ct)).FirstOrDefault(step => !step.IsDone);
    }

    private static Task<Counts?> CountAsync(Npgsql.NpgsqlConnection connection, CancellationToken ct) => connection.FirstAsync<Counts>("""
        select (select count(*) from (select from people where left_on is null or left_on >= tokyo_date(business_now()) limit 10000) p) as people,
               (select count(*) from evidence_requests) as requests,
               (select count(*) from notices n join mails m on m.id = n.mail_id where n.template = 'notifications/test' and m.state = 'accepted') as test_mails,
               (select count(*) from (select from collection_acts limit 1) a) as opened, is_demo
        from installation
        """, ct: ct);
}
