using Npgsql;
using Quartz;

namespace AuditTracker.Platform.Jobs;

/// <summary>The tables of Quartz, in a schema of their own, made by the owner and used by the app.</summary>
public static class QuartzSchema
{
    private const string TablePrefix = "quartz.qrtz_";

    /// <summary>Creates what is missing, never changes what is there, and lets the app role use it.</summary>
    public static async Task ProvisionAsync(NpgsqlDataSource owner, string appRole, CancellationToken cancel)
    {
        await ExecuteAsync("create schema if not exists quartz");
        await using (var factory = Configure(owner, SchemaProvisioning.CreateIfMissing, _ => { }).Build())
        {
            await factory.GetScheduler(cancel);
        }

        var role = new NpgsqlCommandBuilder().QuoteIdentifier(appRole);
        await ExecuteAsync($"""
            grant usage on schema quartz to {role};
            grant select, insert, update, delete on all tables in schema quartz to {role};
            grant usage on all sequences in schema quartz to {role}
            """);

        async Task ExecuteAsync(string sql)
        {
            await using var command = owner.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    internal static DateTime? NextAfter(string cron, DateTime at) =>
        new CronExpression(cron, TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo")).GetNextValidTimeAfter(new DateTimeOffset(at, TimeSpan.Zero))?.UtcDateTime;

    /// <summary>The one way a scheduler of ours is set up: nodes that differ would not be one cluster.</summary>
    internal static QuartzSchedulerBuilder Configure(NpgsqlDataSource source, SchemaProvisioning provisioning, Action<IQuartzBuilder> more) =>
        QuartzSchedulerBuilder.Create(quartz =>
        {
            // Never the business clock, which a demo moves: a clock set back stops every trigger without a word.
            quartz.UseTimeProvider(TimeProvider.System);
            quartz.UseDefaultThreadPool(8);
            quartz.ConfigureScheduler(options =>
            {
                options.InstanceName = "audit-tracker";
                options.GenerateInstanceId = true;
                options.IdleWaitTime = TimeSpan.FromSeconds(5); // how late a "run now" of another process may be noticed
                options.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres((DataSourceOptions options) => options.DataSourceFactory = _ => source);
                store.UseClustering(cluster => cluster.CheckinMisfireThreshold = TimeSpan.FromSeconds(20)); // a busy node is not a dead one
                store.ConfigureStore(options =>
                {
                    options.TablePrefix = TablePrefix;
                    options.SchemaProvisioning = provisioning;
                    options.StoreJobDataAsStrings = true;
                });
            });
            more(quartz);
        });
}
