using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Npgsql;

namespace AuditTracker.Company;

/// <summary>An appointment as the form gives it.</summary>
/// <param name="Department">Its code, for kinds that each department has; else null.</param>
/// <param name="EndPrevious">Whoever holds it ends the day before.</param>
public sealed record AppointmentInput(string Kind, string EmployeeNo, string? Department, DateOnly FromOn, DateOnly? ToOn, string AppointedBy, string Document, bool EndPrevious);

/// <summary>Appoints people, ends appointments, takes back what was entered by mistake. Compliance managers only.</summary>
public sealed class Appoint(Db db, Deadlines deadlines)
{
    /// <summary>Characters of a reason.</summary>
    public const int LongestReason = 500;

    private sealed record Held(long Id, string Name, string TitleJa, string TitleEn, DateOnly FromOn, DateOnly? ToOn)
    {
        public string Title => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? TitleEn : TitleJa;
    }

    private sealed record Person(long Id, string Name, DateOnly HiredOn, DateOnly? LeftOn);

    /// <exception cref="NotFound">The caller is no compliance manager.</exception>
    /// <exception cref="InvalidInput">At <c>kind</c>, <c>employeeNo</c>, <c>department</c>, <c>fromOn</c> or <c>toOn</c>.</exception>
    /// <exception cref="Refusal">Somebody else holds it then, or the person holds what must be kept apart (J.2.3.2), also in the future.</exception>
    public async Task<long> RunAsync(CurrentUser user, AppointmentInput input, CancellationToken ct)
    {
        await using var work = await BeginAsync(user, ct);
        var kind = (await AppointmentStore.KindsAsync(work.Connection, ct)).FirstOrDefault(known => known.Key == input.Kind) ?? throw InvalidInput.At<Words>("kind", "KindUnknown");
        var person = await work.FirstAsync<Person>("select id, name, hired_on, left_on from people where employee_no = @EmployeeNo", input, ct) ?? throw InvalidInput.At<Words>("employeeNo", "PersonEmpty");
        var department = kind.PerDepartment
            ? await work.FirstAsync<long?>("select id from departments where code = @Department", input, ct) ?? throw InvalidInput.At<Words>("department", "DepartmentEmpty")
            : (long?)null;
        if (input.ToOn < input.FromOn)
        {
            throw InvalidInput.At<Words>("toOn", "ToBeforeFrom");
        }
        if (input.FromOn < person.HiredOn || input.FromOn > person.LeftOn)
        {
            throw InvalidInput.At<Words>("fromOn", "NotEmployedThen", person.Name);
        }
        if (input.EndPrevious && kind.Single)
        {
            await work.ExecuteAsync("""
                update appointments set to_on = @day where kind = @Kind and coalesce(department_id, 0) = coalesce(@department::bigint, 0) and withdrawn_at is null
                  and from_on < @FromOn and coalesce(to_on, 'infinity') >= @FromOn and person_id <> @person
                """, new { day = input.FromOn.AddDays(-1), input.Kind, department, input.FromOn, person = person.Id }, ct);
        }
        await RefuseOverlapAsync(work, kind, person, department, input, ct);
        long id;
        try
        {
            id = await work.FirstAsync<long>("""
                insert into appointments (kind, apart, single, person_id, department_id, from_on, to_on, appointed_by, document, by_actor, at)
                values (@Key, @Apart, @Single, @person, @department, @FromOn, @ToOn, @by, @document, @actor, @Now) returning id
                """, new
            {
                kind.Key,
                kind.Apart,
                kind.Single,
                person = person.Id,
                department,
                input.FromOn,
                input.ToOn,
                by = input.AppointedBy.Trim(),
                document = input.Document.Trim(),
                actor = work.Actor.Name,
                work.Now,
            }, ct);
        }
        catch (PostgresException overlap) when (overlap.ConstraintName is "appointments_apart" or "appointments_one_holder" or "appointments_once")
        {
            // Two at the same moment: the one that came second.
            throw Refusal.Of<Words>("AppointedMeanwhile");
        }
        await ChangeReports.OpenAsync(work, deadlines[ChangeReports.Duty], kind.Key, id, person.Id, person.Name, input.FromOn, ct);
        await work.ActAsync("company.appointed", $"appointment:{id}", new Dictionary<string, string?>
        {
            ["kind"] = kind.Key,
            ["person"] = $"{person.Id}",
            ["from"] = DateText.Iso(input.FromOn),
            ["to"] = input.ToOn is { } to ? DateText.Iso(to) : null,
        }, ct: ct);
        await work.CommitAsync(ct);
        return id;
    }

