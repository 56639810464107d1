using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace AuditTracker.Platform.Database;

/// <summary>
/// Applies the embedded migrations in order, forward only, as the owner. The journal keeps each file's hash: a file that was
/// changed after it ran stops everything with its name. One transaction, one advisory lock, so two starters cannot overlap.
/// </summary>
public static class Migrator
{
    private const long LockKey = 0x41554449_54545243;

    /// <summary>Applies what is missing.</summary>
    /// <param name="owner">Connection string of the owner role.</param>
    /// <param name="appRole">Role that web and worker connect as; gets the grants.</param>
    /// <returns>How many migrations were applied.</returns>
    public static async Task<int> MigrateAsync(string owner, string appRole, CancellationToken ct = default)
    {
        await using var source = NpgsqlDataSource.Create(owner);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync("select pg_advisory_xact_lock(@LockKey)", new { LockKey }, transaction);
        await connection.ExecuteAsync("set local client_min_messages = warning", transaction: transaction);
        await connection.ExecuteAsync("create table if not exists migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now())", transaction: transaction);
        await connection.ExecuteAsync($"grant select on migrations to {Quote(appRole)}", transaction: transaction);
        var journal = (await connection.QueryAsync<(string Name, string Sha256)>("select name, sha256 from migrations", transaction: transaction)).ToDictionary(row => row.Name, row => row.Sha256);
        var applied = 0;
        await connection.ExecuteAsync("select set_config('audit.actor', 'operator:migrate', true)", transaction: transaction);
        foreach (var (name, text) in Embedded())
        {
            var hash = Hash(text);
            if (journal.TryGetValue(name, out var known))
            {
                if (known != hash)
                {
                    throw new InvalidOperationException($"Migration {name} was changed after it had been applied. Restore the file as it was and add a new migration.");
                }
                continue;
            }
            await using var command = new NpgsqlCommand(text.Replace("${app}", Quote(appRole)), connection, transaction);
            await command.ExecuteNonQueryAsync(ct);
            await connection.ExecuteAsync("insert into migrations (name, sha256) values (@name, @hash)", new { name, hash }, transaction);
            applied++;
        }
        if (applied > 0)
        {
            await connection.ExecuteAsync("select trail.guard('migrated')", transaction: transaction);
        }
        await transaction.CommitAsync(ct);
        return applied;
    }

    /// <summary>Notes in the trail what records it, after something that makes triggers and functions anew.</summary>
    public static async Task GuardAsync(string owner, string why, CancellationToken ct = default)
    {
        await using var source = NpgsqlDataSource.Create(owner);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync("select set_config('audit.actor', 'operator:restore', true)", transaction: transaction);
        await connection.ExecuteAsync("select trail.guard(@why)", new { why }, transaction);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Whether the database has exactly this program's schema; web and worker refuse to start otherwise.</summary>
    public static async Task<bool> IsCurrentAsync(NpgsqlDataSource app, CancellationToken ct = default)
    {
        await using var connection = await app.OpenConnectionAsync(ct);
        if (!await connection.ExecuteScalarAsync<bool>("select to_regclass('public.migrations') is not null"))
        {
            return false;
        }
        var journal = await connection.QueryAsync<(string, string)>("select name, sha256 from migrations");
        return journal.ToHashSet().SetEquals(Embedded().Select(file => (file.Name, Hash(file.Text))));
    }

    /// <summary>Drops everything: only for a demo whose loading was cut short, before anybody used it.</summary>
    public static async Task DropAsync(string owner, CancellationToken ct = default)
    {
        await using var source = NpgsqlDataSource.Create(owner);
        await using var connection = await source.OpenConnectionAsync(ct);
        await connection.ExecuteAsync("""
            set client_min_messages = warning;
            drop schema if exists quartz cascade; drop schema trail cascade;
            drop table if exists migrations cascade;
            do $$ declare name text; begin
                for name in select tablename from pg_tables where schemaname = 'public' loop execute format('drop table public.%I cascade', name); end loop;
            end $$;
            drop function if exists business_now(); drop function if exists tokyo_date(timestamptz);
            """);
    }

    /// <summary>This program's migrations with their hashes, in order.</summary>
    public static IReadOnlyDictionary<string, string> Shipped() => Embedded().ToDictionary(file => file.Name, file => Hash(file.Text));

    private static IEnumerable<(string Name, string Text)> Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        const string prefix = "AuditTracker.Migrations.";
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            yield return (resource[prefix.Length..], reader.ReadToEnd());
        }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Quote(string role) => $"\"{role.Replace("\"", "\"\"")}\"";
}
