using System.Diagnostics;
using System.Net;
using AuditTracker.Commands;
using AuditTracker.Platform.Database;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AuditTracker.Tests.Commands;

public sealed class KilledServerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("audit-tracker-killed-").FullName;

    public KilledServerTests() => File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_private_PostgreSQL_killed_under_a_running_service_comes_back_by_itself_with_pages_and_jobs()
    {
        var settings = Settings.From(new ConfigurationBuilder().AddInMemoryCollection([new("AuditTracker:Data", Path.Combine(folder, "data")), new("AuditTracker:Port", "0")]).Build());
        await using var installation = await Installation.OpenAsync(settings, mayCreate: true);
        await installation.MigrateAsync();
        await using var app = Web.Build(installation, worksHere: true);
        await app.StartAsync();
        using var visitor = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        Assert.Equal("ready", await visitor.GetStringAsync("/readyz"));
        var pid = await PidAsync(installation);
        await using (var work = await new Db(installation.App).BeginAsync(Actor.Operator("test")))
        {
            await work.ExecuteAsync("insert into departments (code) values ('STAYS')");
            await work.CommitAsync();
        }

        Process.GetProcessById(pid).Kill();
        var watch = Stopwatch.StartNew();
        while ((await visitor.GetAsync("/readyz")).StatusCode == HttpStatusCode.OK)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), "the server was not killed");
        }
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await visitor.GetAsync("/sign-in")).StatusCode);
        while ((await visitor.GetAsync("/readyz")).StatusCode != HttpStatusCode.OK)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "the server did not come back");
            await Task.Delay(100);
        }

        Assert.NotEqual(pid, await PidAsync(installation));
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/sign-in")).StatusCode);
        await using (var connection = await new Db(installation.App).OpenAsync())
        {
            Assert.True(await connection.FirstAsync<bool>("select exists (select from departments where code = 'STAYS')"));
        }
        await app.StopAsync();
    }

    private static async Task<int> PidAsync(Installation installation) =>
        int.Parse((await File.ReadAllLinesAsync(Path.Combine(installation.Settings.Data, "postgres", "postmaster.pid")))[0], System.Globalization.CultureInfo.InvariantCulture);
}
