using AuditTracker.Commands;
using AuditTracker.Platform.Database;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AuditTracker.Tests.Support;

/// <summary>
/// A database of its own for a test (class), cloned from one that was migrated once and holds the shipped data and the cast.
/// Disposing drops it.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);
    private readonly TestPostgres server;
    private readonly string name;

    private TestDatabase(TestPostgres server, string name, Installation installation)
    {
        (this.server, this.name, Installation) = (server, name, installation);
        Services = new ServiceCollection().AddLogging(logging => logging.ClearProviders()).AddRooms(installation).BuildServiceProvider();
    }

    public Installation Installation { get; }

    /// <summary>Every room, as the product registers them.</summary>
    public ServiceProvider Services { get; }
    public Db Db => Services.GetRequiredService<Db>();
    public string OwnerConnection => server.Owner(name);
    public string AppConnection => server.App(name);

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    public static async Task<TestDatabase> CreateAsync(params (string Key, string Value)[] settings)
    {
        var server = await TestPostgres.GetAsync();
        var name = await server.CreateDatabaseAsync(await Template.Value);
        return new TestDatabase(server, name, new Installation(SettingsFor(settings), server.App(name), server.Owner(name)));
    }

    /// <summary>A unit of work as somebody of the cast, or as a test.</summary>
    public Task<UnitOfWork> BeginAsync(string actor = "operator:test") => Db.BeginAsync(new Actor(actor, "test"));

    /// <summary>Runs SQL as the owner with an actor set, to arrange a state that no use case reaches quickly.</summary>
    public async Task ArrangeAsync(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(OwnerConnection);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("select set_config('audit.actor', 'operator:test', true)", transaction: transaction);
        await connection.ExecuteAsync(sql, parameters, transaction);
        await transaction.CommitAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(OwnerConnection);
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(OwnerConnection);
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    /// <summary>Waits until the query answers true; a minute at the most.</summary>
    public async Task UntilAsync(string sql)
    {
        for (var since = DateTime.UtcNow; !await ScalarAsync<bool>(sql); await Task.Delay(100))
        {
            Assert.True(DateTime.UtcNow - since < TimeSpan.FromMinutes(1), $"It did not come to: {sql}");
        }
    }

    /// <summary>Sets the business clock, as the demo does (forward or back: tests may).</summary>
    public Task SetClockAsync(string japanTime) => ArrangeAsync(
        "update business_clock set offset_us = (extract(epoch from @at::timestamptz - clock_timestamp()) * 1000000)::bigint", new { at = $"{japanTime}+09:00" });

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await Installation.DisposeAsync();
        NpgsqlConnection.ClearPool(new NpgsqlConnection(OwnerConnection));
        await server.DropDatabaseAsync(name);
        Directory.Delete(Installation.Settings.Data, recursive: true);
    }

    private static Settings SettingsFor((string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["AuditTracker:Data"] = Directory.CreateTempSubdirectory("audit-tracker-data-").FullName,
            ["AuditTracker:Port"] = "0",
        };
        foreach (var (key, value) in settings)
        {
            values[key] = value;
        }
        return Settings.From(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
    }

    private static async Task<string> MakeTemplateAsync()
    {
        var server = await TestPostgres.GetAsync();
        var name = await server.CreateDatabaseAsync();
        await using (var installation = new Installation(SettingsFor([]), server.App(name), server.Owner(name)))
        {
            await installation.MigrateAsync();
            await Cast.SettleInAsync(new Db(installation.App));
            Directory.Delete(installation.Settings.Data, recursive: true);
        }
        NpgsqlConnection.ClearAllPools();
        return name;
    }
}
