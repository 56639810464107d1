using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace AuditTracker.Platform.Mail;

/// <summary>Commands out, replies in, each within its time. What is read ahead belongs to this wire: a new one is made when TLS begins.</summary>
internal sealed class SmtpWire(Stream stream)
{
    private const int LongestReply = 64 << 10;
    private readonly byte[] buffer = new byte[4096];
    private int start, end;

    public Stream Stream => stream;

    /// <summary>Bytes came that nobody asked for.</summary>
    public bool HasUnread => start < end;

    /// <summary>Sends one command and reads its reply.</summary>
    /// <exception cref="SmtpBrokenException">There is no reply.</exception>
    public async Task<SmtpReply> AskAsync(string command, string name, TimeSpan within, CancellationToken cancel)
    {
        await WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), name, within, cancel);
        return await ReadAsync(name, within, cancel);
    }

    /// <exception cref="SmtpBrokenException">It cannot be sent, or not in time.</exception>
    public Task WriteAsync(ReadOnlyMemory<byte> bytes, string name, TimeSpan within, CancellationToken cancel) => WithinAsync(name, within, async limit =>
    {
        await stream.WriteAsync(bytes, limit);
        await stream.FlushAsync(limit);
        return true;
    }, cancel);

    /// <exception cref="SmtpBrokenException">It did not come whole, in time, or is none.</exception>
    public Task<SmtpReply> ReadAsync(string name, TimeSpan within, CancellationToken cancel) => WithinAsync(name, within, async limit =>
    {
        var lines = new List<string>();
        var read = 0;
        while (true)
        {
            var line = await LineAsync(name, limit);
            read += line.Length;
            if (line.Length < 3 || !line.AsSpan(0, 3).ContainsOnlyDigits() || line[0] is < '2' or > '5' || line.Length > 3 && line[3] is not (' ' or '-') || lines.Count > 0 && !lines[0].StartsWith(line[..3], StringComparison.Ordinal))
            {
                throw new SmtpBrokenException(SmtpReply.Kept($"{name}: the answer is not SMTP: {line}"));
            }
            if (read > LongestReply)
            {
                throw new SmtpBrokenException($"{name}: the answer does not end.");
            }
            lines.Add(line);
            if (line.Length == 3 || line[3] == ' ')
            {
                return new SmtpReply(int.Parse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture), SmtpReply.Kept(string.Join('\n', lines)));
            }
        }
    }, cancel);

    /// <summary>Whatever goes wrong with the connection, or takes too long, is a broken one; only the caller's own cancelling passes through.</summary>
    public static async Task<T> WithinAsync<T>(string name, TimeSpan within, Func<CancellationToken, Task<T>> step, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(within);
        try
        {
            return await step(limit.Token);
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw new SmtpBrokenException($"{name}: no answer within {within.TotalSeconds:0} s.", late);
        }
        catch (Exception problem) when (problem is IOException or SocketException or AuthenticationException or ObjectDisposedException)
        {
            throw new SmtpBrokenException(SmtpReply.Kept($"{name}: {(problem.InnerException as SocketException ?? problem).Message}"), problem);
        }
    }

    private async Task<string> LineAsync(string name, CancellationToken cancel)
    {
        var line = new List<byte>();
        while (true)
        {
            if (start == end)
            {
                (start, end) = (0, await stream.ReadAsync(buffer, cancel));
                if (end == 0)
                {
                    throw new SmtpBrokenException(SmtpReply.Kept(line.Count == 0 ? $"{name}: the server ended the connection." : $"{name}: the server ended the connection in the middle of its answer: {Encoding.UTF8.GetString([.. line])}"));
                }
            }
            var next = buffer[start++];
            if (next == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }
            line.Add(next);
            if (line.Count > LongestReply)
            {
                throw new SmtpBrokenException($"{name}: the answer is not SMTP: a line that does not end.");
            }
        }
    }
}

file static class Digits
{
    public static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
