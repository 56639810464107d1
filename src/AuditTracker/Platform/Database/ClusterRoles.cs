using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace AuditTracker.Platform.Database;

/// <summary>
/// The two roles of the private cluster and their passwords in <c>&lt;data&gt;/keys</c>. The superuser has no password: it is let in over
/// the socket by user (root, or whoever runs the server), both of whom own the files anyway.
/// </summary>
internal sealed record ClusterRoles(string OwnerPassword, string AppPassword, bool Fresh)
{
    public const string Database = "audit_tracker";
    public const string Owner = "audit_tracker_owner";
    public const string App = "audit_tracker_app";
    public const string Superuser = "postgres";

    /// <summary>Reads both passwords, making those that are missing. <see cref="Fresh"/> tells that at least one was made.</summary>
    public static ClusterRoles Load(string keys)
    {
        Directory.CreateDirectory(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var (owner, ownerIsNew) = Password(Path.Combine(keys, "postgres-owner"));
        var (app, appIsNew) = Password(Path.Combine(keys, "postgres-app"));
        return new ClusterRoles(owner, app, ownerIsNew || appIsNew);
    }

    public static string ConnectionString(string socketFolder, string role, string? password, string database = Database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = socketFolder,
            Port = 5432,
            Username = role,
            Password = password,
            Database = database,
            GssEncryptionMode = GssEncryptionMode.Disable,
            SslMode = SslMode.Disable,
        }.ConnectionString;

    /// <summary>Creates what is missing of the roles and the database, and sets the passwords to those of the keys.</summary>
    public async Task ProvisionAsync(string socketFolder, CancellationToken stop)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString(socketFolder, Superuser, null, "postgres") + ";Pooling=false");
        await using var connection = await source.OpenConnectionAsync(stop);
        await ExecuteAsync($"""
            set log_min_error_statement = panic; -- a failing statement must not leave a password in the log
            do $$ begin
              if to_regrole('{Owner}') is null then create role {Owner}; end if;
              if to_regrole('{App}') is null then create role {App}; end if;
            end $$;
            alter role {Owner} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password '{OwnerPassword}';
            alter role {App} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password '{AppPassword}';
            """);
        await using var exists = new NpgsqlCommand($"select 1 from pg_database where datname = '{Database}'", connection);
        if (await exists.ExecuteScalarAsync(stop) is null)
            await ExecuteAsync($"create database {Database} owner {Owner} template template0 encoding 'UTF8' locale 'C.UTF-8'");
        await ExecuteAsync($"revoke all on database {Database} from public; grant connect, temporary on database {Database} to {App};");

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(stop);
        }
    }

    private static (string Password, bool IsNew) Password(string file)
    {
        if (File.Exists(file))
            return (File.ReadAllText(file).Trim(), false);
        var password = RandomNumberGenerator.GetHexString(48, lowercase: true);
        // Written beside and renamed: a kill in between must not leave half a password.
        var half = file + ".new";
        File.Delete(half);
        using (var stream = new FileStream(half, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            stream.Write(Encoding.ASCII.GetBytes(password + "\n"));
            stream.Flush(flushToDisk: true);
        }
        File.Move(half, file);
        return (password, true);
    }
}
