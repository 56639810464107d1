using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;

namespace AuditTracker.Company;

/// <summary>Brings the shipped kinds of appointments into the database; those that left the file are archived, because people held them.</summary>
public static class LoadAppointmentKinds
{
    /// <param name="templates">The folder of the shipped templates.</param>
    /// <returns>How many rows are new or changed.</returns>
    public static async Task<int> RunAsync(Db db, string templates, CancellationToken ct = default)
    {
        var kinds = YamlFile.Read<KindsFile>(Path.Combine(templates, "appointments", "kinds.yaml")).Kinds;
        await using var work = await db.BeginAsync(Actor.Operator("appointments"), ct);
        var rows = await work.ExecuteAsync("update appointment_kinds set archived = true where not archived and key <> all(@keys)", new { keys = kinds.ConvertAll(kind => kind.Key) }, ct);
        for (var position = 0; position < kinds.Count; position++)
        {
            var kind = kinds[position];
            rows += await work.ExecuteAsync("""
                insert into appointment_kinds as k (key, position, title_ja, title_en, asked_ja, asked_en, effect_ja, effect_en, apart, single, per_department, required)
                values (@Key, @position, @TitleJa, @TitleEn, @AskedJa, @AskedEn, @EffectJa, @EffectEn, @Apart, @Single, @PerDepartment, @Required)
                on conflict (key) do update set (position, title_ja, title_en, asked_ja, asked_en, effect_ja, effect_en, apart, single, per_department, required, archived)
                  = (excluded.position, excluded.title_ja, excluded.title_en, excluded.asked_ja, excluded.asked_en, excluded.effect_ja, excluded.effect_en, excluded.apart, excluded.single,
                     excluded.per_department, excluded.required, false)
                where (k.position, k.title_ja, k.title_en, k.asked_ja, k.asked_en, k.effect_ja, k.effect_en, k.apart, k.single, k.per_department, k.required, k.archived)
                  <> (excluded.position, excluded.title_ja, excluded.title_en, excluded.asked_ja, excluded.asked_en, excluded.effect_ja, excluded.effect_en, excluded.apart, excluded.single,
                     excluded.per_department, excluded.required, false)
                """, new
            {
                kind.Key,
                position,
                kind.TitleJa,
                kind.TitleEn,
                kind.AskedJa,
                kind.AskedEn,
                kind.EffectJa,
                kind.EffectEn,
                kind.Apart,
                kind.Single,
                kind.PerDepartment,
                kind.Required,
            }, ct);
        }
        await work.CommitAsync(ct);
        return rows;
    }

    private sealed class KindsFile
    {
        public List<AppointmentKind> Kinds { get; set; } = [];
    }
}
