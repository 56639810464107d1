using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AuditTracker.Platform.Mail;

/// <summary>What a session made of one mail.</summary>
/// <param name="WasStale">The connection was gone before the mail was begun: another one may take it at once.</param>
internal sealed record SmtpOutcome(SendResult Result, bool WasStale = false);

/// <summary>One connection to a mail server, greeted and signed in; one mail after the other.</summary>
internal sealed class SmtpSession : IAsyncDisposable
{
    private readonly Socket socket;
    private readonly SmtpServer server;
    private SmtpWire wire;
    private HashSet<string> offers = [];
    private long largest;

    private SmtpSession(Socket socket, SmtpServer server) => (this.socket, this.server, wire) = (socket, server, new SmtpWire(new NetworkStream(socket)));

    /// <summary>Whether another mail may be begun on it.</summary>
    public bool IsUsable { get; private set; } = true;

    public DateTime UsedAt { get; private set; } = DateTime.UtcNow;

    /// <exception cref="SmtpBrokenException">There is no connection.</exception>
    /// <exception cref="SmtpRefusedException">There is one, and the server lets us not send, or we refuse to.</exception>
    public static async Task<SmtpSession> OpenAsync(SmtpServer server, CancellationToken cancel)
    {
        var socket = await SmtpWire.WithinAsync("connect", server.Patience.Command, async limit =>
        {
            var fresh = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await fresh.ConnectAsync(server.Host, server.Port, limit);
                return fresh;
            }
            catch
            {
                fresh.Dispose();
                throw;
            }
        }, cancel);
        var session = new SmtpSession(socket, server);
        try
        {
            await session.GreetAsync(cancel);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private async Task GreetAsync(CancellationToken cancel)
    {
        if (server.Security == SmtpSecurity.Tls)
        {
            await EncryptAsync(cancel);
        }
        Need(await wire.ReadAsync("connect", server.Patience.Command, cancel));
        await HelloAsync(cancel);
        if (server.Security == SmtpSecurity.StartTls)
        {
            if (!offers.Contains("STARTTLS"))
            {
                throw new SmtpRefusedException("The server offers no encryption (STARTTLS), and nothing is sent without.");
            }
            Need(await AskAsync("STARTTLS", cancel));
            if (wire.HasUnread)
            {
                throw new SmtpRefusedException("STARTTLS: somebody put answers in before the encryption.");
            }
            await EncryptAsync(cancel);
            await HelloAsync(cancel); // what was offered in the open counts for nothing, RFC 3207 §4.2
        }
        await SignInAsync(cancel);
    }

    private Task EncryptAsync(CancellationToken cancel) => SmtpWire.WithinAsync("TLS", server.Patience.Command, async limit =>
    {
        var tls = new SslStream(wire.Stream);
        wire = new SmtpWire(tls);
        var options = new SslClientAuthenticationOptions { TargetHost = server.Host };
        if (server.Authorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }
        await tls.AuthenticateAsClientAsync(options, limit);
        return true;
    }, cancel);

    private async Task HelloAsync(CancellationToken cancel)
    {
        var own = server.Hello.Length > 0 ? server.Hello : socket.LocalEndPoint is IPEndPoint { Address: var address } ? Literal(address) : "[127.0.0.1]";
        var reply = await AskAsync($"EHLO {own}", cancel);
        Need(reply);
        offers = reply.Lines.Skip(1).Select(line => line.Split(' ')[0].ToUpperInvariant()).ToHashSet();
        foreach (var line in reply.Lines.Skip(1).Select(line => line.ToUpperInvariant()))
        {
            var words = line.Split([' ', '='], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["AUTH", .. var ways])
            {
                offers.UnionWith(ways.Select(way => "AUTH " + way));
            }
            else if (words is ["SIZE", var size, ..] && long.TryParse(size, out var bytes))
            {
                largest = bytes;
            }
        }
    }

    private static string Literal(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{plain}]" : $"[{plain}]";
    }

    private async Task SignInAsync(CancellationToken cancel)
    {
        if (server.User.Length == 0)
        {
            return;
        }
        if (server is { Security: SmtpSecurity.None, IsThisMachine: false })
        {
            throw new SmtpRefusedException("A password is not said in the open: set the security to starttls or tls, or leave out the user.");
        }
        SmtpReply reply;
        if (server.Token is { } source)
        {
            NeedOffer("XOAUTH2");
            var token = await source.TokenAsync(cancel);
            reply = await AskAsync($"AUTH XOAUTH2 {Base64($"user={server.User}\u0001auth=Bearer {token}\u0001\u0001")}", cancel, "AUTH");
            if (reply.GoesOn) // what is wrong stands in the challenge; an empty answer ends it
            {
                reply = await AskAsync("", cancel, "AUTH");
            }
            if (!reply.IsDone)
            {
                source.Forget();
            }
        }
        else if (offers.Contains("AUTH PLAIN"))
        {
            reply = await AskAsync($"AUTH PLAIN {Base64($"\0{server.User}\0{server.Password}")}", cancel, "AUTH");
        }
        else
        {
            NeedOffer("LOGIN");
            reply = await AskAsync("AUTH LOGIN", cancel, "AUTH");
            foreach (var answer in new[] { server.User, server.Password })
            {
                reply = reply.GoesOn ? await AskAsync(Base64(answer), cancel, "AUTH") : reply;
            }
        }
        Need(reply);
    }