    /// <param name="on">The last day; it may lie in the future.</param>
    /// <exception cref="NotFound">No such appointment, or the caller may not.</exception>
    /// <exception cref="InvalidInput">At <c>toOn</c>: before it began.</exception>
    /// <exception cref="Refusal">A longer term would meet another appointment.</exception>
    public async Task EndAsync(CurrentUser user, long id, DateOnly on, CancellationToken ct)
    {
        await using var work = await BeginAsync(user, ct);
        var held = await AppointmentStore.FindAsync(work.Connection, id, ct) ?? throw new NotFound();
        if (on < held.FromOn)
        {
            throw InvalidInput.At<Words>("toOn", "ToBeforeFrom");
        }
        try
        {
            await work.ExecuteAsync("update appointments set to_on = @on where id = @id and withdrawn_at is null", new { id, on }, ct);
        }
        catch (PostgresException overlap) when (overlap.ConstraintName is "appointments_apart" or "appointments_one_holder" or "appointments_once")
        {
            throw Refusal.Of<Words>("AppointedMeanwhile");
        }
        await work.ActAsync("company.appointmentEnded", $"appointment:{id}", new Dictionary<string, string?> { ["to"] = DateText.Iso(on) }, ct: ct);
        await work.CommitAsync(ct);
    }

    /// <exception cref="NotFound">No such appointment, or the caller may not.</exception>
    public async Task WithdrawAsync(CurrentUser user, long id, string reason, CancellationToken ct)
    {
        await using var work = await BeginAsync(user, ct);
        var comment = reason.Trim() is { Length: > 0 } given ? given : throw InvalidInput.At<Words>("reason", "ReasonEmpty");
        if (comment.Length > LongestReason)
        {
            throw InvalidInput.At<Words>("reason", "ReasonTooLong", LongestReason);
        }
        if (await work.ExecuteAsync("update appointments set withdrawn_at = @Now where id = @id and withdrawn_at is null", new { id, work.Now }, ct) == 0)
        {
            throw new NotFound();
        }
        await ChangeReports.WithdrawAsync(work, null, id, ct);
        await work.ActAsync("company.appointmentWithdrawn", $"appointment:{id}", comment: comment, ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Says in words what the constraints would refuse, over every overlap, future ones included.</summary>
    private static async Task RefuseOverlapAsync(UnitOfWork work, AppointmentKind kind, Person person, long? department, AppointmentInput input, CancellationToken ct)
    {
        const string Others = """
            select a.id, p.name, k.title_ja, k.title_en, a.from_on, a.to_on from appointments a join appointment_kinds k on k.key = a.kind join people p on p.id = a.person_id
            where a.withdrawn_at is null and daterange(a.from_on, a.to_on, '[]') && daterange(@FromOn, @ToOn, '[]')
            """;
        var parameters = new { kind.Key, kind.Apart, person = person.Id, department, input.FromOn, input.ToOn };
        if (kind.Apart.Length > 0 && await work.FirstAsync<Held>($"{Others} and a.person_id = @person and a.apart = @Apart and a.kind <> @Key order by a.from_on limit 1", parameters, ct) is { } apart)
        {
            throw Refusal.Of<Words>("KeptApart", person.Name, apart.Title, Term(apart), CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? kind.TitleEn : kind.TitleJa);
        }
        if (await work.FirstAsync<Held>($"{Others} and a.kind = @Key and coalesce(a.department_id, 0) = coalesce(@department::bigint, 0) and ({(kind.Single ? "true" : "a.person_id = @person")}) order by a.from_on limit 1", parameters, ct) is { } held)
        {
            throw Refusal.Of<Words>("HeldAlready", held.Name, held.Title, Term(held));
        }
    }

    private static string Term(Held held) => held.ToOn is { } to ? PeriodText.Dates(new Period(held.FromOn, to)) : DateText.Plain(held.FromOn) + (CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? " –" : "～");

    private async Task<UnitOfWork> BeginAsync(CurrentUser user, CancellationToken ct) =>
        user.Is(Role.ComplianceManager) ? await db.BeginAsync(Actor.Of(user), ct) : throw new NotFound();
}
