using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AuditTracker.Tests.Support;

/// <summary>A peer that speaks clamd's protocol to the letter and answers as a test wants: whole, half, never, or by hanging up.</summary>
internal sealed class FakeClamd : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    public FakeClamd()
    {
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>What is answered to the bytes of a file, without its ending; null: nothing ever.</summary>
    public Func<byte[], string?> Answer { get; set; } = _ => "stream: OK";

    /// <summary>Whether the zero byte that ends an answer is sent; without it the connection is closed in the middle.</summary>
    public bool EndsAnswers { get; set; } = true;

    /// <summary>After so many bytes it says that the limit is exceeded and hangs up.</summary>
    public int Most { get; set; } = int.MaxValue;

    /// <summary>The files it was sent, in their order.</summary>
    public List<byte[]> Received { get; } = [];
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;
    public string Address => $"tcp://127.0.0.1:{Port}";

    private async Task ServeAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await TalkAsync(client.GetStream());
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or SocketException)
            {
                // The next one.
            }
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        var command = new StringBuilder();
        for (int letter; (letter = stream.ReadByte()) > 0;)
        {
            command.Append((char)letter);
        }
        if (command.ToString() == "zVERSION")
        {
            await stream.WriteAsync("ClamAV 9.9.9/27500/Sun Nov 22 09:00:00 2026\0"u8.ToArray(), stop.Token);
            return;
        }
        Assert.Equal("zINSTREAM", command.ToString());
        using var content = new MemoryStream();
        var head = new byte[4];
        while (true)
        {
            await stream.ReadExactlyAsync(head, stop.Token);
            var length = BinaryPrimitives.ReadInt32BigEndian(head);
            if (length == 0)
            {
                break;
            }
            var chunk = new byte[length];
            await stream.ReadExactlyAsync(chunk, stop.Token);
            content.Write(chunk);
            if (content.Length > Most)
            {
                await stream.WriteAsync("INSTREAM size limit exceeded. ERROR\0"u8.ToArray(), stop.Token);
                return;
            }
        }
        Received.Add(content.ToArray());
        if (Answer(content.ToArray()) is not { } answer)
        {
            await Task.Delay(Timeout.Infinite, stop.Token).WaitAsync(TimeSpan.FromSeconds(5), stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        await stream.WriteAsync(Encoding.UTF8.GetBytes(EndsAnswers ? answer + "\0" : answer), stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }
}
