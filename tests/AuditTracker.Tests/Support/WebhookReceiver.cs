using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AuditTracker.Tests.Support;

internal sealed record ToldRequest(string Path, string Body, Dictionary<string, string> Headers);

/// <summary>An HTTP server that keeps what it got.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication server;

    public WebhookReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        server.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            Got.Enqueue(new(http.Request.Path, await reader.ReadToEndAsync(), http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            await Task.Delay(Delay, http.RequestAborted);
            http.Response.StatusCode = Answer(http);
            http.Response.Headers.Location = "/elsewhere";
            if (http.Response.StatusCode != 204)
            {
                await http.Response.WriteAsync("ok");
                await http.Response.Body.FlushAsync();
                await Task.Delay(OpenFor, http.RequestAborted);
            }
        });
    }

    public ConcurrentQueue<ToldRequest> Got { get; } = new();
    public Func<HttpContext, int> Answer { get; set; } = _ => 200;
    public TimeSpan Delay { get; set; }

    /// <summary>How long the body stays open after its first letters.</summary>
    public TimeSpan OpenFor { get; set; }

    public Uri Address => new(server.Urls.First() + "/");

    public Task StartAsync() => server.StartAsync();

    public async ValueTask DisposeAsync() => await server.DisposeAsync();
}
