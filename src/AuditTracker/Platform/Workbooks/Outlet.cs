namespace AuditTracker.Platform.Workbooks;

/// <summary>
/// The way out of the package: never seeks, so a file and a response get the same bytes, and can be shut; a failed write shuts it. Closing the ZIP archive would
/// write its directory and make half a workbook look like a whole one; with the outlet shut those bytes go nowhere.
/// The archive closes its entries with blocking writes even when asked not to (.NET 10), and a web response refuses those: they wait
/// here, a few kilobytes, for the next asynchronous write or flush.
/// </summary>
internal sealed class Outlet(Stream target) : Stream
{
    private readonly MemoryStream waiting = new();

    internal bool Shut { get; set; }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Shut)
            return;
        try
        {
            if (waiting.Length > 0)
            {
                await target.WriteAsync(waiting.GetBuffer().AsMemory(0, (int)waiting.Length), cancellationToken);
                waiting.SetLength(0);
            }
            if (buffer.Length > 0)
                await target.WriteAsync(buffer, cancellationToken);
        }
        catch
        {
            Shut = true;
            throw;
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (!Shut)
            waiting.Write(buffer, offset, count);
    }

    public override void Flush() { }
    public override Task FlushAsync(CancellationToken cancellationToken) => WriteAsync(default(ReadOnlyMemory<byte>), cancellationToken).AsTask();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
