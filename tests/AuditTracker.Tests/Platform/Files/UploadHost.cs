using System.Net.Sockets;
using System.Text;
using AuditTracker.Platform.Files;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AuditTracker.Tests.Platform.Files;

/// <summary>A real Kestrel with the two doors and the download, on its own blob store.</summary>
public sealed class UploadHost : IAsyncLifetime
{
    public const long MaxFileBytes = 400L << 20;

    private readonly string root = Directory.CreateTempSubdirectory("upload").FullName;
    private WebApplication app = null!;

    public BlobStore Blobs { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public UploadLimits Limits { get; set; } = new() { MaxFileBytes = MaxFileBytes };

    public string[] StoredFiles => Directory.GetFiles(root, "*", SearchOption.AllDirectories);

    public async Task InitializeAsync()
    {
        Blobs = new BlobStore(root);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAntiforgery();
        builder.Services.AddDataProtection();
        app = builder.Build();
        app.MapPost("/api", http => AnswerAsync(http, null));
        app.MapPost("/page", http => AnswerAsync(http, MultipartUpload.Antiforgery(http)));
        app.MapGet("/token", (HttpContext http, IAntiforgery antiforgery) => antiforgery.GetAndStoreTokens(http).RequestToken);
        app.MapMethods("/file/{sha}/{name}", ["GET", "HEAD"], (string sha, string name) => new FileDownload(Blobs, sha, name));
        await app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    /// <summary>Sends raw text as the start of a request and reads the status line without sending any more.</summary>
    public async Task<string> SendOnlyAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", Client.BaseAddress!.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        using var reader = new StreamReader(stream);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await reader.ReadLineAsync(limit.Token) ?? "";
    }

    private async Task AnswerAsync(HttpContext http, Func<IReadOnlyDictionary<string, Microsoft.Extensions.Primitives.StringValues>, Task<bool>>? onFields)
    {
        try
        {
            var upload = await MultipartUpload.ReadAsync(http, Blobs, Limits, onFields, http.RequestAborted);
            await http.Response.WriteAsJsonAsync(new
            {
                fields = upload.Fields.ToDictionary(f => f.Key, f => f.Value.ToArray()),
                files = upload.Files,
                tooLarge = upload.TooLarge,
            });
        }
        catch (UploadRefusedException e)
        {
            http.Response.StatusCode = e.StatusCode;
            await http.Response.WriteAsync(e.Message);
        }
    }
}
