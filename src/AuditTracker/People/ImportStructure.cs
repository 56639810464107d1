using System.Security.Cryptography;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.People;

/// <summary>Departments and concurrent posts by date, from a file or a form: shown first, then written in one transaction. Compliance managers only.</summary>
public sealed class ImportStructure(Db db)
{
    /// <summary>Keeps a file for its preview.</summary>
    /// <returns>Its number.</returns>
    public async Task<long> KeepAsync(CurrentUser user, string fileName, byte[] content, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var id = await PeopleImportStore.AddAsync(work, fileName, content, Convert.ToHexStringLower(SHA256.HashData(content)), user.AccountId, ct, "structure");
        await work.CommitAsync(ct);
        return id;
    }

    /// <summary>What the file would change now, from <paramref name="effectiveOn"/> on where it names no day itself.</summary>
    public async Task<(StructureFile File, StructureDifference Difference)> CompareAsync(byte[] content, DateOnly? effectiveOn, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Operator("import"), ct);
        return await CompareAsync(work, content, effectiveOn, ct);
    }

    /// <summary>Applies a kept file.</summary>
    /// <exception cref="NotFound">Not there, or the user is no compliance manager.</exception>
    /// <param name="closeMissing">Departments that the file does not name are closed, where nothing stands in the way.</param>
    /// <exception cref="Refusal">Applied or abandoned already, or with errors.</exception>
    public async Task<StructureDifference> ApplyAsync(CurrentUser user, long id, DateOnly? effectiveOn, bool closeMissing = false, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await PeopleStore.LockAsync(work, ct);
        var kept = await PeopleImportStore.LockAsync(work, user, id, ct, "structure") ?? throw new NotFound();
        if (kept.Content is not { } content)
        {
            throw Refusal.Of<Words>(kept.AppliedAt is null ? "ImportAbandoned" : "ImportAppliedAlready");
        }

        var (file, difference) = await CompareAsync(work, content, effectiveOn, ct);
        if (difference.Errors.Count > 0)
        {
            throw Refusal.Of<Words>(difference.Errors.Count == 1 ? "ImportHasErrorsOne" : "ImportHasErrors", difference.Errors.Count);
        }

        await WriteAsync(work, difference, ct);
        DepartmentClosing[] closed = [.. difference.Missing.Where(closing => closeMissing && closing.CanClose)];
        if (closed.Length > 0)
        {
            await StructureStore.CloseAsync(work, closed, await StructureStore.AsItIsAsync(work, ct), ct);
        }

        var added = difference.Changes.Count(change => change.IsNew);
        await PeopleImportStore.SetAppliedAsync(work, id, effectiveOn ?? work.Today, new(added, difference.Changes.Count - added, 0, 0, difference.Unchanged), 0, ct);
        await work.ActAsync(file.IsPosts ? "posts.imported" : "departments.imported", $"import:{id}", new Dictionary<string, string?> { ["added"] = $"{added}", ["changed"] = $"{difference.Changes.Count - added}", ["closed"] = closed.Length > 0 ? string.Join(' ', closed.Select(closing => closing.Code)) : null }, ct: ct);
        await work.CommitAsync(ct);
        return difference;
    }

    /// <summary>Changes one department from a day on, or adds it.</summary>
    /// <exception cref="NotFound">The user is no compliance manager.</exception>
    /// <exception cref="InvalidInput">It breaks a rule of the file's.</exception>
    public Task ChangeDepartmentAsync(CurrentUser user, DepartmentLine line, CancellationToken ct = default) =>
        ChangeAsync(user, "department.changed", $"department:{line.Code}", (known, today) => StructureDifference.OfDepartments([line], known, line.From ?? today), ct);

    /// <summary>Adds a concurrent post to somebody, or changes one of the same department and first day.</summary>
    /// <exception cref="NotFound">The user is no compliance manager.</exception>
    /// <exception cref="InvalidInput">It breaks a rule of the file's.</exception>
    public Task ChangePostAsync(CurrentUser user, PostLine line, CancellationToken ct = default) =>
        ChangeAsync(user, "post.changed", $"person:{line.EmployeeNo}", (known, _) => StructureDifference.OfPosts([line], known), ct);

    private async Task ChangeAsync(CurrentUser user, string act, string subject, Func<StructureAsItIs, DateOnly, StructureDifference> compare, CancellationToken ct)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }

        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await PeopleStore.LockAsync(work, ct);
        var difference = compare(await StructureStore.AsItIsAsync(work, ct), work.Today);
        if (difference.Errors is [var error, ..])
        {
            throw InvalidInput.At<Words>("", error.Key, [.. error.Args.Select(arg => arg is DateOnly day ? Calendar.DateText.Plain(day) : arg)]);
        }

        await WriteAsync(work, difference, ct);
        await work.ActAsync(act, subject, ct: ct);
        await work.CommitAsync(ct);
    }

    private static async Task WriteAsync(UnitOfWork work, StructureDifference difference, CancellationToken ct)
    {
        await StructureStore.WriteDepartmentsAsync(work, difference.Departments, ct);
        await PeopleStore.WritePostsAsync(work, difference.Posts, ct);
    }

    private static async Task<(StructureFile File, StructureDifference Difference)> CompareAsync(UnitOfWork work, byte[] content, DateOnly? effectiveOn, CancellationToken ct)
    {
        var file = StructureFile.Read(content);
        var known = await StructureStore.AsItIsAsync(work, ct);
        var on = effectiveOn ?? work.Today;
        var difference = file.IsPosts ? StructureDifference.OfPosts(file.Posts, known) : StructureDifference.OfDepartments(file.Departments, known, on).WithMissing(file.Departments, known, on);
        return (file, difference with { Errors = [.. file.Errors.Concat(difference.Errors).OrderBy(error => error.Line)] });
    }
}
