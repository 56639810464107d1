using System.Collections.Concurrent;

namespace AuditTracker.Platform.Mail;

/// <summary>
/// Hands mails to a mail server over its own ESMTP conversation, because only that tells apart what came before the final dot (surely not taken)
/// from what came after it (unknown). Connections are kept from one mail to the next until <see cref="RestAsync"/>.
/// </summary>
/// <param name="connections">The most that are open at a time.</param>
/// <param name="pause">How long nobody knocks again after the server could not be reached or did not let us in; the mails in between are deferred with its words.</param>
public sealed class SmtpTransport(SmtpServer server, int connections = 1, TimeSpan? pause = null) : IMailTransport, IAsyncDisposable
{
    // A server hangs up on who says nothing for some minutes; a new connection costs little.
    private static readonly TimeSpan IdleAtMost = TimeSpan.FromSeconds(20);

    private readonly ConcurrentStack<SmtpSession> idle = new();
    private readonly SemaphoreSlim places = new(connections);
    private readonly TimeSpan pause = pause ?? TimeSpan.FromSeconds(10);
    private volatile Closed? closed;

    private sealed record Closed(string Reply, long Until);

    public bool CanRepeat => false;
    public string Name => server.ToString();
    public int Connections => connections;

    public async Task<SendResult> SendAsync(OutgoingMail mail, CancellationToken cancel)
    {
        try
        {
            _ = MimeText.Compose(mail, MimeText.NeedsUtf8(mail));
        }
        catch (ArgumentException mistake)
        {
            return SendResult.Mistaken(mistake);
        }
        await places.WaitAsync(cancel);
        try
        {
            if (await KeptAsync() is { } kept && await UseAsync(kept, mail, cancel) is { WasStale: false } outcome)
            {
                return outcome.Result;
            }
            if (closed is { } door && Environment.TickCount64 < door.Until)
            {
                return new SendResult.Deferred(door.Reply) { Fault = MailFault.Route };
            }
            return (await UseAsync(await SmtpSession.OpenAsync(server, cancel), mail, cancel)).Result;
        }
        catch (Exception problem) when (problem is SmtpBrokenException or SmtpRefusedException or TokenRefusedException)
        {
            var reply = SmtpReply.Kept(problem.Message);
            closed = new Closed(reply, Environment.TickCount64 + (long)pause.TotalMilliseconds);
            return new SendResult.Deferred(reply) { Fault = MailFault.Route };
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<SmtpOutcome> UseAsync(SmtpSession session, OutgoingMail mail, CancellationToken cancel)
    {
        try
        {
            return await session.SendAsync(mail, cancel);
        }
        finally
        {
            if (session.IsUsable)
            {
                idle.Push(session);
            }
            else
            {
                await session.DisposeAsync();
            }
        }
    }

    private async Task<SmtpSession?> KeptAsync()
    {
        while (idle.TryPop(out var session))
        {
            if (DateTime.UtcNow - session.UsedAt < IdleAtMost)
            {
                return session;
            }
            await session.DisposeAsync();
        }
        return null;
    }

    public async Task RestAsync()
    {
        while (idle.TryPop(out var session))
        {
            await session.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RestAsync();
        places.Dispose();
    }
}