    /// <summary>
    /// Hands one mail over. Up to the final dot a broken connection leaves it surely not taken; from there on only a whole reply says what became of it.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled before the final dot.</exception>
    public async Task<SmtpOutcome> SendAsync(OutgoingMail mail, CancellationToken cancel)
    {
        var utf8 = MimeText.NeedsUtf8(mail);
        if (utf8 && !offers.Contains("SMTPUTF8"))
        {
            return new(new SendResult.Failed("The server takes no addresses with letters beyond ASCII (SMTPUTF8).") { Fault = MailFault.Recipient });
        }
        var bytes = Stuffed(MimeText.Compose(mail, utf8));
        if (largest > 0 && bytes.Length > largest)
        {
            return new(new SendResult.Failed($"The mail has {bytes.Length} bytes; the server takes {largest}.") { Fault = MailFault.Mail });
        }
        IsUsable = false; // until the server has answered to the end
        UsedAt = DateTime.UtcNow;
        using var session = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        session.CancelAfter(server.Patience.Session);
        var hasBegun = false;
        try
        {
            var (mailReply, rcptReply) = await EnvelopeAsync(mail, utf8, bytes.Length, session.Token);
            if (!mailReply.IsDone)
            {
                return await TurnedAwayAsync(mailReply, mailReply.IsRefusal && mailReply.Code != 552 && mailReply.Status != "5.3.4" ? MailFault.Route : MailFault.Mail, cancel);
            }
            if (!rcptReply.IsDone)
            {
                return await TurnedAwayAsync(rcptReply, rcptReply.IsAboutRecipient ? MailFault.Recipient : rcptReply.IsAboutUs ? MailFault.Route : MailFault.Mail, cancel);
            }
            hasBegun = true;
            var data = await AskAsync("DATA", session.Token);
            if (!data.GoesOn)
            {
                return await TurnedAwayAsync(data, data.IsAboutUs ? MailFault.Route : MailFault.Mail, cancel);
            }
            await ContentAsync(bytes, session.Token);
        }
        catch (SmtpBrokenException broken)
        {
            return new(new SendResult.Deferred(broken.Message), WasStale: !hasBegun);
        }
        catch (RefusedEarly early)
        {
            return new(Turned(early.Reply, MailFault.Mail));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(new SendResult.Deferred($"The server took more than {server.Patience.Session.TotalSeconds:0} s before it had the mail."));
        }
        return new(await FinishAsync(cancel));
    }

    /// <summary>MAIL and RCPT, in one go where the server says that it minds none: DATA waits for both.</summary>
    private async Task<(SmtpReply Mail, SmtpReply Rcpt)> EnvelopeAsync(OutgoingMail mail, bool utf8, int length, CancellationToken cancel)
    {
        var bounces = offers.Contains("DSN");
        var from = $"MAIL FROM:<{MimeText.CheckedAddress("From", mail.From.Address, utf8)}>"
            + (offers.Contains("SIZE") ? $" SIZE={length}" : "")
            + (utf8 ? " SMTPUTF8" + (offers.Contains("8BITMIME") ? " BODY=8BITMIME" : "") : "")
            + (bounces ? $" RET=HDRS ENVID={Xtext(mail.MessageId)}" : "");
        var to = $"RCPT TO:<{MimeText.CheckedAddress("To", mail.To.Address, utf8)}>" + (bounces ? " NOTIFY=FAILURE,DELAY" : "");
        if (offers.Contains("PIPELINING"))
        {
            await wire.WriteAsync(Encoding.UTF8.GetBytes($"{from}\r\n{to}\r\n"), "MAIL", server.Patience.Command, cancel);
            var both = await wire.ReadAsync("MAIL", server.Patience.Command, cancel);
            return both.IsClosing ? throw new SmtpBrokenException(both.Text) : (both, await wire.ReadAsync("RCPT", server.Patience.Command, cancel));
        }
        var first = await AskAsync(from, cancel, "MAIL");
        return first.IsClosing ? throw new SmtpBrokenException(first.Text) : (first, first.IsDone ? await AskAsync(to, cancel, "RCPT") : first);
    }

