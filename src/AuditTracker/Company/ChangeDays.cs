using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Npgsql;

namespace AuditTracker.Company;

/// <summary>The company's own days: closed ones by range, and days worked instead. What was planned and not opened is planned anew. Compliance managers only.</summary>
public sealed class ChangeDays(Db db)
{
    private const int LongestDays = 366, YearsAround = 5;

    /// <param name="toOn">Inclusive; null: one day.</param>
    /// <exception cref="NotFound">The caller is no compliance manager.</exception>
    /// <exception cref="InvalidInput">At <c>from</c>, <c>to</c> or <c>name</c>.</exception>
    /// <exception cref="Refusal">The same range is closed already.</exception>
    public async Task CloseAsync(CurrentUser user, DateOnly fromOn, DateOnly? toOn, string nameJa, string nameEn, CancellationToken ct)
    {
        await using var work = await BeginAsync(user, ct);
        var to = toOn ?? fromOn;
        CheckNear(work, fromOn);
        if (to < fromOn)
        {
            throw InvalidInput.At<Words>("to", "ToBeforeFrom");
        }
        if (to.DayNumber - fromOn.DayNumber >= LongestDays)
        {
            throw InvalidInput.At<Words>("to", "ClosureTooLong", LongestDays);
        }
        var name = Named(nameJa);
        try
        {
            await work.ExecuteAsync("insert into closures (from_on, to_on, name_ja, name_en) values (@fromOn, @to, @name, @english)",
                new { fromOn, to, name, english = nameEn.Trim() is { Length: > 0 } given ? given : name }, ct);
        }
        catch (PostgresException taken) when (taken.ConstraintName == "closures_once")
        {
            throw Refusal.Of<Words>("ClosedAlready");
        }
        await EndAsync(work, "company.closureAdded", CalendarChange.Closure, fromOn, to, ct);
    }

    /// <exception cref="NotFound">No such closure, or the caller may not.</exception>
    public async Task OpenAsync(CurrentUser user, long closure, CancellationToken ct)
    {
        await using var work = await BeginAsync(user, ct);
        var gone = await work.QueryAsync<(DateOnly From, DateOnly To)>("delete from closures where id = @closure returning from_on, to_on", new { closure }, ct);
        if (gone is not [var (from, to)])
        {
            throw new NotFound();
        }
        await EndAsync(work, "company.closureRemoved", CalendarChange.Closure, from, to, ct);
    }

    /// <exception cref="NotFound">The caller is no compliance manager.</exception>
    /// <exception cref="InvalidInput">At <c>from</c> or <c>name</c>.</exception>
    /// <exception cref="Refusal">It is a business day anyway.</exception>
    public async Task WorkAsync(CurrentUser user, DateOnly on, string reason, CancellationToken ct)
    {
        await using var work = await BeginAsync(user, ct);
        CheckNear(work, on);
        var name = Named(reason);
        if ((await BusinessCalendars.LoadAsync(work.Connection, ct)).IsBusinessDay(on))
        {
            throw Refusal.Of<Words>("BusinessDayAnyway", DateText.Full(on));
        }
        await work.ExecuteAsync("insert into make_up_days (worked_on, reason) values (@on, @name) on conflict do nothing", new { on, name }, ct);
        await EndAsync(work, "company.makeUpDayAdded", CalendarChange.MakeUpDay, on, on, ct);
    }

    /// <exception cref="NotFound">It is none, or the caller may not.</exception>
    public async Task RestAsync(CurrentUser user, DateOnly on, CancellationToken ct)
    {
        await using var work = await BeginAsync(user, ct);
        if (await work.ExecuteAsync("delete from make_up_days where worked_on = @on", new { on }, ct) == 0)
        {
            throw new NotFound();
        }
        await EndAsync(work, "company.makeUpDayRemoved", CalendarChange.MakeUpDay, on, on, ct);
    }

    private async Task<UnitOfWork> BeginAsync(CurrentUser user, CancellationToken ct) =>
        user.Is(Role.ComplianceManager) ? await db.BeginAsync(Actor.Of(user), ct) : throw new NotFound();

    private static string Named(string typed) => typed.Trim() is { Length: > 0 } name ? name : throw InvalidInput.At<Words>("name", "DayNameEmpty");

    private static void CheckNear(UnitOfWork work, DateOnly day)
    {
        if (Math.Abs(day.Year - work.Today.Year) > YearsAround)
        {
            throw InvalidInput.At<Words>("from", "DayTooFar", YearsAround);
        }
    }

    private static async Task EndAsync(UnitOfWork work, string act, CalendarChange change, DateOnly from, DateOnly to, CancellationToken ct)
    {
        await CalendarChanges.AddAsync(work, change, work.Today, ct);
        await work.ActAsync(act, "company:1", new Dictionary<string, string?> { ["from"] = DateText.Iso(from), ["to"] = DateText.Iso(to) }, ct: ct);
        await work.CommitAsync(ct);
    }
}
