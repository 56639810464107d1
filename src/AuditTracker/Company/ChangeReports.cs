using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Company;

/// <summary>A change that the review body must be told of (domain: change reports), and what became of that.</summary>
/// <param name="Fact">companyName, headOffice, contact or privacyManager.</param>
/// <param name="ChangedOn">The day from which on it is so.</param>
/// <param name="DueOn">Null: no rule was valid on that day, and no date is guessed.</param>
/// <param name="Outcome">Null while it is open; reported, notNeeded, superseded or withdrawn.</param>
public sealed record ChangeReport(long Id, string Fact, DateOnly ChangedOn, DateOnly? DueOn, string ValueBefore, string ValueAfter, string ByActor, DateTime At, string? Outcome, DateOnly? ReportedOn, string Note, string? ClosedBy, DateTime? ClosedAt)
{
    public bool IsOpen => Outcome is null;

    /// <summary>It was closed by a person, who may have erred.</summary>
    public bool MayReopen => Outcome is "reported" or "notNeeded";

    public bool IsOverdue(DateOnly today) => IsOpen && DueOn < today;

    /// <summary>The change has not come: there is nothing to report yet.</summary>
    public bool IsAhead(DateOnly today) => IsOpen && ChangedOn > today;
}

/// <summary>
/// The tasks that follow from changes of the company: opened in the operation that makes the change, done or set aside with a word by a compliance
/// manager. The representative is reported only while a review is under way, the audit lead never; neither opens one.
/// </summary>
public sealed class ChangeReports(Db db)
{
    /// <summary>Characters of what was said.</summary>
    public const int LongestNote = 500;

    /// <summary>The duty in <c>templates/deadlines</c>.</summary>
    public const string Duty = "pmark-change-report";

    private const string Columns = "id, fact, changed_on, due_on, value_before, value_after, by_actor, at, outcome, reported_on, note, closed_by, closed_at";
    private const int MostClosed = 200;

