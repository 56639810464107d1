using AuditTracker.Platform.Database;

namespace AuditTracker.Controls;

/// <summary>The SQL of frameworks, items and controls. What a person may see of them is decided in Overview, which shows them.</summary>
public sealed class ControlStore(Db db)
{
    /// <summary>Every framework, in the order of lists.</summary>
    public async Task<IReadOnlyList<Framework>> FrameworksAsync(CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<Framework>("select key, title_ja, title_en, short_ja, short_en, edition, archived, reference from frameworks order by position, key", ct: ct);
    }

    /// <summary>The themes of a framework, in the order of its file.</summary>
    public async Task<IReadOnlyList<Theme>> ThemesAsync(string framework, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<Theme>("select framework, key, title_ja, title_en from themes where framework = @framework order by position", new { framework }, ct);
    }

    /// <summary>The control, locked for the rest of the operation, with what its rule needs; null when there is no such item.</summary>
    internal static async Task<(Control Control, Framework Framework, string Excludable)?> LockAsync(UnitOfWork work, string framework, string itemRef, CancellationToken ct)
    {
        var control = await work.FirstAsync<Control>("""
            select framework, ref, applicable, reason, owner_id, implementation, version from controls where framework = @framework and ref = @itemRef for update
            """, new { framework, itemRef }, ct);
        if (control is null)
        {
            return null;
        }
        var excludable = await work.FirstAsync<string>("select excludable from items where framework = @framework and ref = @itemRef", new { framework, itemRef }, ct);
        var owning = await work.FirstAsync<Framework>("""
            select key, title_ja, title_en, short_ja, short_en, edition, archived, reference from frameworks where key = @framework
            """, new { framework }, ct);
        return (control, owning!, excludable!);
    }

    /// <summary>The person with an employee number, employed or not.</summary>
    internal static Task<Owner?> OwnerAsync(UnitOfWork work, string? employeeNo, CancellationToken ct) => work.FirstAsync<Owner>("""
        select id, hired_on <= @Today and coalesce(left_on >= @Today, true) as is_employed from people where employee_no = @employeeNo
        """, new { employeeNo, work.Today }, ct);

    /// <summary>Writes a control's new version: the row that counts from now on, and the cache beside it.</summary>
    internal static Task SaveAsync(UnitOfWork work, Control control, long byAccount, CancellationToken ct) => work.ExecuteAsync("""
        update controls set applicable = @Applicable, reason = @Reason, owner_id = @OwnerId, implementation = @Implementation, version = @Version
        where framework = @Framework and ref = @Ref;
        insert into control_versions (framework, ref, version, applicable, reason, owner_id, implementation, by_account, at)
        values (@Framework, @Ref, @Version, @Applicable, @Reason, @OwnerId, @Implementation, @byAccount, @Now);
        """, new { control.Framework, control.Ref, control.Applicable, control.Reason, control.OwnerId, control.Implementation, control.Version, byAccount, work.Now }, ct);
}
