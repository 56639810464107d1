using AuditTracker.Platform.Database;

namespace AuditTracker.Commands;

/// <summary>Ready = the schema is ours, and a demo that was begun is loaded to its end.</summary>
public static class Readiness
{
    public static async Task<bool> IsReadyAsync(Installation installation, CancellationToken ct)
    {
        try
        {
            if (!await Migrator.IsCurrentAsync(installation.App, ct))
            {
                return false;
            }
            await using var connection = await installation.App.OpenConnectionAsync(ct);
            return await connection.FirstAsync<bool>("select not is_demo or demo_loaded from installation", ct: ct);
        }
        catch (Npgsql.NpgsqlException)
        {
            return false;
        }
    }
}
