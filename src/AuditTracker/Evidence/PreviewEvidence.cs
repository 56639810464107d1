using AuditTracker.Platform.Files;

namespace AuditTracker.Evidence;

/// <summary>How a file can be looked at without opening it.</summary>
public enum PreviewKind { None, Picture, Pdf, Table, Text }

/// <summary>The beginning of a file.</summary>
/// <param name="HasMore">There is more than is shown.</param>
public sealed record Preview(EvidenceRow File, PreviewKind Kind, TablePreview? Table = null, string? Text = null, bool HasMore = false)
{
    /// <summary>How a file of this name is looked at; whether it can be read shows only then.</summary>
    public static PreviewKind KindOf(string fileName) => MediaTypes.Of(fileName) switch
    {
        _ when FileInline.IsPicture(fileName) => PreviewKind.Picture,
        _ when FileInline.IsPdf(fileName) => PreviewKind.Pdf,
        "text/csv" or "text/tab-separated-values" or "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => PreviewKind.Table,
        "text/plain" or "text/markdown" or "application/json" => PreviewKind.Text,
        _ => PreviewKind.None,
    };
}

/// <summary>Looks into files the reader may have: the first 50 rows of 12 columns, or lines, within bounds of size and time.</summary>
public sealed class PreviewEvidence(BlobStore blobs)
{
    public Preview Of(EvidenceRow file)
    {
        var kind = Preview.KindOf(file.FileName!);
        if (kind is not (PreviewKind.Table or PreviewKind.Text) || !blobs.Exists(file.Sha256!))
        {
            return new(file, kind);
        }
        using var stream = blobs.Open(file.Sha256!);
        if (kind == PreviewKind.Text)
        {
            return TablePreview.Lines(stream) is { } lines ? new(file, kind, Text: lines.Text, HasMore: lines.HasMore) : new(file, PreviewKind.None);
        }
        var table = MediaTypes.Of(file.FileName!) switch
        {
            "text/csv" => TablePreview.OfText(stream, ','),
            "text/tab-separated-values" => TablePreview.OfText(stream, '\t'),
            _ => SheetPreview.Of(stream),
        };
        return table is null ? new(file, PreviewKind.None) : new(file, kind, table, HasMore: table.HasMore);
    }
}
