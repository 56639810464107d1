using System.Net.Http.Headers;
using System.Text.Json;

namespace AuditTracker.Platform.Mail;

/// <summary>No access token: the identity provider refused, or could not be reached.</summary>
public sealed class TokenRefusedException(string reply, Exception? inner = null) : Exception(reply, inner);

/// <summary>Access tokens for the product itself (OAuth 2.0 client credentials, RFC 6749 §4.4), kept until shortly before they end.</summary>
/// <param name="address">The token endpoint.</param>
/// <param name="scope">What the token is for: <c>https://graph.microsoft.com/.default</c>.</param>
public sealed class ClientCredentials(HttpClient http, Uri address, string client, string secret, string scope, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);
    private readonly SemaphoreSlim asking = new(1);
    private volatile Token? kept;

    private sealed record Token(string Value, DateTimeOffset Until);

    public void Dispose() => asking.Dispose();

    /// <exception cref="TokenRefusedException">There is none.</exception>
    public async Task<string> TokenAsync(CancellationToken cancel)
    {
        if (kept is { } token && clock.GetUtcNow() < token.Until)
        {
            return token.Value;
        }
        await asking.WaitAsync(cancel);
        try
        {
            return kept is { } other && clock.GetUtcNow() < other.Until ? other.Value : await AskAsync(cancel);
        }
        finally
        {
            asking.Release();
        }
    }

    /// <summary>The token was refused where it was shown: the next one is a new one.</summary>
    public void Forget() => kept = null;

    private async Task<string> AskAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", client), new("client_secret", secret), new("scope", scope)]);
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = form, Headers = { Accept = { new MediaTypeWithQualityHeaderValue("application/json") } } };
            using var response = await http.SendAsync(request, limit.Token);
            var text = await response.Content.ReadAsStringAsync(limit.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new TokenRefusedException(SmtpReply.Kept($"Access token: {(int)response.StatusCode} {text}"));
            }
            using var answer = JsonDocument.Parse(text);
            var value = answer.RootElement.GetProperty("access_token").GetString()!;
            var seconds = answer.RootElement.TryGetProperty("expires_in", out var given) && given.TryGetInt32(out var number) ? number : 0;
            var life = TimeSpan.FromSeconds(seconds);
            kept = new Token(value, clock.GetUtcNow() + (life > 2 * Early ? life - Early : life / 2));
            return value;
        }
        catch (Exception problem) when (problem is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException || problem is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            throw new TokenRefusedException(SmtpReply.Kept($"Access token: {problem.Message}"), problem);
        }
    }
}
