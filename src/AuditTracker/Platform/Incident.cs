using System.Security.Cryptography;
using Npgsql;

namespace AuditTracker.Platform;

/// <summary>The short number under which a fault stands in the log, and what may be said of it elsewhere.</summary>
public static class Incident
{
    /// <summary>Five letters and digits that cannot be misread.</summary>
    public static string New() => RandomNumberGenerator.GetString("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 5);

    /// <summary>What kind of fault it was: its type, PostgreSQL's code and constraint. Never its message, which may hold somebody's data.</summary>
    public static string KindOf(Exception fault) => fault switch
    {
        PostgresException said => string.Join(' ', new[] { "PostgreSQL", said.SqlState, said.ConstraintName ?? said.TableName }.Where(part => !string.IsNullOrEmpty(part))),
        { InnerException: { } inner } => $"{fault.GetType().Name}: {KindOf(inner)}",
        _ => fault.GetType().Name,
    };
}