    /// <summary>All of the mail but its final dot. A server that has enough of it says so and hangs up, and what it says counts.</summary>
    private async Task ContentAsync(byte[] bytes, CancellationToken cancel)
    {
        try
        {
            await wire.WriteAsync(bytes, "DATA", server.Patience.Command, cancel);
        }
        catch (SmtpBrokenException)
        {
            SmtpReply said;
            try
            {
                said = await wire.ReadAsync("DATA", TimeSpan.FromSeconds(2), cancel);
            }
            catch (SmtpBrokenException)
            {
                said = new SmtpReply(0, "");
            }
            if (said.IsForLater || said.IsRefusal)
            {
                throw new RefusedEarly(said);
            }
            throw;
        }
    }

    /// <summary>The final dot, and what the server says to it. Nothing here is ever tried again by itself.</summary>
    private async Task<SendResult> FinishAsync(CancellationToken cancel)
    {
        SmtpReply reply;
        try
        {
            await wire.WriteAsync(".\r\n"u8.ToArray(), "final dot", server.Patience.Command, cancel);
            reply = await wire.ReadAsync("final dot", server.Patience.Final, cancel);
        }
        catch (SmtpBrokenException broken)
        {
            return new SendResult.Unknown(broken.Message);
        }
        catch (OperationCanceledException)
        {
            return new SendResult.Unknown("final dot: no answer in time.");
        }
        IsUsable = !reply.IsClosing;
        return reply switch
        {
            { IsDone: true } => new SendResult.Accepted(reply.Text),
            { GoesOn: true } => new SendResult.Unknown(reply.Text),
            _ => Turned(reply, MailFault.Mail),
        };
    }

    private async Task<SmtpOutcome> TurnedAwayAsync(SmtpReply reply, MailFault fault, CancellationToken cancel)
    {
        if (!reply.IsClosing && !reply.GoesOn)
        {
            try
            {
                IsUsable = (await AskAsync("RSET", cancel)).IsDone;
            }
            catch (Exception problem) when (problem is SmtpBrokenException or OperationCanceledException)
            {
                // It answered; that the connection ended behind it changes nothing.
            }
        }
        return new(Turned(reply, fault));
    }

    // What would meet every mail is no reason to give this one up.
    private static SendResult Turned(SmtpReply reply, MailFault fault) => reply.IsRefusal && fault != MailFault.Route
        ? new SendResult.Failed(reply.Text) { Fault = fault }
        : new SendResult.Deferred(reply.Text) { Fault = reply.IsRefusal ? fault : null };

    /// <summary>Says goodbye without waiting for an answer.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsUsable)
        {
            try
            {
                await wire.WriteAsync("QUIT\r\n"u8.ToArray(), "QUIT", TimeSpan.FromSeconds(2), CancellationToken.None);
            }
            catch (Exception problem) when (problem is SmtpBrokenException or InvalidOperationException)
            {
                // It is being left anyway.
            }
        }
        IsUsable = false;
        await wire.Stream.DisposeAsync();
        socket.Dispose();
    }

    private Task<SmtpReply> AskAsync(string command, CancellationToken cancel, string? name = null) => wire.AskAsync(command, name ?? command.Split(' ')[0], server.Patience.Command, cancel);

    private static void Need(SmtpReply reply)
    {
        if (!reply.IsDone)
        {
            throw new SmtpRefusedException(reply.Text);
        }
    }

    private void NeedOffer(string way)
    {
        if (!offers.Contains("AUTH " + way))
        {
            throw new SmtpRefusedException($"The server offers no way to sign in that we know: {string.Join(", ", offers.Where(offer => offer.StartsWith("AUTH", StringComparison.Ordinal)))}");
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>RFC 3461 §4: what is not plain goes as +XX.</summary>
    private static string Xtext(string text) => string.Concat(text.Select(c => c is >= '!' and <= '~' and not ('+' or '=') ? c.ToString() : $"+{(int)c:X2}"));

    /// <summary>A line that begins with a dot gets a second one (RFC 5321 §4.5.2). Our lines end in CRLF.</summary>
    internal static byte[] Stuffed(byte[] bytes)
    {
        var stuffed = new List<byte>(bytes.Length + 16);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '.' && (i == 0 || bytes[i - 1] == '\n'))
            {
                stuffed.Add((byte)'.');
            }
            stuffed.Add(bytes[i]);
        }
        return [.. stuffed];
    }

    private sealed class RefusedEarly(SmtpReply reply) : Exception(reply.Text)
    {
        public SmtpReply Reply => reply;
    }
}
