using System.IO.Compression;
using System.Text;

namespace AuditTracker.Platform.Workbooks;

/// <summary>
/// Writes an Excel workbook (XLSX) forward only to any stream, with memory that does not grow with the rows:
/// <see cref="CreateAsync"/>, <see cref="BeginSheetAsync"/> and its rows, again for each sheet, <see cref="CompleteAsync"/>.
/// Without <see cref="CompleteAsync"/> the file stays unreadable on purpose: half a register must not look like a whole one.
/// Same calls and properties, same bytes.
/// </summary>
public sealed class WorkbookWriter : IAsyncDisposable
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>How hard the sheets are deflated.</summary>
    public const CompressionLevel Level = CompressionLevel.Optimal;

    private readonly Outlet outlet;
    private readonly ZipArchive archive;
    private readonly WorkbookProperties properties;
    private readonly CancellationToken cancellation;
    private readonly SheetNames names = new();
    private readonly List<SheetLayout> sheets = [];
    private readonly List<(string Sheet, string Cell, int Part, string Text)> continued = [];
    private readonly string continuationSheet;
    private SheetWriter? current;
    private bool completed, disposed;

    private WorkbookWriter(Outlet outlet, ZipArchive archive, WorkbookProperties properties, CancellationToken cancellation)
    {
        (this.outlet, this.archive, this.properties, this.cancellation) = (outlet, archive, properties, cancellation);
        continuationSheet = names.Take(properties.Words.ContinuationSheet);
    }

    /// <summary>Begins a workbook. The stream is written asynchronously only, need not seek, and stays open.</summary>
    /// <exception cref="ArgumentException"><see cref="WorkbookProperties.CreatedAt"/> is not UTC.</exception>
    public static async Task<WorkbookWriter> CreateAsync(Stream stream, WorkbookProperties properties, CancellationToken cancellation = default)
    {
        if (properties.CreatedAt.Kind != DateTimeKind.Utc)
            throw new ArgumentException("Instants are UTC.", nameof(properties));
        var outlet = new Outlet(stream);
        var archive = await ZipArchive.CreateAsync(outlet, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellation);
        var workbook = new WorkbookWriter(outlet, archive, properties, cancellation);
        try
        {
            // In this order programs that guess by the first bytes see a workbook and not just a ZIP file.
            await workbook.WritePartAsync("_rels/.rels", PackageParts.RootRelations());
            await workbook.WritePartAsync("docProps/core.xml", PackageParts.Core(properties));
            await workbook.WritePartAsync("docProps/app.xml", PackageParts.App());
            await workbook.WritePartAsync("xl/styles.xml", StyleSheet.Xml(properties.EraDates));
            return workbook;
        }
        catch
        {
            await workbook.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the sheet before and begins the next.</summary>
    public Task<SheetWriter> BeginSheetAsync(SheetSetup setup)
    {
        ObjectDisposedException.ThrowIf(disposed || completed, this);
        return OpenSheetAsync(setup, names.Take(setup.Name));
    }

    /// <summary>Ends the last sheet and writes the rest of the file.</summary>
    /// <exception cref="InvalidOperationException">There is no sheet; Excel does not open such a file.</exception>
    public async Task CompleteAsync()
    {
        ObjectDisposedException.ThrowIf(disposed || completed, this);
        if (sheets.Count == 0)
            throw new InvalidOperationException("A workbook needs a sheet.");
        if (outlet.Shut)
            throw new InvalidOperationException("A write failed before: the file cannot be completed.");
        if (continued.Count > 0)
            await WriteContinuationsAsync();
        await EndSheetAsync();
        var tabs = sheets.Select((sheet, i) => (Layout: sheet, Part: i + 1)).OrderBy(sheet => sheet.Layout.TabOrder ?? int.MaxValue).ToList();
        await WritePartAsync("xl/workbook.xml", PackageParts.Workbook(tabs));
        await WritePartAsync("xl/_rels/workbook.xml.rels", PackageParts.WorkbookRelations(sheets.Count));
        await WritePartAsync("[Content_Types].xml", PackageParts.ContentTypes(sheets.Count));
        completed = true;
        await archive.DisposeAsync();
        await outlet.FlushAsync(cancellation);
    }

    /// <summary>Gives everything back; a workbook that was not completed is left unreadable.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        if (completed)
            return;
        outlet.Shut = true;
        if (current is not null)
            await current.AbandonAsync();
        await archive.DisposeAsync();
    }

    /// <summary>Takes a text too long for a cell: what is returned goes into the cell, the rest onto the continuation sheet.</summary>
    internal string Continue(string text, string sheet, string cell)
    {
        var ending = string.Format(null, properties.Words.ContinuedOn, continuationSheet);
        var at = Cut(text, 0, SheetWriter.MaxCharacters - ending.Length);
        var start = text[..at] + ending;
        for (var part = 2; at < text.Length; part++)
        {
            var end = Cut(text, at, SheetWriter.MaxCharacters);
            continued.Add((sheet, cell, part, text[at..end]));
            at = end;
        }
        return start;
    }

    private static int Cut(string text, int from, int length)
    {
        var end = Math.Min(text.Length, from + length);
        return end < text.Length && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end;
    }

    private async Task<SheetWriter> OpenSheetAsync(SheetSetup setup, string name)
    {
        await EndSheetAsync();
        var layout = new SheetLayout(setup, name);
        sheets.Add(layout);
        var part = await OpenPartAsync($"xl/worksheets/sheet{sheets.Count}.xml");
        return current = new SheetWriter(this, part, layout, cancellation);
    }

    private async Task EndSheetAsync()
    {
        if (current is null)
            return;
        await current.EndAsync();
        current = null;
        if (sheets[^1].Links is { Count: > 0 } links)
            await WritePartAsync($"xl/worksheets/_rels/sheet{sheets.Count}.xml.rels", PackageParts.LinkRelations(links));
    }

    private async Task WriteContinuationsAsync()
    {
        var words = properties.Words;
        var sheet = await OpenSheetAsync(new SheetSetup(continuationSheet) { Columns = [20, 10, 8, 110], FrozenRows = 1, RepeatedRows = (1, 1), FilterRow = 1 }, continuationSheet);
        await sheet.RowAsync();
        foreach (var head in new[] { words.Sheet, words.Cell, words.Part, words.Text })
            sheet.Text(head, CellStyle.Heading);
        foreach (var (name, cell, part, text) in continued)
        {
            await sheet.RowAsync();
            sheet.Text(name);
            sheet.Text(cell);
            sheet.Number(part);
            sheet.Text(text);
        }
    }

    private async Task WritePartAsync(string name, string xml)
    {
        await using var part = await OpenPartAsync(name);
        await part.WriteAsync(Encoding.UTF8.GetBytes(xml), cancellation);
    }

    private Task<Stream> OpenPartAsync(string name)
    {
        var entry = archive.CreateEntry(name, Level);
        // ZIP keeps local time from 1980 to 2107; Tokyo's, whatever the machine's zone.
        var at = new DateTimeOffset(properties.CreatedAt).ToOffset(TimeSpan.FromHours(9));
        entry.LastWriteTime = at.Year < 1980 ? new DateTimeOffset(1980, 1, 1, 0, 0, 0, at.Offset) : at;
        return entry.OpenAsync(cancellation);
    }
}
