using System.Globalization;
using System.Security.Cryptography;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.People;

/// <summary>
/// Takes an HR export: shows what would change, or changes it, all in one transaction. With an error nothing is applied.
/// </summary>
public sealed class ImportPeople(Db db)
{
    /// <summary>Reads a file as it was read before when somebody had to say what the columns of such a file hold.</summary>
    /// <param name="layout">What the columns hold, if somebody says so now.</param>
    public async Task<PeopleFile> ReadAsync(byte[] content, string? sheet, IReadOnlyList<PeopleField?>? layout, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Operator("import"), ct);
        return await ReadAsync(work, content, sheet, layout, ct);
    }

    /// <summary>Says which sheet of a kept file is meant and what its columns hold; remembered for files with the same heads.</summary>
    /// <param name="layout">One for each column; null when only the sheet is chosen.</param>
    /// <exception cref="NotFound">Not there, no longer waiting, or the user is no compliance manager.</exception>
    public async Task ChooseColumnsAsync(CurrentUser user, long id, string? sheet, IReadOnlyList<PeopleField?>? layout, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var kept = await PeopleImportStore.LockAsync(work, user, id, ct);
        if (kept?.Content is not { } content || await PeopleImportStore.SetReadingAsync(work, user, id, sheet, layout, ct) == 0)
        {
            throw new NotFound();
        }

        if (layout is not null && PeopleFile.TableOf(content, sheet).Header is { } header && header.Cells.Count == layout.Count)
        {
            await PeopleImportStore.RememberAsync(work, header.Cells, layout, user.AccountId, ct);
        }

        await work.CommitAsync(ct);
    }

    /// <summary>What applying the file would do now. Changes nothing.</summary>
    /// <param name="terms">Null = from today on, missing people left alone.</param>
    public async Task<Difference> CompareAsync(PeopleFile file, ImportTerms? terms, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Operator("import"), ct);
        return await CompareAsync(work, file, terms, ct);
    }

    /// <summary>Keeps a file for its preview.</summary>
    /// <returns>The number of the import.</returns>
    public async Task<long> KeepAsync(CurrentUser user, string fileName, byte[] content, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var id = await PeopleImportStore.AddAsync(work, fileName, content, Sha256(content), user.AccountId, ct);
        await work.CommitAsync(ct);
        return id;
    }

    /// <summary>Drops a kept file that is not wanted after all.</summary>
    /// <exception cref="NotFound">Not there, applied, or the user is no compliance manager.</exception>
    public async Task AbandonAsync(CurrentUser user, long id, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (await PeopleImportStore.AbandonAsync(work, user, id, ct) == 0)
        {
            throw new NotFound();
        }

        await work.CommitAsync(ct);
    }

    /// <summary>Applies a file at once, for the API and the command line; the caller has checked who is asking.</summary>
    /// <param name="read">How the content was read; null = by the heads we know or those remembered.</param>
    /// <param name="manyMayLeave">The caller says that more than a fifth leave.</param>
    /// <returns>What was changed; with errors nothing was.</returns>
    /// <exception cref="Refusal">Too many leavers, and the caller did not say so.</exception>
    public async Task<Difference> ApplyAsync(Actor actor, long? account, string fileName, byte[] content, ImportTerms? terms, PeopleFile? read = null, bool manyMayLeave = false, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(actor, ct);
        var file = read ?? await ReadAsync(work, content, null, null, ct);
        await PeopleStore.LockAsync(work, ct);
        var difference = await CompareAsync(work, file, terms, ct);
        if (difference.Errors.Count == 0)
        {
            if (difference.LosesMany && !manyMayLeave)
            {
                throw Refusal.Of<Words>("ImportLosesManyUnsaid", difference.Leavers.Count(), difference.HereBefore);
            }

            var id = await PeopleImportStore.AddRowAsync(work, fileName, null, Sha256(content), account, ct);
            if (file.Table.Header is { } header && !file.Layout.SequenceEqual(header.Cells.Select(cell => PeopleColumns.WithHeader(cell)?.Field)))
            {
                await PeopleImportStore.RememberAsync(work, header.Cells, file.Layout, account, ct);
            }

            await ApplyAsync(work, id, content, difference, ct);
        }

        return difference;
    }

    /// <summary>Applies a kept file, if it still means what was shown.</summary>
    /// <param name="shown">The totals the person agreed to.</param>
    /// <param name="manyMayLeave">The person ticked that more than a fifth leave.</param>
    /// <exception cref="NotFound">Not there, or the user is no compliance manager.</exception>
    /// <exception cref="Refusal">Applied or abandoned already, with errors, other totals than shown, or too many leavers without the tick.</exception>
    public async Task<Difference> ApplyAsync(CurrentUser user, long id, ImportTerms? terms, ImportTotals shown, bool manyMayLeave, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await PeopleStore.LockAsync(work, ct);
        var kept = await PeopleImportStore.LockAsync(work, user, id, ct) ?? throw new NotFound();
        if (kept.Content is not { } content)
        {
            throw Refusal.Of<Words>(kept.AppliedAt is null ? "ImportAbandoned" : "ImportAppliedAlready");
        }

        var difference = await CompareAsync(work, await ReadAsync(work, content, kept.Sheet, kept.ChosenColumns, ct), terms, ct);
        if (difference.Errors.Count > 0)
        {
            throw Refusal.Of<Words>(difference.Errors.Count == 1 ? "ImportHasErrorsOne" : "ImportHasErrors", difference.Errors.Count);
        }

        if (difference.Totals != shown)
        {
            throw Refusal.Of<Words>("ImportChangedMeanwhile");
        }

        if (difference.LosesMany && !manyMayLeave)
        {
            throw Refusal.Of<Words>("ImportLosesMany", difference.Leavers.Count(), difference.HereBefore);
        }

        await ApplyAsync(work, id, content, difference, ct);
        return difference;
    }

    private static async Task<PeopleFile> ReadAsync(UnitOfWork work, byte[] content, string? sheet, IReadOnlyList<PeopleField?>? layout, CancellationToken ct)
    {
        if (content.Length > PeopleFile.MaxBytes)
        {
            return PeopleFile.TooLarge;
        }

        var table = PeopleFile.TableOf(content, sheet);
        return PeopleFile.Of(table, layout ?? (table.Header is { } header ? await PeopleImportStore.RememberedAsync(work, header.Cells, ct) : null));
    }

    private static async Task<Difference> CompareAsync(UnitOfWork work, PeopleFile file, ImportTerms? terms, CancellationToken ct)
    {
        terms ??= new(work.Today, null);
        if (terms is { SkipErrors: true, MissingLeaveOn: not null })
        {
            // Whose line could not be read may be missing only for that.
            throw InvalidInput.At<Words>("missing", "ImportSkipNotWithMissing");
        }

        return Difference.Between(file, await PeopleStore.AsTheyAreAsync(work, terms.EffectiveOn, ct), terms);
    }

    private static async Task ApplyAsync(UnitOfWork work, long id, byte[] content, Difference difference, CancellationToken ct)
    {
        await WriteAsync(work, difference, ct);
        await PeopleImportStore.SetAppliedAsync(work, id, difference.Terms.EffectiveOn, difference.Totals, difference.Skipped.DistinctBy(error => error.Line).Count(), ct);
        await work.ActAsync("people.imported", $"import:{id}", Facts(difference, content), ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Writes what a difference changes: people, posts, managers, departments, leave, tags, and the events that tell of it. Every door ends here.</summary>
    internal static async Task WriteAsync(UnitOfWork work, Difference difference, CancellationToken ct)
    {
        var people = difference.ToApply.ToArray();
        var known = people.Where(person => person.Before is not null).Select(person => person.After).ToArray();
        var ids = known.Select(person => person.Id).ToArray();
        await PeopleStore.ChangeAsync(work, known, ct);
        await PeopleStore.AddAsync(
            work, people.Where(person => person.Before is null).Select(person => person.After), difference.Departments.Where(department => department.IsNew).Select(department => department.Code), ct);
        var posts = RewriteTimelines.Posts(difference, await PeopleStore.PostsAsync(work, ids, ct));
        await PeopleStore.WritePostsAsync(work, posts, ct);
        await PeopleStore.WriteManagersAsync(work, RewriteTimelines.Managers(difference, await PeopleStore.ManagersAsync(work, ids, ct)), ct);
        var codes = RewriteTimelines.DepartmentsConcerned(difference, posts);
        await PeopleStore.WriteDepartmentsAsync(work, RewriteTimelines.Departments(difference, await PeopleStore.DepartmentsAsync(work, codes, ct), posts), ct);
        await PeopleStore.WriteLeavesAsync(work, people, ct);
        await PeopleStore.WriteTagsAsync(work, people, ct);
        await PeopleStore.AddEventsAsync(work, people.SelectMany(person => Events(person, difference.Terms)), ct);
    }

    private static IEnumerable<PersonEvent> Events(PersonDifference person, ImportTerms terms)
    {
        var (before, after) = (person.Before, person.After);
        if (before is null)
        {
            yield return new(after.EmployeeNo, "joined", after.HiredOn);
        }
        else if (person.BackOn is { } back)
        {
            yield return new(after.EmployeeNo, "back", back);
        }
        else if (before.LeftOn is not null && after.LeftOn is null)
        {
            yield return new(after.EmployeeNo, "back", terms.EffectiveOn, "left");
        }

        if (before is not null && before.HiredOn != after.HiredOn && person.BackOn is null)
        {
            yield return new(after.EmployeeNo, "joined", after.HiredOn, "joined");
        }

        if (person.IsTransferred)
        {
            yield return new(after.EmployeeNo, "transferred", terms.EffectiveOn > after.HiredOn ? terms.EffectiveOn : after.HiredOn, "transferred");
        }

        if (after.LeftOn is { } left && left != before?.LeftOn)
        {
            // A last day that was moved, or one that had been withdrawn.
            yield return new(after.EmployeeNo, "left", left, before is null || person.BackOn is not null ? null : before.LeftOn is null ? "back" : "left");
        }

        foreach (var leave in PlanLeave.Events(before, after))
        {
            yield return leave;
        }
    }

    private static Dictionary<string, string?> Facts(Difference difference, byte[] content) => new()
    {
        ["added"] = Text(difference.Totals.Added),
        ["changed"] = Text(difference.Totals.Changed),
        ["leaving"] = Text(difference.Totals.Leaving),
        ["missing"] = Text(difference.Totals.Missing),
        ["unchanged"] = Text(difference.Totals.Unchanged),
        ["skipped"] = difference.Skipped.Count == 0 ? null : Text(difference.Skipped.DistinctBy(error => error.Line).Count()),
        ["effectiveOn"] = difference.Terms.EffectiveOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["missingLeaveOn"] = difference.Terms.MissingLeaveOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["sha256"] = Sha256(content),
    };

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
