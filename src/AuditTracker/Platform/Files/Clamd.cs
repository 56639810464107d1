using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace AuditTracker.Platform.Files;

/// <summary>How a scan of one file ended.</summary>
public enum ScanOutcome
{
    Clean,
    Infected,

    /// <summary>More than the scanner takes; it has seen nothing, or a part.</summary>
    TooLarge,

    /// <summary>A password keeps the scanner out.</summary>
    Locked,

    /// <summary>The scanner said that it could not.</summary>
    Refused,

    /// <summary>No answer, or half of one.</summary>
    NoAnswer,
}

/// <param name="Found">What was found, as the scanner calls it; or what it said.</param>
public sealed record ScanResult(ScanOutcome Outcome, string Found = "");

/// <summary>Nobody answers at the scanner's address: nothing is said of any file.</summary>
public sealed class ScannerAwayException(string reason, Exception? inner = null) : Exception(reason, inner);

/// <summary>
/// ClamAV's daemon over TCP or a Unix socket: <c>INSTREAM</c> sends the bytes themselves, so that it needs no access to our files. What it says is
/// believed only when it is whole: an answer that is cut off is none.
/// </summary>
/// <param name="address"><c>tcp://host:port</c> or <c>unix:/path</c>.</param>
/// <param name="patience">How long a single read or write may take.</param>
/// <param name="maxBytes">Files beyond are not sent: clamd calls what lies beyond its own limits clean (its <c>AlertExceedsMax</c> is off by default).</param>
public sealed class Clamd(Uri address, TimeSpan patience, long maxBytes)
{
    private const int ChunkBytes = 128 << 10;
    private const int LongestAnswer = 8 << 10;
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(5);

    /// <summary>Whether a setting is an address we can use.</summary>
    public static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var given)
        && (given is { Scheme: "tcp", Host.Length: > 0, Port: > 0 } || given is { Scheme: "unix", AbsolutePath.Length: > 1 });

    /// <summary>The scanner's version with the number and date of its signatures.</summary>
    /// <exception cref="ScannerAwayException">Nobody answers.</exception>
    public async Task<string> VersionAsync(CancellationToken ct)
    {
        using var socket = await ConnectAsync(ct);
        await using var stream = new NetworkStream(socket);
        try
        {
            using var limit = Limit(ct);
            await stream.WriteAsync("zVERSION\0"u8.ToArray(), limit.Token);
            return await AnswerAsync(stream, limit.Token) is { Length: > 0 } version ? version : throw new ScannerAwayException("no whole answer");
        }
        catch (Exception problem) when (IsNoAnswer(problem, ct))
        {
            throw new ScannerAwayException("no answer", problem);
        }
    }

    /// <summary>Has a file scanned.</summary>
    /// <exception cref="ScannerAwayException">Nobody answers at the address.</exception>
    public async Task<ScanResult> ScanAsync(Stream content, CancellationToken ct)
    {
        if (content.Length > maxBytes)
        {
            return new(ScanOutcome.TooLarge);
        }
        using var socket = await ConnectAsync(ct);
        await using var stream = new NetworkStream(socket);
        try
        {
            await SendAsync(stream, content, ct);
        }
        catch (Exception problem) when (problem is not OperationCanceledException && IsNoAnswer(problem, ct))
        {
            // It hangs up in the middle when it has had enough; what it says then is still to be read.
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(ScanOutcome.NoAnswer);
        }
        try
        {
            using var limit = Limit(ct);
            return Read(await AnswerAsync(stream, limit.Token));
        }
        catch (Exception problem) when (IsNoAnswer(problem, ct))
        {
            return new(ScanOutcome.NoAnswer);
        }
    }

    /// <summary><c>stream: OK</c>, <c>stream: NAME FOUND</c> or <c>… ERROR</c>; null: none, or cut off.</summary>
    internal static ScanResult Read(string? answer)
    {
        const string prefix = "stream: ";
        if (answer == prefix + "OK")
        {
            return new(ScanOutcome.Clean);
        }
        if (answer is not null && answer.StartsWith(prefix, StringComparison.Ordinal) && answer.EndsWith(" FOUND", StringComparison.Ordinal))
        {
            var found = answer[prefix.Length..^" FOUND".Length];
            return found.StartsWith("Heuristics.Limits.Exceeded", StringComparison.Ordinal) ? new(ScanOutcome.TooLarge, found)
                : found.StartsWith("Heuristics.Encrypted", StringComparison.Ordinal) ? new(ScanOutcome.Locked, found)
                : new(ScanOutcome.Infected, found);
        }
        return answer is null || !answer.EndsWith("ERROR", StringComparison.Ordinal) ? new(ScanOutcome.NoAnswer)
            : answer.Contains("size limit exceeded", StringComparison.OrdinalIgnoreCase) ? new(ScanOutcome.TooLarge)
            : new(ScanOutcome.Refused, answer);
    }

    private async Task SendAsync(NetworkStream stream, Stream content, CancellationToken ct)
    {
        var chunk = new byte[sizeof(int) + ChunkBytes];
        using (var limit = Limit(ct))
        {
            await stream.WriteAsync("zINSTREAM\0"u8.ToArray(), limit.Token);
        }
        int read;
        do
        {
            read = await content.ReadAtLeastAsync(chunk.AsMemory(sizeof(int)), ChunkBytes, throwOnEndOfStream: false, ct);
            BinaryPrimitives.WriteInt32BigEndian(chunk, read); // a chunk of no bytes is the end
            using var limit = Limit(ct);
            await stream.WriteAsync(chunk.AsMemory(0, sizeof(int) + read), limit.Token);
        }
        while (read > 0);
    }

    /// <summary>The answer without the zero byte that ends it; null when that never comes.</summary>
    private static async Task<string?> AnswerAsync(NetworkStream stream, CancellationToken ct)
    {
        var (buffer, length) = (new byte[LongestAnswer], 0);
        while (length < buffer.Length && await stream.ReadAsync(buffer.AsMemory(length), ct) is > 0 and var read)
        {
            length += read;
            if (buffer.AsSpan(0, length).IndexOf((byte)0) is >= 0 and var end)
            {
                return Encoding.UTF8.GetString(buffer, 0, end);
            }
        }
        return null;
    }

    private async Task<Socket> ConnectAsync(CancellationToken ct)
    {
        var isUnix = address.Scheme == "unix";
        var socket = isUnix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(ConnectWithin);
            await (isUnix ? socket.ConnectAsync(new UnixDomainSocketEndPoint(address.AbsolutePath), limit.Token) : socket.ConnectAsync(address.Host, address.Port, limit.Token));
            return socket;
        }
        catch (Exception problem) when (IsNoAnswer(problem, ct))
        {
            socket.Dispose();
            throw new ScannerAwayException((problem as SocketException)?.SocketErrorCode.ToString() ?? "TimedOut", problem);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private CancellationTokenSource Limit(CancellationToken ct)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience);
        return limit;
    }

    private static bool IsNoAnswer(Exception problem, CancellationToken ct) => !ct.IsCancellationRequested && problem is IOException or SocketException or OperationCanceledException;
}
