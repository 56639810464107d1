using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Health;

/// <summary>What stands under the header of every page for administrators and compliance managers while something of the whole system wants a hand.</summary>
public sealed class SystemLines(Db db, Settings settings, IStringLocalizer<Words> words)
{
    private readonly DateTime started = DateTime.UtcNow;

    // An address that took no mail stays everybody's next mail's matter, whatever became of this one's: until it was corrected, the person has left, or it took a later one.
    private const string AddressIsWrong = """
        m.fault = 'recipient' and exists (
            select from people p where p.id = m.person_id and lower(p.email) = lower(m.to_address) and coalesce(p.left_on >= tokyo_date(business_now()), true))
        and not exists (select from mails r where r.person_id = m.person_id and r.kind = 'daily' and r.sent_on is not null and r.state = 'accepted' and r.id > m.id)
        """;

    private sealed record State(bool IsHeld, bool IsSilent, bool IsStopped, bool IsUnscanned, long Quarantined, long Wrong, bool IsUnsound, bool IsBackupOld, long Undelivered);

    /// <summary>Worst first; empty for everybody else, and while all is well.</summary>
    public async Task<IReadOnlyList<SystemLine>> LoadAsync(CurrentUser user, CancellationToken ct)
    {
        if (!user.Is(Role.Administrator) && !user.Is(Role.ComplianceManager))
        {
            return [];
        }
        await using var connection = await db.OpenAsync(ct);
        var state = (await connection.FirstAsync<State>($"""
            select (select mail_held_at is not null from installation) as is_held,
                greatest((select max(beat_at) from processes where kind <> 'web'), @started) < clock_timestamp() - {HealthStore.Silence} as is_silent,
                {HealthStore.MailsAreStopped} as is_stopped,
                (select away_since < clock_timestamp() - {HealthStore.Silence} from scanner_state) is true as is_unscanned,
                (select count(*) from quarantines where decision is null) as quarantined,
                (select count(*) from blob_checks where state <> 'whole') as wrong,
                {HealthStore.TrailIsUnsound} as is_unsound,
                coalesce((select {HealthStore.BackupIsOld} from backups b order by id desc limit 1), false) as is_backup_old,
                (select count(*) from mails m where m.state in ('failed', 'unknown') and not exists (select from mails r where r.resend_of = m.id)
                    and (m.finished_at > business_now() - interval '30 days' and exists (select from notices n where n.mail_id = m.id and n.closed_at is null) or {AddressIsWrong})) as undelivered
            """, new { started }, ct))!;
        var lines = new List<string>();
        if (state.IsSilent)
        {
            lines.Add(words["LineSilent"]);
        }
        if (state.IsHeld)
        {
            lines.Add(words["LineHeld"]);
        }
        if (state.IsStopped)
        {
            lines.Add(words["LineStopped"]);
        }
        if (HealthStore.Disk(settings) is { IsLow: true } disk)
        {
            lines.Add(words["LineDisk", Amount.Of(disk.FreeBytes)]);
        }
        if (state.Wrong > 0)
        {
            lines.Add(words["LineFiles", state.Wrong]);
        }
        if (state.IsUnsound)
        {
            lines.Add(words["LineTrail"]);
        }
        if (state.IsBackupOld)
        {
            lines.Add(words["LineBackup", HealthStore.BackupDays]);
        }
        if (state.IsUnscanned)
        {
            lines.Add(words["LineScanner"]);
        }
        var href = user.Is(Role.Administrator) ? "/health" : null;
        return
        [
            .. lines.Select(line => new SystemLine(href is null ? $"{line}{words["AskOperator"]}" : line, href, words["OpenHealth"])),
            .. state.Undelivered > 0 && user.Is(Role.ComplianceManager) ? [new SystemLine(words["LineUndelivered", state.Undelivered], "/mails", words["OpenMails"])] : Array.Empty<SystemLine>(),
            .. state.Quarantined > 0 && user.Is(Role.ComplianceManager) ? [new SystemLine(words["LineQuarantine", state.Quarantined], "/evidence/files?state=quarantined", words["OpenFiles"])] : Array.Empty<SystemLine>(),
        ];
    }
}
