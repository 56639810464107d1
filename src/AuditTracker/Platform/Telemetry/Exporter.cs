using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AuditTracker.Platform.Telemetry;

/// <summary>Sends metrics and traces by OTLP over HTTP while the service runs; registered only when an endpoint is set.</summary>
/// <param name="endpoint">The collector's base address, such as <c>http://collector:4318</c>.</param>
/// <param name="version">Of the product.</param>
public sealed class Exporter(Uri endpoint, string version) : IHostedService, IDisposable
{
    private TracerProvider? traces;
    private MeterProvider? metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder.CreateDefault().AddService("audit-tracker", serviceVersion: version, serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}");
        traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource)
            .AddSource(Measures.Name, "Microsoft.AspNetCore", "Npgsql")
            .AddProcessor(new WithoutPeople())
            .AddOtlpExporter(otlp => Point(otlp, "v1/traces"))
            .Build();
        metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
            .AddMeter(Measures.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime")
            .AddOtlpExporter(otlp => Point(otlp, "v1/metrics"))
            .Build();
        return Task.CompletedTask;
    }

    /// <summary>Sends what is left, for ten seconds at most.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() =>
    {
        traces?.ForceFlush(5000);
        metrics?.ForceFlush(5000);
    }, cancellationToken);

    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
    }

    private void Point(OtlpExporterOptions otlp, string path)
    {
        otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = new Uri(endpoint.AbsoluteUri.TrimEnd('/') + '/' + path);
    }

    /// <summary>A span keeps its route, never its path or query; one that carries a fault's words with somebody's data in them is not sent.</summary>
    private sealed class WithoutPeople : BaseProcessor<Activity>
    {
        private static readonly string[] Personal = ["url.path", "url.query", "url.full", "http.target", "http.url", "client.address", "network.peer.address", "user_agent.original", "db.user"];

        public override void OnEnd(Activity data)
        {
            foreach (var tag in Personal)
            {
                data.SetTag(tag, null);
            }
            data.SetStatus(data.Status, data.StatusDescription is { } said ? Redaction.Of(said) : null);
            if (data.Events.Any(happened => happened.Tags.Any(tag => tag.Value is string text && Redaction.Of(text) != text)))
            {
                data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }
        }
    }
}

public static class TelemetrySetUp
{
    /// <summary>Collects and sends metrics and traces when an endpoint is set; does nothing otherwise.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, Settings settings, string version) =>
        settings.TelemetryEndpoint is { } endpoint ? services.AddHostedService(_ => new Exporter(endpoint, version)) : services;
}