    /// <summary>All that are open, first what is due first, and the last that were closed; nothing for who does not see the company's settings.</summary>
    public async Task<IReadOnlyList<ChangeReport>> ListAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ChangeReport>($"""
            (select {Columns} from change_reports where @may and outcome is null order by due_on nulls last, id)
            union all (select {Columns} from change_reports where @may and outcome is not null order by closed_at desc, id desc limit {MostClosed})
            """, new { may = user.SeesAllEvidence }, ct);
    }

    /// <summary>What a compliance manager has to report now, first what is due first.</summary>
    public async Task<IReadOnlyList<ChangeReport>> DueAsync(CurrentUser user, int limit, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ChangeReport>($"""
            select {Columns} from change_reports where @may and outcome is null and changed_on <= tokyo_date(business_now()) order by due_on nulls last, id limit @limit
            """, new { may = user.Is(Role.ComplianceManager), limit }, ct);
    }

    public async Task<ChangeReport?> FindAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<ChangeReport>($"select {Columns} from change_reports where id = @id and @may", new { id, may = user.SeesAllEvidence }, ct);
    }

    /// <summary>It was reported, or need not be.</summary>
    /// <param name="on">The day of the report; null: it is not needed.</param>
    /// <exception cref="NotFound">Not there, or the user is no compliance manager.</exception>
    /// <exception cref="InvalidInput">At <c>reportedOn</c>: in the future. At <c>note</c>: nothing, or too much.</exception>
    /// <exception cref="Refusal">Somebody was faster, or the change was taken back.</exception>
    public async Task CloseAsync(CurrentUser user, long id, DateOnly? on, string? note, CancellationToken ct)
    {
        var said = note?.Replace("\0", "").Trim() ?? "";
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await LockAsync(work, user, id, open: true, ct);
        if (on > work.Today)
        {
            throw InvalidInput.At<Words>("reportedOn", "ReportedInFuture");
        }
        if (said.Length is 0 or > LongestNote)
        {
            throw said.Length == 0 ? InvalidInput.At<Words>("note", on is null ? "ReasonEmpty" : "ReportNoteEmpty") : InvalidInput.At<Words>("note", "ReasonTooLong", LongestNote);
        }
        await work.ExecuteAsync("update change_reports set outcome = @outcome, reported_on = @on, note = @said, closed_by = @by, closed_at = @Now where id = @id",
            new { id, outcome = on is null ? "notNeeded" : "reported", on, said, by = work.Actor.Name, work.Now }, ct);
        var facts = new Dictionary<string, string?> { ["on"] = on is { } day ? DateText.Iso(day) : null };
        await (on is null ? work.ActAsync("company.changeNeedsNoReport", Subject(id), facts, said, ct) : work.ActAsync("company.changeReported", Subject(id), facts, said, ct));
        await work.CommitAsync(ct);
    }

    /// <summary>What was said about it was a mistake: it is open again.</summary>
    /// <exception cref="NotFound">Not there, or the user is no compliance manager.</exception>
    /// <exception cref="Refusal">It is open, or no person closed it.</exception>
    public async Task ReopenAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await LockAsync(work, user, id, open: false, ct);
        await work.ExecuteAsync("update change_reports set outcome = null, reported_on = null, note = '', closed_by = null, closed_at = null where id = @id", new { id }, ct);
        await work.ActAsync("company.changeReportReopened", Subject(id), ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Opens the tasks that a new version of a section asks for; call it after the version is written.</summary>
    /// <param name="before">What held on that day until now.</param>
    internal static async Task OpenAsync(UnitOfWork work, DeadlineDuty duty, CompanySection section, long version, CompanyProfile before, CompanyProfile after, DateOnly fromOn, CancellationToken ct)
    {
        (string Fact, string Before, string After)[] facts = section switch
        {
            CompanySection.Name => [("companyName", before.NameJa, after.NameJa)],
            CompanySection.Seat => [("headOffice", before.Address, after.Address)],
            CompanySection.Secretariat => [("contact", Contact(before), Contact(after))],
            _ => [],
        };
        foreach (var (fact, was, becomes) in facts)
        {
            await OpenAsync(work, duty, new Source(fact, version, null, fromOn, was, becomes), ct);
        }
    }

    /// <summary>The same for an appointment, when somebody else held it before.</summary>
    internal static async Task OpenAsync(UnitOfWork work, DeadlineDuty duty, string kind, long appointment, long person, string name, DateOnly fromOn, CancellationToken ct)
    {
        if (kind == "privacyManager" && await work.FirstAsync<string>("""
            select last.name from (select p.name, a.person_id from appointments a join people p on p.id = a.person_id
                where a.kind = @kind and a.withdrawn_at is null and a.id <> @appointment and a.from_on < @fromOn order by a.from_on desc, a.id desc limit 1) last
            where last.person_id <> @person
            """, new { kind, appointment, fromOn, person }, ct) is { } before)
        {
            await OpenAsync(work, duty, new Source("privacyManager", null, appointment, fromOn, before, name), ct);
        }
    }

    /// <summary>
    /// What was taken back needs no report, as far as nobody reported it. Where it had corrected another change of the same day, that one holds again and
    /// is owed again; call it after the version or the appointment is marked.
    /// </summary>
    internal static async Task WithdrawAsync(UnitOfWork work, long? version, long? appointment, CancellationToken ct)
    {
        await work.ExecuteAsync("""
            update change_reports set outcome = 'withdrawn', closed_by = @by, closed_at = @Now where outcome is null and (version_id = @version or appointment_id = @appointment)
            """, new { version, appointment, by = work.Actor.Name, work.Now }, ct);
        await work.ExecuteAsync("""
            with undone as (
                    select case section when 'name' then 'companyName' when 'seat' then 'headOffice' when 'secretariat' then 'contact' end as fact, from_on from company_versions where id = @version
                    union all select kind, from_on from appointments where id = @appointment),
                 holds as (
                    select r.id from change_reports r join undone u on u.fact = r.fact and u.from_on = r.changed_on
                    where r.outcome = 'superseded' and not exists (select from company_versions v where v.id = r.version_id and v.withdrawn_at is not null)
                      and not exists (select from appointments a where a.id = r.appointment_id and a.withdrawn_at is not null)
                      and not exists (select from change_reports n where n.fact = r.fact and n.changed_on = r.changed_on and n.id > r.id and n.outcome is distinct from 'withdrawn' and n.outcome is distinct from 'superseded')
                    order by r.id desc limit 1)
            update change_reports set outcome = null, closed_by = null, closed_at = null where id in (select id from holds)
            """, new { version, appointment }, ct);
    }

    private sealed record Source(string Fact, long? Version, long? Appointment, DateOnly ChangedOn, string Before, string After);

    private static async Task OpenAsync(UnitOfWork work, DeadlineDuty duty, Source change, CancellationToken ct)
    {
        // A correction of the same day: one report says it all, against what was before both.
        var before = await work.FirstAsync<string>("""
            with corrected as (update change_reports set outcome = 'superseded', closed_by = @by, closed_at = @Now where outcome is null and fact = @Fact and changed_on = @ChangedOn returning id, value_before)
            select value_before from corrected order by id limit 1
            """, new { change.Fact, change.ChangedOn, by = work.Actor.Name, work.Now }, ct) ?? change.Before;
        if (before.Length == 0 || before == change.After)
        {
            return; // Said for the first time, or as it was.
        }
        var calendar = await BusinessCalendars.LoadAsync(work.Connection, ct);
        await work.ExecuteAsync("""
            insert into change_reports (fact, version_id, appointment_id, changed_on, due_on, value_before, value_after, by_actor, at)
            values (@Fact, @Version, @Appointment, @ChangedOn, @due, @before, @After, @by, @Now)
            """, new { change.Fact, change.Version, change.Appointment, change.ChangedOn, due = duty.RuleFor(change.ChangedOn)?.From(change.ChangedOn, calendar).On, before, change.After, by = work.Actor.Name, work.Now }, ct);
    }

    private static async Task LockAsync(UnitOfWork work, CurrentUser user, long id, bool open, CancellationToken ct)
    {
        var outcome = await work.FirstAsync<string>("select coalesce(outcome, 'open') from change_reports where id = @id and @may for update", new { id, may = user.Is(Role.ComplianceManager) }, ct) ?? throw new NotFound();
        if (open ? outcome != "open" : outcome is not ("reported" or "notNeeded"))
        {
            throw Refusal.Of<Words>("ReportChangedMeanwhile");
        }
    }

    private static string Contact(CompanyProfile said) => string.Join(" / ", new[] { said.SecretariatName, said.SecretariatContact, said.ReplyTo }.Where(part => part.Length > 0));

    private static string Subject(long id) => $"changeReport:{id}";
}
