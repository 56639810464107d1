using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace AuditTracker.Platform.Mail;

/// <summary>
/// Hands mails to Microsoft Graph (<c>POST /v1.0/users/{sender}/sendMail</c> with the mail as MIME in base64): 202 is its word that it has the mail. An
/// ending that is no answer may have come after it took it, and is unknown.
/// </summary>
/// <param name="graph">Its address: <c>https://graph.microsoft.com</c>.</param>
/// <param name="connections">The most requests at a time.</param>
public sealed class GraphTransport(HttpClient http, Uri graph, ClientCredentials credentials, int connections = 1) : IMailTransport, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private readonly SemaphoreSlim places = new(connections);
    private volatile Pause? pause;

    private sealed record Pause(string Reply, long Until);

    public bool CanRepeat => false;
    public string Name => $"graph {graph.Host}";
    public int Connections => connections;

    public void Dispose() => places.Dispose();

    public async Task<SendResult> SendAsync(OutgoingMail mail, CancellationToken cancel)
    {
        string sender, mime;
        try
        {
            sender = MimeText.CheckedAddress("From", mail.From.Address);
            mime = Convert.ToBase64String(MimeText.Compose(mail));
        }
        catch (ArgumentException mistake)
        {
            return SendResult.Mistaken(mistake);
        }
        await places.WaitAsync(cancel);
        try
        {
            if (pause is { } still && Environment.TickCount64 < still.Until)
            {
                return new SendResult.Deferred(still.Reply) { Fault = MailFault.Route };
            }
            var token = await credentials.TokenAsync(cancel);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(graph, $"/v1.0/users/{Uri.EscapeDataString(sender)}/sendMail"))
            {
                Content = new StringContent(mime, Encoding.ASCII, "text/plain"),
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
            };
            return await AskAsync(request, cancel);
        }
        catch (TokenRefusedException refused)
        {
            return new SendResult.Deferred(refused.Message) { Fault = MailFault.Route };
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<SendResult> AskAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return await JudgeAsync(response, limit.Token);
        }
        catch (HttpRequestException problem) when (problem.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            return new SendResult.Deferred(SmtpReply.Kept(problem.Message)) { Fault = MailFault.Route }; // there was no connection to take it
        }
        catch (HttpRequestException problem)
        {
            return new SendResult.Unknown(SmtpReply.Kept(problem.Message));
        }
        catch (OperationCanceledException)
        {
            return new SendResult.Unknown("No answer in time.");
        }
    }

    private async Task<SendResult> JudgeAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var code = (int)response.StatusCode;
        var said = SmtpReply.Kept(string.Join(' ', new[] { $"{code} {response.ReasonPhrase}", response.Headers.TryGetValues("request-id", out var ids) ? $"request-id {ids.First()}" : "", await BodyAsync(response, cancel) }.Where(part => part.Length > 0)));
        switch (response.StatusCode)
        {
            case HttpStatusCode.Accepted:
                return new SendResult.Accepted(said);
            case HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable:
                pause = new Pause(said, Environment.TickCount64 + (long)Math.Clamp(RetryAfter(response).TotalMilliseconds, 1000, 600_000));
                return new SendResult.Deferred(said) { Fault = MailFault.Route };
            case HttpStatusCode.Unauthorized:
                credentials.Forget();
                return new SendResult.Deferred(said) { Fault = MailFault.Route };
            case HttpStatusCode.Forbidden or HttpStatusCode.NotFound: // no right to send as the sender, or no such sender
                return new SendResult.Deferred(said) { Fault = MailFault.Route };
            case >= (HttpStatusCode)400 and < (HttpStatusCode)500:
                return new SendResult.Failed(said) { Fault = MailFault.Mail };
            default: // 500, 502, 504, or a success that is not 202: it may have been taken before something behind it broke
                return new SendResult.Unknown(said);
        }
    }

    private static TimeSpan RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - DateTimeOffset.UtcNow,
        _ => TimeSpan.FromSeconds(30),
    };

    /// <summary>The words of the answer; that they did not come whole changes nothing of its code.</summary>
    private static async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        try
        {
            return (await response.Content.ReadAsStringAsync(cancel)).Trim();
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or OperationCanceledException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"({problem.GetType().Name})");
        }
    }
}
