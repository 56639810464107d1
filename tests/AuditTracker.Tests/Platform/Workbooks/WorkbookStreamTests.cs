using System.IO.Compression;
using AuditTracker.Platform.Workbooks;

namespace AuditTracker.Tests.Platform.Workbooks;

public sealed class WorkbookStreamTests
{
    [Fact]
    public async Task Same_calls_give_the_same_bytes()
    {
        var first = await Workbook.WriteEverythingAsync();
        await Task.Delay(2100); // ZIP times have steps of two seconds
        Assert.Equal(first, await Workbook.WriteEverythingAsync());
    }

    [Fact]
    public async Task Every_entry_carries_the_created_instant_in_Tokyo_time()
    {
        using var zip = new ZipArchive(new MemoryStream(await Workbook.WriteEverythingAsync()));
        Assert.All(zip.Entries, entry => Assert.Equal(new DateTime(2026, 11, 24, 9, 3, 6), entry.LastWriteTime.DateTime));
    }

    [Fact]
    public async Task A_stream_that_cannot_seek_or_block_gets_the_same_bytes()
    {
        var response = new AsyncOnlyStream();
        await using (var workbook = await WorkbookWriter.CreateAsync(response, Workbook.Properties))
        {
            await FillAsync(workbook);
            await workbook.CompleteAsync();
        }
        Assert.Equal(await Workbook.WriteAsync(FillAsync), response.Bytes.ToArray());
        Workbook.AssertValid(response.Bytes.ToArray());
    }

    [Fact]
    public async Task A_workbook_left_half_way_cannot_be_taken_for_a_whole_one()
    {
        var stream = new AsyncOnlyStream();
        await using (var workbook = await WorkbookWriter.CreateAsync(stream, Workbook.Properties))
            await FillAsync(workbook);
        Assert.True(stream.Bytes.Length > 10_000);
        Assert.Throws<InvalidDataException>(() => new ZipArchive(new MemoryStream(stream.Bytes.ToArray())));
    }

    [Fact]
    public async Task After_a_failed_write_the_workbook_cannot_be_completed()
    {
        var stream = new AsyncOnlyStream { FailAfter = 20_000 };
        await using var workbook = await WorkbookWriter.CreateAsync(stream, Workbook.Properties);
        await Assert.ThrowsAsync<IOException>(() => FillAsync(workbook));
        await Assert.ThrowsAsync<InvalidOperationException>(workbook.CompleteAsync);
    }

    [Fact]
    public async Task Cancelling_stops_the_writing()
    {
        using var cancel = new CancellationTokenSource();
        await using var workbook = await WorkbookWriter.CreateAsync(new AsyncOnlyStream(), Workbook.Properties, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FillAsync(workbook));
    }

    private static async Task FillAsync(WorkbookWriter workbook)
    {
        var sheet = await workbook.BeginSheetAsync(new SheetSetup("明細"));
        for (var i = 0; i < 20_000; i++)
        {
            await sheet.RowAsync();
            sheet.Number(i * 7919L);
            sheet.Text("担当者");
        }
    }

    /// <summary>As strict as a web response: no seeking, no blocking calls.</summary>
    private sealed class AsyncOnlyStream : Stream
    {
        public MemoryStream Bytes { get; } = new();
        public int FailAfter { get; init; } = int.MaxValue;
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            if (Bytes.Length + buffer.Length > FailAfter)
                throw new IOException("The other side went away.");
            Bytes.Write(buffer.Span);
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException("Synchronous write.");
        public override void Flush() => throw new InvalidOperationException("Synchronous flush.");
        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
