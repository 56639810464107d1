using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.People;

/// <summary>
/// One person without a file: what was typed is a file of one line, so every rule, difference and event is the import's. Compliance managers only.
/// </summary>
public sealed class EditPerson(Db db)
{
    /// <summary>The person as a form shows them: one text a column, as of the day.</summary>
    /// <exception cref="NotFound">No such person, or the user is no compliance manager.</exception>
    public async Task<(IReadOnlyDictionary<PeopleField, string> Cells, int Version)> ReadAsync(CurrentUser user, string employeeNo, DateOnly? on, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var known = (await PeopleStore.AsTheyAreAsync(work, on ?? work.Today, ct)).People.FirstOrDefault(person => person.EmployeeNo == employeeNo);
        return !user.Is(Role.ComplianceManager) || known is null ? throw new NotFound()
            : (PeopleColumns.All.ToDictionary(column => column.Field, column => known.Text(column.Field)), await VersionAsync(work, employeeNo, ct));
    }

    /// <summary>What saving would change, with the errors of an import; the department's name is taken from its code.</summary>
    /// <param name="version">The version the form was filled from; null for somebody new.</param>
    public async Task<Difference> CompareAsync(CurrentUser user, IReadOnlyDictionary<PeopleField, string> cells, DateOnly? effectiveOn, int? version, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        return await CompareAsync(work, user, cells, effectiveOn, version, ct);
    }

    /// <summary>Saves.</summary>
    /// <exception cref="NotFound">The user is no compliance manager.</exception>
    /// <exception cref="Refusal">With errors, or changed meanwhile.</exception>
    public async Task<Difference> ApplyAsync(CurrentUser user, IReadOnlyDictionary<PeopleField, string> cells, DateOnly? effectiveOn, int? version, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await PeopleStore.LockAsync(work, ct);
        var difference = await CompareAsync(work, user, cells, effectiveOn, version, ct);
        if (difference.Errors.Count > 0)
        {
            throw Refusal.Of<Words>(difference.Errors.Count == 1 ? "ImportHasErrorsOne" : "ImportHasErrors", difference.Errors.Count);
        }

        if (difference.ToApply.Any())
        {
            await ImportPeople.WriteAsync(work, difference, ct);
            await work.ActAsync(version is null ? "person.added" : "person.changed", $"person:{cells[PeopleField.EmployeeNo]}", new Dictionary<string, string?> { ["effectiveOn"] = $"{difference.Terms.EffectiveOn:yyyy-MM-dd}" }, ct: ct);
        }

        await work.CommitAsync(ct);
        return difference;
    }

    private static async Task<Difference> CompareAsync(UnitOfWork work, CurrentUser user, IReadOnlyDictionary<PeopleField, string> cells, DateOnly? effectiveOn, int? version, CancellationToken ct)
    {
        var number = cells[PeopleField.EmployeeNo].Normalize(System.Text.NormalizationForm.FormKC).Trim();
        var now = await VersionAsync(work, number, ct);
        if (!user.Is(Role.ComplianceManager) || (version is not null && now == 0))
        {
            throw new NotFound();
        }

        if (now != (version ?? 0))
        {
            throw version is null ? InvalidInput.At<Words>("Input.EmployeeNo", "PersonNumberTaken", number) : Refusal.Of<Words>("PersonChangedMeanwhile");
        }

        var terms = new ImportTerms(effectiveOn ?? work.Today, null);
        var known = await PeopleStore.AsTheyAreAsync(work, terms.EffectiveOn, ct);
        var code = cells.GetValueOrDefault(PeopleField.DepartmentCode, "").Trim();
        var name = known.Departments.FirstOrDefault(department => department.Code == code)?.Name ?? code;
        var columns = PeopleColumns.All;
        var table = new FileTable(null, [], null, new CsvLine(1, [.. columns.Select(column => column.Headers[0])]),
            [new CsvLine(2, [.. columns.Select(column => column.Field == PeopleField.DepartmentName ? name : cells.GetValueOrDefault(column.Field, ""))])], []);
        return Difference.Between(PeopleFile.Of(table, [.. columns.Select(column => (PeopleField?)column.Field)]), known, terms);
    }

    private static async Task<int> VersionAsync(UnitOfWork work, string employeeNo, CancellationToken ct) =>
        await work.FirstAsync<int?>("select version from people where employee_no = @employeeNo", new { employeeNo = employeeNo.Replace("\0", "") }, ct) ?? 0;
}
