using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AuditTracker.Tests.Support;

/// <summary>A mail that the peer has taken.</summary>
public sealed record TakenMail(string From, string To, string Text)
{
    public string MessageId => Text.Split("\r\n").First(line => line.StartsWith("Message-ID: ", StringComparison.Ordinal))[13..^1];
}

/// <summary>
/// A mail server on a real socket that can be told to misbehave at any step: <c>connect TLS EHLO STARTTLS AUTH MAIL RCPT DATA body dot RSET QUIT</c>. It
/// counts a mail as taken at the moment a server would: when it has the final dot and means to say 250.
/// </summary>
public sealed class SmtpPeer : IAsyncDisposable
{
    /// <summary>Hangs up at this step.</summary>
    public const string Drop = "\0drop";

    /// <summary>At the final dot: takes the mail, and hangs up before it says so.</summary>
    public const string TakeAndDrop = "\0take";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> talks = [];
    private readonly X509Certificate2? certificate;
    private readonly bool implicitTls;
    private readonly AsyncLocal<int> speaking = new();
    private int connections, open;

    public SmtpPeer(X509Certificate2? certificate = null, bool implicitTls = false)
    {
        (this.certificate, this.implicitTls) = (certificate, implicitTls);
        listener.Start();
        _ = ListenAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What it answers at a step instead of what is due; null: what is due. Gets the step and the line.</summary>
    public Func<string, string, Task<string?>> Says { get; set; } = (_, _) => Task.FromResult<string?>(null);

    /// <summary>In <see cref="Says"/>: which connection it is, counted from 1.</summary>
    public int Speaking => speaking.Value;

    /// <summary>What EHLO offers, besides STARTTLS where there is a certificate.</summary>
    public string[] Offers { get; set; } = ["SIZE 1000000", "8BITMIME", "ENHANCEDSTATUSCODES"];

    public ConcurrentQueue<TakenMail> Taken { get; } = new();
    public ConcurrentQueue<string> Heard { get; } = new();
    public int Connections => connections;
    public int MostAtOnce { get; private set; }

    /// <summary>The answer to one step, every time.</summary>
    public void Answer(string step, string answer) => Says = (at, _) => Task.FromResult(at == step ? answer : null);

    /// <summary>The answer to one step, the first time.</summary>
    public void AnswerOnce(string step, string answer)
    {
        var done = 0;
        Says = (at, _) => Task.FromResult(at == step && Interlocked.Exchange(ref done, 1) == 0 ? answer : null);
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                var number = Interlocked.Increment(ref connections);
                talks.Add(Task.Run(() => TalkAsync(client, number)));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task TalkAsync(TcpClient client, int number)
    {
        speaking.Value = number;
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref open));
        try
        {
            client.NoDelay = true;
            Stream stream = client.GetStream();
            if (implicitTls)
            {
                stream = await EncryptAsync(stream);
            }
            var talk = new Talk(stream);
            await talk.SayAsync(await Says("connect", "") ?? "220 peer.example ESMTP");
            string from = "", to = "";
            while (await talk.LineAsync(stop.Token) is { } line)
            {
                Heard.Enqueue(line);
                var step = line.Split(' ')[0].ToUpperInvariant();
                var said = await Says(step, line);
                switch (step)
                {
                    case "EHLO":
                        string[] lines = ["peer.example", .. Offers, .. certificate is not null && stream is not SslStream ? ["STARTTLS"] : Array.Empty<string>()];
                        await talk.SayAsync(said ?? string.Join("\r\n", lines.Select((offer, i) => $"250{(i == lines.Length - 1 ? ' ' : '-')}{offer}")));
                        break;
                    case "STARTTLS":
                        await talk.SayAsync(said ?? "220 2.0.0 go ahead");
                        if (said is null)
                        {
                            talk = new Talk(stream = await EncryptAsync(stream));
                        }
                        break;
                    case "AUTH":
                        await AuthAsync(talk, line, said);
                        break;
                    case "MAIL":
                        from = line;
                        await talk.SayAsync(said ?? "250 2.1.0 sender ok");
                        break;
                    case "RCPT":
                        to = line;
                        await talk.SayAsync(said ?? "250 2.1.5 recipient ok");
                        break;
                    case "DATA":
                        await talk.SayAsync(said ?? "354 go on");
                        if (said is null)
                        {
                            await ContentAsync(talk, from, to);
                        }
                        break;
                    case "QUIT":
                        await talk.SayAsync(said ?? "221 2.0.0 bye");
                        return;
                    default:
                        await talk.SayAsync(said ?? "250 2.0.0 ok");
                        break;
                }
            }
        }
        catch (Exception end) when (end is IOException or SocketException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
        }
        finally
        {
            Interlocked.Decrement(ref open);
            client.Dispose();
        }
    }

    private async Task<Stream> EncryptAsync(Stream stream)
    {
        if (await Says("TLS", "") is not null)
        {
            throw new IOException("hung up");
        }
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(certificate!);
        return tls;
    }

    private async Task AuthAsync(Talk talk, string line, string? said)
    {
        if (said is null && line == "AUTH LOGIN")
        {
            await talk.SayAsync("334 VXNlcm5hbWU6");
            Heard.Enqueue((await talk.LineAsync(stop.Token))!);
            await talk.SayAsync("334 UGFzc3dvcmQ6");
            Heard.Enqueue((await talk.LineAsync(stop.Token))!);
        }
        await talk.SayAsync(said ?? "235 2.7.0 welcome");
        if (said is { } challenge && challenge.StartsWith("334", StringComparison.Ordinal))
        {
            Heard.Enqueue((await talk.LineAsync(stop.Token))!);
            await talk.SayAsync("535 5.7.3 not signed in");
        }
    }

    private async Task ContentAsync(Talk talk, string from, string to)
    {
        var text = new StringBuilder();
        var isFirst = true;
        while (await talk.LineAsync(stop.Token) is { } line)
        {
            if (isFirst && await Says("body", line) is { } early)
            {
                await talk.SayAsync(early);
                throw new IOException("hung up");
            }
            isFirst = false;
            if (line != ".")
            {
                text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
                continue;
            }
            var answer = await Says("dot", "") ?? "250 2.0.0 queued as 4711";
            if (answer.StartsWith("250", StringComparison.Ordinal) || answer == TakeAndDrop)
            {
                Taken.Enqueue(new TakenMail(from, to, text.ToString()));
            }
            await talk.SayAsync(answer == TakeAndDrop ? Drop : answer);
            return;
        }
        throw new IOException("the client left");
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
    }

    /// <summary>A certificate for localhost and 127.0.0.1 that signs itself: its own authority.</summary>
    public static X509Certificate2 Certificate(string host = "localhost")
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private sealed class Talk(Stream stream)
    {
        private readonly byte[] buffer = new byte[4096];
        private int start, end;

        public async Task SayAsync(string answer)
        {
            if (answer == Drop)
            {
                throw new IOException("hung up");
            }
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\r\n"));
        }

        public async Task<string?> LineAsync(CancellationToken ct)
        {
            var line = new List<byte>();
            while (true)
            {
                if (start == end)
                {
                    (start, end) = (0, await stream.ReadAsync(buffer, ct));
                    if (end == 0)
                    {
                        return null;
                    }
                }
                var next = buffer[start++];
                if (next == '\n')
                {
                    return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
                }
                line.Add(next);
            }
        }
    }
}
