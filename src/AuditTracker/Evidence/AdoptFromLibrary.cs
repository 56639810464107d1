using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>Several entries of the library, with what was chosen once for all of them; people by employee number.</summary>
/// <param name="StartOn">The period that holds it is the first of each.</param>
public sealed record AdoptInput(IReadOnlyList<string> Entries, string Owner, string Reviewer, DateOnly StartOn);

/// <summary>What became of them, by id of the entry.</summary>
/// <param name="Made">The new requests.</param>
/// <param name="InUse">A request made from it was running already; no second one was made.</param>
public sealed record AdoptedEntries(IReadOnlyDictionary<string, long> Made, IReadOnlyList<string> InUse);

/// <summary>
/// Makes a request of each of several library entries, all or none of them. An entry a running request was made from is left alone, so the same
/// form sent twice makes nothing twice. Compliance managers only.
/// </summary>
public sealed class AdoptFromLibrary(Db db, Library library)
{
    /// <summary>Two who adopt at the same time wait for each other.</summary>
    private const string Lock = "select pg_advisory_xact_lock(hashtextextended('evidence.library', 0))";

    /// <exception cref="InvalidInput">A field cannot be taken; nothing was made.</exception>
    /// <exception cref="NotFound">The user may not.</exception>
    public async Task<AdoptedEntries> RunAsync(CurrentUser user, AdoptInput input, CancellationToken ct)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
        var wanted = input.Entries.Distinct().Select(id => library.Find(id) ?? throw InvalidInput.At<Words>("entries", "EntryUnknown", id)).ToList();
        if (wanted.Count == 0)
        {
            throw InvalidInput.At<Words>("entries", "EntriesNeeded");
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await work.ExecuteAsync(Lock, ct: ct);
        var inUse = (await InUseAsync(work, ct)).ToHashSet();
        var calendar = await BusinessCalendars.LoadAsync(work.Connection, ct);
        var made = new Dictionary<string, long>();
        foreach (var entry in wanted.Where(entry => !inUse.Contains(entry.Id)))
        {
            made[entry.Id] = await SaveRequest.AddAsync(work, user, calendar, new RequestInput(entry.TitleJa, entry.GuidanceJa, entry.Minutes, entry.Items, input.Owner, input.Reviewer, entry.Recurrence,
                entry.Opens.Offset, entry.Due.Offset, UnitOf(entry.Due.Unit), input.StartOn, null, ShiftOf(entry.Due.Shift)), entry.Id, ct);
        }
        await work.CommitAsync(ct);
        return new(made, [.. wanted.Select(entry => entry.Id).Where(inUse.Contains)]);
    }

    private static Task<IReadOnlyList<string>> InUseAsync(UnitOfWork work, CancellationToken ct) =>
        work.QueryAsync<string>("select distinct adopted_from from evidence_requests where adopted_from is not null and coalesce(end_on, 'infinity') >= @Today", new { work.Today }, ct);

    private static OffsetUnit UnitOf(string unit) => Enum.Parse<OffsetUnit>(unit, ignoreCase: true);

    private static DeadlineShift ShiftOf(string shift) => Enum.Parse<DeadlineShift>(shift, ignoreCase: true);
}
