using System.Data.Common;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Telemetry;
using Npgsql;

namespace AuditTracker.Commands;

/// <summary>
/// What a verb runs on: the settings and a database, the configured one or the private cluster of the data folder, which it starts
/// or adopts and leaves again.
/// </summary>
public sealed class Installation : IAsyncDisposable
{
    private readonly PrivateCluster? cluster;
    private readonly string app;

    /// <summary>On connections that are known; tests come in here.</summary>
    public Installation(Settings settings, string app, string owner, PrivateCluster? cluster = null)
    {
        (Settings, this.cluster, this.app, Owner) = (settings, cluster, app, owner);
        var to = new NpgsqlConnectionStringBuilder(app) { GssEncryptionMode = GssEncryptionMode.Disable, ApplicationName = "audit-tracker" };
        // Web and worker together stay below the hundred connections of a server as it comes; what is asked beyond waits its turn.
        var said = new DbConnectionStringBuilder { ConnectionString = app }; // Npgsql's own builder has every key it knows, said or not
        to.MaxPoolSize = said.ContainsKey("Maximum Pool Size") || said.ContainsKey("MaxPoolSize") ? to.MaxPoolSize : 40;
        // A page asks a dozen long questions whose planning costs more than their answers.
        to.MaxAutoPrepare = said.ContainsKey("Max Auto Prepare") || said.ContainsKey("MaxAutoPrepare") ? to.MaxAutoPrepare : 100;
        App = new NpgsqlDataSourceBuilder(to.ConnectionString).Build();
    }

    public Settings Settings { get; }

    /// <summary>The database as the app role.</summary>
    public NpgsqlDataSource App { get; }

    /// <summary>Connection string of the owner role; the app's own when no other is configured.</summary>
    public string Owner { get; }

    /// <summary>The role web and worker connect as; gets the migrations' grants.</summary>
    public string AppRole => new NpgsqlConnectionStringBuilder(App.ConnectionString).Username!;

    /// <summary>
    /// The same installation on connections that do not wait for the disk and keep their statements prepared: for work that a crash throws away as a
    /// whole. The caller disposes it; a commit on <see cref="App"/> afterwards makes all of it durable.
    /// </summary>
    public Installation InHaste() => new(Settings, new NpgsqlConnectionStringBuilder(app)
    {
        Options = "-c synchronous_commit=off",
        MaxAutoPrepare = 400,
        AutoPrepareMinUsages = 3,
        NoResetOnClose = true,
    }.ConnectionString, Owner);

    /// <summary>Stands in a data folder while a restore into it is under way.</summary>
    public const string RestoringFile = "restore-unfinished";

    /// <param name="mayCreate">Whether a data folder without a database gets one; the other verbs would build a whole server for a misspelt path.</param>
    /// <param name="restoring">Whether this is the restore itself.</param>
    public static async Task<Installation> OpenAsync(Settings settings, bool mayCreate, bool restoring = false, CancellationToken ct = default)
    {
        if (!restoring && File.Exists(Path.Combine(settings.Data, RestoringFile)))
        {
            throw new UsageException($"A restore into {settings.Data} did not come to its end. Remove the folder (with your own server: the database too) and restore again.");
        }
        if (settings.Main is { } main)
        {
            return new Installation(settings, main, settings.Owner ?? main);
        }
        if (!mayCreate && !File.Exists(Path.Combine(settings.Data, "postgres", "PG_VERSION")))
        {
            throw new UsageException($"There is no installation in {settings.Data}. Begin one with serve or migrate, or name its folder with --data.");
        }
        using var logs = LoggerFactory.Create(logging => logging.AddLines(settings).AddFilter(level => level >= LogLevel.Warning));
        var cluster = await PrivateCluster.StartAsync(settings.Data, logs.CreateLogger<PrivateCluster>(), ct);
        return new Installation(settings, cluster.AppConnectionString, cluster.OwnerConnectionString, cluster);
    }

    /// <summary>Brings the schema up to date and loads the data that ships with the program: calendar rows and frameworks.</summary>
    /// <param name="before">What must be so before that data comes in: a demo's clock.</param>
    public async Task MigrateAsync(Func<Task>? before = null, CancellationToken ct = default)
    {
        await Migrator.MigrateAsync(Owner, AppRole, ct);
        if (before is not null)
        {
            await before();
        }
        await Rooms.ProvisionAsync(this, ct);
    }

    /// <summary>Web and worker never touch a schema that is not exactly theirs.</summary>
    public async Task RefuseForeignSchemaAsync(CancellationToken ct = default)
    {
        if (!await Migrator.IsCurrentAsync(App, ct))
        {
            throw new InvalidOperationException("The database has another schema than this program. Run `audit-tracker migrate` first.");
        }
    }

    /// <summary>Whether the database is the data folder's own.</summary>
    public bool IsPrivate => cluster is not null;

    /// <summary>Starts the private server again whenever it is gone, until cancelled. Somebody else's server is somebody else's business.</summary>
    internal Task KeepServerAsync(ILogger log, CancellationToken ct) => cluster?.KeepRunningAsync(log, ct) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        if (cluster is not null)
        {
            await cluster.DisposeAsync();
        }
    }
}
