using AuditTracker.Platform.Database;
using Npgsql;

namespace AuditTracker.Company;

/// <summary>Who was appointed to what, and when. Rooms above read it; who may see the answer is theirs to decide.</summary>
public static class AppointmentStore
{
    private const string KindColumns = "key, title_ja, title_en, asked_ja, asked_en, effect_ja, effect_en, apart, single, per_department, required";

    // The department by the name it has on the first day of the appointment.
    private const string Appointments = """
        select a.id, a.kind, k.title_ja, k.title_en, k.asked_ja, k.asked_en, a.person_id, p.employee_no, p.name, p.left_on, d.code as department_code,
               coalesce((select v.name from department_versions v where v.department_id = a.department_id and a.from_on between v.from_on and coalesce(v.to_on, 'infinity')), d.code) as department_name,
               a.from_on, a.to_on, a.appointed_by, a.document
        from appointments a join appointment_kinds k on k.key = a.kind join people p on p.id = a.person_id left join departments d on d.id = a.department_id
        where a.withdrawn_at is null
        """;

    private const string Order = "order by k.position, d.code nulls first, a.from_on, a.id";

    /// <summary>The kinds in force, in the order of the page.</summary>
    public static Task<IReadOnlyList<AppointmentKind>> KindsAsync(NpgsqlConnection connection, CancellationToken ct = default) =>
        connection.ListAsync<AppointmentKind>($"select {KindColumns} from appointment_kinds where not archived order by position", ct: ct);

    /// <summary>Everything that was ever or will be, by kind, then date.</summary>
    public static Task<IReadOnlyList<Appointment>> AllAsync(NpgsqlConnection connection, CancellationToken ct = default) =>
        connection.ListAsync<Appointment>($"{Appointments} {Order}", ct: ct);

    /// <summary>Who holds what on a day.</summary>
    public static Task<IReadOnlyList<Appointment>> OnAsync(NpgsqlConnection connection, DateOnly on, CancellationToken ct = default) =>
        connection.ListAsync<Appointment>($"{Appointments} and @on between a.from_on and coalesce(a.to_on, 'infinity') {Order}", new { on }, ct);

    /// <summary>A person's appointments, the newest first; only those that hold on <paramref name="on"/> when it is given.</summary>
    public static Task<IReadOnlyList<Appointment>> OfPersonAsync(NpgsqlConnection connection, long personId, DateOnly? on = null, CancellationToken ct = default) =>
        connection.ListAsync<Appointment>($"{Appointments} and a.person_id = @personId and (@on::date is null or @on between a.from_on and coalesce(a.to_on, 'infinity')) order by a.from_on desc, a.id desc", new { personId, on }, ct);

    public static Task<Appointment?> FindAsync(NpgsqlConnection connection, long id, CancellationToken ct = default) =>
        connection.FirstAsync<Appointment>($"{Appointments} and a.id = @id", new { id }, ct);

    /// <summary>What is missing on a day: kinds that somebody must hold and nobody does, and holders who leave before their appointment ends.</summary>
    public static IReadOnlyList<AppointmentGap> Gaps(IReadOnlyList<AppointmentKind> kinds, IReadOnlyList<Appointment> all, DateOnly on) =>
    [
        .. kinds.Where(kind => kind.Required && !all.Any(held => held.Kind == kind.Key && held.Holds(on) && !(held.LeftOn < on))).Select(kind => new AppointmentGap(kind, null)),
        .. all.Where(held => held.OutlivesEmployment && (held.ToOn is null || held.ToOn >= on)).Select(held => new AppointmentGap(kinds.FirstOrDefault(kind => kind.Key == held.Kind) ?? new AppointmentKind { Key = held.Kind, TitleJa = held.TitleJa, TitleEn = held.TitleEn }, held)),
    ];
}
