using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Npgsql;

namespace AuditTracker.Training;

/// <summary>When somebody is told, in days from a due date.</summary>
/// <param name="Step">Part of a notice's key, so each is told once.</param>
/// <param name="Tells">person, manager, head or privacyManager.</param>
/// <param name="Days">Negative: before the due date.</param>
/// <param name="RepeatDays">From there on every so many days; null: once.</param>
public sealed record CadenceStep(string Step, string Tells, int Days, string Unit, int? RepeatDays, bool Active);

/// <summary>A step whose day has come.</summary>
public sealed record CadenceDay(string Step, DateOnly On, bool IsLate);

/// <summary>The company's cadence of notices (domain.md §6.5), editable data. "Its day has come" and not "is today": a worker that was down misses nothing, and after a pause only the newest is told.</summary>
public sealed class Cadence(Db db)
{
    private const string Sql = "select step, tells, days, unit, repeat_days, active from training_cadence order by array_position(array['person', 'manager', 'head', 'privacyManager'], tells), days, step";

    public static Task<IReadOnlyList<CadenceStep>> LoadAsync(NpgsqlConnection connection, CancellationToken ct) => connection.ListAsync<CadenceStep>(Sql, ct: ct);

    public async Task<IReadOnlyList<CadenceStep>> LoadAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await LoadAsync(connection, ct);
    }

    /// <summary>The newest step of one kind whose day has come, or null. A step before the due date also lies behind the opening, and is no longer told when the due date is over.</summary>
    public static CadenceDay? Newest(IEnumerable<CadenceStep> steps, string tells, DateOnly opensOn, DateOnly dueOn, DateOnly today, BusinessCalendar calendar)
    {
        CadenceDay? newest = null;
        foreach (var step in steps.Where(step => step.Active && step.Tells == tells && (step.Days > 0 || today <= dueOn)))
        {
            for (var times = 0; times == 0 || step.RepeatDays is not null; times++)
            {
                var on = On(step, dueOn, times, calendar);
                if (on > today)
                {
                    break;
                }
                if ((step.Days > 0 || on > opensOn) && (newest is null || on > newest.On))
                {
                    newest = new(times == 0 ? step.Step : $"{step.Step}+{times}", on, step.Days > 0);
                }
            }
        }
        return newest;
    }

    /// <summary>A day on which nobody works moves to the business day before it, but never to the due date or before from behind it.</summary>
    private static DateOnly On(CadenceStep step, DateOnly dueOn, int times, BusinessCalendar calendar)
    {
        var on = step.Unit == "businessDays" ? calendar.AddBusinessDays(dueOn, step.Days) : calendar.ShiftToPrevious(dueOn.AddDays(step.Days));
        if (times > 0)
        {
            on = calendar.ShiftToPrevious((step.Unit == "businessDays" ? on : dueOn.AddDays(step.Days)).AddDays(times * step.RepeatDays!.Value));
        }
        return step.Days > 0 && on <= dueOn ? calendar.AddBusinessDays(dueOn, 1) : on;
    }

    /// <summary>Changes days and whether a step is told; compliance managers only.</summary>
    /// <exception cref="InvalidInput">Days on the wrong side of the due date, or out of range.</exception>
    public async Task ChangeAsync(CurrentUser user, IReadOnlyList<CadenceStep> changed, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
        foreach (var step in changed)
        {
            var before = await work.FirstAsync<CadenceStep>("select step, tells, days, unit, repeat_days, active from training_cadence where step = @Step for update", step, ct) ?? throw new NotFound();
            if (step.Days == 0 || step.Days is < -60 or > 90 || step.Days < 0 != before.Days < 0)
            {
                throw InvalidInput.At<Words>("days", "CadenceDays");
            }
            if (before.RepeatDays is not null && step.RepeatDays is not (>= 1 and <= 31))
            {
                throw InvalidInput.At<Words>("days", "CadenceRepeat");
            }
            await work.ExecuteAsync("update training_cadence set days = @Days, repeat_days = case when repeat_days is null then null else @RepeatDays end, active = @Active where step = @Step", step, ct);
        }
        await work.ActAsync("training.cadenceChanged", "training:cadence", ct: ct);
        await work.CommitAsync(ct);
    }
}
