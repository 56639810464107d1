using System.Net;
using AuditTracker.Accounts;
using AuditTracker.Health;
using AuditTracker.Company;
using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Telemetry;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;

namespace AuditTracker.Commands;

/// <summary>The pages and the API.</summary>
public static class Web
{
    private static readonly string[] Asking = [HttpMethods.Get, HttpMethods.Head];

    public static async Task<int> RunAsync(string[] args)
    {
        await using var installation = await Installation.OpenAsync(new Arguments(args).Settings(), mayCreate: false);
        await installation.RefuseForeignSchemaAsync();
        RefuseUnsafeListening(installation.Settings);
        await using var app = Build(installation, worksHere: false);
        await app.StartAsync();
        await RunningAddress.WriteAsync(installation.Settings, app);
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Beyond loopback the session cookie needs HTTPS: a certificate, or a proxy that is named.</summary>
    public static void RefuseUnsafeListening(Settings settings)
    {
        if (!settings.IsLoopback && !settings.HasCertificate && settings.Proxies.Length == 0)
        {
            throw new InvalidOperationException($"Listening on {settings.Listen} needs HTTPS. Give a certificate (Kestrel__Certificates__Default__Path) or name the proxy in front (AuditTracker__Proxies).");
        }
    }

    /// <summary>The web application, not yet started.</summary>
    /// <param name="installation">Settings and database; the caller owns it.</param>
    /// <param name="worksHere">Whether the jobs run in this process too (<c>serve</c>).</param>
    public static WebApplication Build(Installation installation, bool worksHere)
    {
        var settings = installation.Settings;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(Web).Assembly.GetName().Name });
        builder.Logging.AddLines(settings).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            // It warns on every form that it sets the same no-store that every page already has.
            .AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error).AddFilter("Quartz", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false)
            .UseUrls($"{(settings.HasCertificate ? "https" : "http")}://{settings.Listen}:{settings.Port}");
        builder.Services.AddRooms(installation);
        builder.Services.AddStoredSecrets(settings);
        builder.Services.AddFace();
        builder.Services.AddApiDocument();
        builder.Services.AddSingleton(new WorksHere(worksHere));
        builder.Services.AddHostedService<KeepServer>().AddHeartbeat(worksHere ? "serve" : "web").AddMeasuring(settings);
        if (worksHere)
        {
            builder.Services.AddWorker();
        }
        var app = builder.Build();
        if (settings.Proxies.Length > 0)
        {
            var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
            foreach (var proxy in settings.Proxies)
            {
                forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
            }
            app.UseForwardedHeaders(forwarded);
        }
        app.UseFace();
        app.UseRouting();
        app.UseSpans();
        app.UseCaller();
        app.UseLanguage();
        app.UseAccess();
        app.UseEraDates();
        app.UseNoticeLinks();
        app.MapFace();
        app.MapOpenApi("/openapi/{documentName}.json").May();
        app.MapMethods("/healthz", Asking, () => "ok").AllowAnonymous().ExcludeFromDescription();
        app.MapMethods("/readyz", Asking, async (Installation here, CancellationToken ct) =>
            await Readiness.IsReadyAsync(here, ct) ? Results.Text("ready") : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable)).AllowAnonymous().ExcludeFromDescription();
        app.MapRooms();
        return app;
    }
}

/// <summary>What is stored encrypted, by the keys of the data folder: the same in every process.</summary>
public static class StoredSecrets
{
    public static IServiceCollection AddStoredSecrets(this IServiceCollection services, Settings settings)
    {
        services.AddDataProtection().SetApplicationName("audit-tracker").PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(settings.Data, "keys")));
        return services;
    }
}

/// <summary>Whether jobs may be run in this process by hand (<c>POST /api/demo/tick</c>).</summary>
public sealed record WorksHere(bool Yes);
