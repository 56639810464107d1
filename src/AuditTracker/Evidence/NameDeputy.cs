using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>Somebody's leave, now or next, and who stands in.</summary>
/// <param name="DeputyNo">Named for this leave; null: whoever comes next up the line.</param>
/// <param name="NextNo">Who comes next up the line today; null: nobody.</param>
public sealed record LeaveDeputy(long LeaveId, long PersonId, DateOnly FromOn, DateOnly? ToOn, string? DeputyNo, string? DeputyName, string? NextNo, string? NextName)
{
    public string? Name => DeputyName ?? NextName;
}

/// <summary>
/// Who stands in for somebody while they are on leave, named before the leave or during it: by a compliance manager, anybody; by oneself, somebody of one's own
/// departments, their head, or one's manager, for nobody hands the secretariat's trust on to whom they like.
/// </summary>
public sealed class NameDeputy(Db db, Choices choices)
{
    private const string LeaveSql = $"""
        select l.id as leave_id, p.id as person_id, l.from_on, l.to_on, d.employee_no as deputy_no, d.name as deputy_name, s.employee_no as next_no, s.name as next_name
        from people p join lateral (select * from leaves l where l.person_id = p.id and (l.to_on is null or l.to_on >= @Today) order by l.from_on limit 1) l on true
        left join leave_deputies n on n.leave_id = l.id left join people d on d.id = n.deputy_id
        left join lateral (select s.employee_no, b.name from {HandOverLeavers.Successors} s join people b on b.id = s.id
            where not exists (select 1 from leaves away where away.person_id = s.id and @Today between away.from_on and coalesce(away.to_on, 'infinity')) order by s.place, s.id limit 1) s on true
        where p.employee_no = @employeeNo and (@isManager or p.id = @PersonId)
        """;

    /// <summary>Null when no leave is ahead, or it is not the reader's to see: compliance managers and oneself.</summary>
    public async Task<LeaveDeputy?> FindAsync(CurrentUser user, string employeeNo, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        return await FindAsync(work, user, employeeNo, ct);
    }

    /// <summary>Whom somebody may name for their own leave; nobody for anybody else.</summary>
    public async Task<IReadOnlyList<PickablePerson>> OwnChoicesAsync(CurrentUser user, LeaveDeputy leave, CancellationToken ct) =>
        user.PersonId == leave.PersonId ? await choices.ColleaguesOfAsync(leave.PersonId, ct) : [];

    /// <param name="deputyNo">Employee number; null or empty: whoever comes next up the line.</param>
    /// <exception cref="NotFound">No leave is ahead, or the user is neither a compliance manager nor the person themself.</exception>
    /// <exception cref="InvalidInput">At <c>deputy</c>: nobody employed, the person themself, or somebody they may not name.</exception>
    public async Task RunAsync(CurrentUser user, string employeeNo, string? deputyNo, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var leave = await FindAsync(work, user, employeeNo, ct) ?? throw new NotFound();
        var number = deputyNo?.Replace("\0", "").Trim() is { Length: > 0 } typed ? typed : null;
        if (number == leave.DeputyNo)
        {
            return;
        }
        if (number is null)
        {
            await work.ExecuteAsync("delete from leave_deputies where leave_id = @LeaveId", new { leave.LeaveId }, ct);
        }
        else
        {
            var deputy = await RequestStore.EmployedAsync(work, number, ct) ?? throw InvalidInput.At<Words>("deputy", "PersonUnknown", number);
            if (deputy == leave.PersonId)
            {
                throw InvalidInput.At<Words>("deputy", "DeputyIsAway");
            }
            if (!user.Is(Role.ComplianceManager)
                && !await work.FirstAsync<bool>($"select {Choices.ColleagueOfAssignee} from people p where p.id = @deputy", new { deputy, assignee = leave.PersonId, work.Today }, ct))
            {
                throw InvalidInput.At<Words>("deputy", "DeputyNoColleague");
            }
            await work.ExecuteAsync("""
                insert into leave_deputies (leave_id, deputy_id, by_account, at) values (@LeaveId, @deputy, @AccountId, @Now)
                on conflict (leave_id) do update set deputy_id = @deputy, by_account = @AccountId, at = @Now
                """, new { leave.LeaveId, deputy, user.AccountId, work.Now }, ct);
        }
        await EvidenceMails.TellDeputyNamedAsync(work, user, leave.LeaveId, ct);
        await work.ActAsync("person.deputyNamed", $"person:{employeeNo}", new Dictionary<string, string?> { ["deputy"] = number }, ct: ct);
        await work.CommitAsync(ct);
    }

    private static Task<LeaveDeputy?> FindAsync(UnitOfWork work, CurrentUser user, string employeeNo, CancellationToken ct) =>
        work.FirstAsync<LeaveDeputy>(LeaveSql, new { employeeNo, isManager = user.Is(Role.ComplianceManager), user.PersonId, work.Today }, ct);
}
