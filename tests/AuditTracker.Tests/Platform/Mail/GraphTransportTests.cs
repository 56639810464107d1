using System.Text;
using AuditTracker.Platform.Mail;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AuditTracker.Tests.Platform.Mail;

/// <summary>Microsoft Graph, and the identity provider before it, as a server on the loopback plays them.</summary>
public sealed class GraphTransportTests : IAsyncLifetime
{
    private WebApplication server = null!;
    private readonly Clock clock = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly List<string> asked = [], mails = [];
    private Func<HttpContext, Task> answers = context => Status(context, 202);
    private string token = """{"access_token":"t1","expires_in":3600,"token_type":"Bearer"}""";
    private int tokenStatus = 200;

    private static OutgoingMail Mail { get; } = new("1@audit.example", new Mailbox("事務局", "audit@example.test"), null, new Mailbox("", "bob@example.test"), "件名", "text\n", "<p>x</p>", new DateTimeOffset(2026, 11, 24, 9, 5, 0, TimeSpan.FromHours(9)));

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        server = builder.Build();
        server.Run(async context =>
        {
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            if (context.Request.Path == "/token")
            {
                asked.Add(body);
                context.Response.StatusCode = tokenStatus;
                await context.Response.WriteAsync(token);
                return;
            }
            mails.Add($"{context.Request.Method} {context.Request.Path} {context.Request.Headers.Authorization} {context.Request.ContentType}\n{body}");
            await answers(context);
        });
        await server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    private static Task Status(HttpContext context, int status, string body = "")
    {
        context.Response.StatusCode = status;
        context.Response.Headers["request-id"] = "r-17";
        return context.Response.WriteAsync(body);
    }

    private Uri Address => new(server.Urls.First());

    private GraphTransport Transport => transport ??= new GraphTransport(http, Address, new ClientCredentials(http, new Uri(Address, "/token"), "client", "s&cret", "https://graph.microsoft.com/.default", clock));
    private GraphTransport? transport;

    [Fact]
    public async Task A_mail_goes_as_mime_with_a_token_that_is_asked_for_once_until_shortly_before_its_end()
    {
        var result = Assert.IsType<SendResult.Accepted>(await Transport.SendAsync(Mail, default));
        Assert.StartsWith("202 Accepted request-id r-17", result.Reply);
        Assert.Equal($"POST /v1.0/users/audit@example.test/sendMail Bearer t1 text/plain; charset=us-ascii\n{Convert.ToBase64String(MimeText.Compose(Mail))}", Assert.Single(mails));
        Assert.Equal("grant_type=client_credentials&client_id=client&client_secret=s%26cret&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default", Assert.Single(asked));

        clock.Now += TimeSpan.FromMinutes(54);
        await Transport.SendAsync(Mail, default);
        Assert.Single(asked);
        clock.Now += TimeSpan.FromMinutes(2);
        await Transport.SendAsync(Mail, default);
        Assert.Equal(2, asked.Count);
    }

    [Theory]
    [InlineData(429, typeof(SendResult.Deferred), MailFault.Route)]
    [InlineData(503, typeof(SendResult.Deferred), MailFault.Route)]
    [InlineData(401, typeof(SendResult.Deferred), MailFault.Route)]
    [InlineData(403, typeof(SendResult.Deferred), MailFault.Route)]
    [InlineData(404, typeof(SendResult.Deferred), MailFault.Route)]
    [InlineData(400, typeof(SendResult.Failed), MailFault.Mail)]
    [InlineData(413, typeof(SendResult.Failed), MailFault.Mail)]
    [InlineData(500, typeof(SendResult.Unknown), null)]
    [InlineData(504, typeof(SendResult.Unknown), null)]
    [InlineData(200, typeof(SendResult.Unknown), null)]
    [InlineData(302, typeof(SendResult.Unknown), null)]
    public async Task Each_answer_ends_as_what_can_be_known(int status, Type expected, MailFault? fault)
    {
        answers = context => Status(context, status, """{"error":{"code":"ErrorX","message":"言葉"}}""");
        var result = await Transport.SendAsync(Mail, default);
        Assert.Equal((expected, fault), (result.GetType(), result.Fault));
        Assert.Contains("言葉", result.Reply);
        Assert.Contains("r-17", result.Reply);
    }

    [Fact]
    public async Task A_connection_that_ends_behind_the_request_is_unknown_and_nothing_is_sent_a_second_time()
    {
        await Transport.SendAsync(Mail, default); // the connection is a kept one then
        answers = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        Assert.IsType<SendResult.Unknown>(await Transport.SendAsync(Mail, default));
        Assert.Equal(2, mails.Count);
    }

    [Fact]
    public async Task Who_is_asked_to_wait_waits_and_a_refused_token_is_not_shown_again()
    {
        answers = context =>
        {
            context.Response.Headers.RetryAfter = "600";
            return Status(context, 429, "slow down");
        };
        await Transport.SendAsync(Mail, default);
        Assert.Contains("slow down", Assert.IsType<SendResult.Deferred>(await Transport.SendAsync(Mail, default)).Reply);
        Assert.Single(mails);

        transport = null;
        answers = context => Status(context, 401);
        await Transport.SendAsync(Mail, default);
        answers = context => Status(context, 202);
        Assert.IsType<SendResult.Accepted>(await Transport.SendAsync(Mail, default));
        Assert.Equal(3, asked.Count);
    }

    [Fact]
    public async Task Without_a_token_or_a_server_nothing_was_taken()
    {
        (tokenStatus, token) = (401, """{"error":"invalid_client"}""");
        Assert.Contains("invalid_client", Assert.IsType<SendResult.Deferred>(await Transport.SendAsync(Mail, default)).Reply);
        (tokenStatus, token) = (200, "no json");
        Assert.IsType<SendResult.Deferred>(await Transport.SendAsync(Mail, default));
        Assert.Empty(mails);

        token = """{"access_token":"t","expires_in":3600}""";
        var gone = new GraphTransport(http, new Uri("http://127.0.0.1:1"), new ClientCredentials(http, new Uri(Address, "/token"), "c", "s", "x", clock));
        Assert.Equal(MailFault.Route, Assert.IsType<SendResult.Deferred>(await gone.SendAsync(Mail, default)).Fault);
    }

    [Fact]
    public async Task A_mail_server_is_signed_in_to_with_such_a_token()
    {
        await using var peer = new Support.SmtpPeer { Offers = ["AUTH PLAIN XOAUTH2"] };
        var credentials = new ClientCredentials(http, new Uri(Address, "/token"), "client", "secret", "https://outlook.office365.com/.default", clock);
        await using var smtp = new SmtpTransport(new SmtpServer("localhost", peer.Port, SmtpSecurity.None, User: "audit@example.test", Token: credentials), 1, TimeSpan.Zero);
        Assert.IsType<SendResult.Accepted>(await smtp.SendAsync(Mail, default));
        Assert.Contains($"AUTH XOAUTH2 {Convert.ToBase64String(Encoding.UTF8.GetBytes("user=audit@example.test\u0001auth=Bearer t1\u0001\u0001"))}", peer.Heard);

        await smtp.RestAsync();
        peer.Answer("AUTH", "334 eyJzdGF0dXMiOiI0MDEifQ==");
        Assert.Equal("535 5.7.3 not signed in", Assert.IsType<SendResult.Deferred>(await smtp.SendAsync(Mail, default)).Reply);
        peer.Says = (_, _) => Task.FromResult<string?>(null);
        Assert.IsType<SendResult.Accepted>(await smtp.SendAsync(Mail, default));
        Assert.Equal(2, asked.Count); // the refused token was forgotten
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
