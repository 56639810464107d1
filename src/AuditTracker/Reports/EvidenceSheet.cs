using AuditTracker.Calendar;
using AuditTracker.Platform.Workbooks;

namespace AuditTracker.Reports;

/// <summary>What the other sheets need to know of the evidence sheet.</summary>
internal sealed class EvidenceTally
{
    private readonly Dictionary<string, (long Accepted, long Pending, int FirstRow)> byItem = [];

    /// <summary>The name the sheet really got.</summary>
    public required string Sheet { get; init; }
    public long Accepted { get; private set; }
    public long Pending { get; private set; }

    /// <summary>Pieces of an item and the row of the first; zeros when there are none.</summary>
    public (long Accepted, long Pending, int FirstRow) Of(string itemRef) => byItem.GetValueOrDefault(itemRef);

    internal void Add(string refs, bool accepted, int row)
    {
        (Accepted, Pending) = accepted ? (Accepted + 1, Pending) : (Accepted, Pending + 1);
        foreach (var itemRef in refs.Split(EvidenceFacts.Between))
        {
            var (all, waiting, first) = byItem.GetValueOrDefault(itemRef);
            byItem[itemRef] = accepted ? (all + 1, waiting, first == 0 ? row : first) : (all, waiting + 1, first == 0 ? row : first);
        }
    }
}

/// <summary>One row per piece of evidence.</summary>
internal static class EvidenceSheet
{
    private const int ToldEvery = 1000;

    public static async Task<EvidenceTally> WriteAsync(WorkbookWriter workbook, Paper paper, EvidenceFacts facts, DataHash hash, Action<long> told, CancellationToken ct)
    {
        var sheet = await workbook.BeginSheetAsync(paper.Register("SheetEvidence", 3, 4, 6, 9, 12, 24, 11, 11, 11, 11, 16, 12, 10, 16, 13, 13, 13, 9, 26, 11, 19, 28, 32, 11, 12, 16, 12));
        await paper.HeadAsync(sheet, "No", "Number", "Item", "Request", "PeriodFrom", "PeriodTo", "CapturedOn", "DueOn", "SubmittedAt", "Late", "State", "AcceptedAt",
            "SubmittedBy", "OnBehalfOf", "AcceptedBy", "Kind", "FileName", "Size", "Sha256", "Content", "Claims", "FirstDue", "CaptureLag", "CompletedAt", "LentItems");
        var tally = new EvidenceTally { Sheet = sheet.Name };
        var nothing = paper.T["KindNothing"].Value;
        var (destroyed, quarantined, late, broughtIn, file, link, statement) = (paper.T["DestroyedMark"].Value, paper.T["QuarantinedMark"].Value, paper.T["LateMark"].Value, paper.T["BroughtInMark"].Value, paper.T["KindFile"].Value, paper.T["KindLink"].Value, paper.T["KindStatement"].Value);
        long count = 0;
        await foreach (var piece in facts.PiecesAsync().WithCancellation(ct))
        {
            await sheet.RowAsync();
            sheet.Number(++count);
            sheet.Text(Paper.Number(piece.Collection), CellStyle.Code);
            sheet.Text(Paper.Joined(piece.OfficialRefs));
            sheet.Text(piece.Request);
            sheet.Date(piece.PeriodFrom);
            sheet.Date(piece.PeriodTo);
            sheet.Date(piece.CapturedOn);
            sheet.Date(piece.DueOn);
            sheet.Instant(piece.SubmittedAt);
            sheet.Text(piece.Late ? late : piece.BroughtIn ? broughtIn : null, piece.Late ? CellStyle.Late : CellStyle.Text);
            paper.State(sheet, "collection." + piece.State);
            sheet.Instant(piece.AcceptedAt);
            sheet.Text(piece.SubmittedBy);
            sheet.Text(piece.OnBehalfOf);
            sheet.Text(piece.AcceptedBy);
            sheet.Text(piece.Kind switch { "file" => file, "link" => link, "nothing" => nothing, _ => statement }, CellStyle.Centered);
            sheet.Text(piece.FileName);
            sheet.Number(piece.Size);
            sheet.Text(piece.Sha256, CellStyle.Hash);
            if (piece.Kind == "link")
            {
                sheet.Link(piece.Content!, piece.Content!);
            }
            else
            {
                sheet.Text(piece.Destroyed ? destroyed : piece.Quarantined ? quarantined : piece.Content, piece.Quarantined ? CellStyle.Late : CellStyle.Text);
            }
            sheet.Text(Claims(paper, piece));
            sheet.Date(piece.DueOn == piece.PlannedDueOn ? null : piece.PlannedDueOn);
            sheet.Number(piece.CaptureLag);
            sheet.Instant(piece.CompletedAt);
            sheet.Text(piece.LentRefs is { } lent ? Paper.Joined(lent) : null);
            tally.Add(piece.Refs, piece.State == "accepted", sheet.RowNumber);
            hash.Line("piece", piece.Collection, piece.Refs, piece.Request, piece.PeriodFrom, piece.PeriodTo, piece.CapturedOn, piece.DueOn, piece.SubmittedAt, piece.State, piece.AcceptedAt,
                piece.SubmittedBy, piece.OnBehalfOf, piece.AcceptedBy, piece.Kind, piece.FileName, piece.Size, piece.Sha256, piece.Content);
            if (piece.DueOn != piece.PlannedDueOn)
            {
                hash.Line("moved", piece.Collection, piece.PlannedDueOn, piece.DueOn);
            }
            if (piece.BroughtIn)
            {
                hash.Line("broughtIn", piece.Collection, piece.ClaimedSubmittedOn, piece.ClaimedSubmittedBy, piece.ClaimedAcceptedOn, piece.ClaimedAcceptedBy);
            }
            if (piece.CompletedAt is { } completed)
            {
                hash.Line("part", piece.Collection, completed);
            }
            if (piece.LentRefs is { } confirmed)
            {
                hash.Line("lent", piece.Collection, confirmed);
            }
            if (piece.Destroyed)
            {
                hash.Line("destroyed", piece.Collection, piece.Sha256);
            }
            if (piece.Quarantined)
            {
                hash.Line("quarantined", piece.Collection, piece.Sha256);
            }
            if (count % ToldEvery == 0)
            {
                told(count);
            }
        }
        if (count == 0)
        {
            await paper.NothingAsync(sheet, 4);
        }
        return tally;
    }

    /// <summary>What the list of past evidence says of then; null for what was handed in here.</summary>
    private static string? Claims(Paper paper, PieceFacts piece)
    {
        string? Claim(string key, DateOnly? on, string by) => on is null && by.Length == 0 ? null : $"{paper.T[key].Value} {(on is { } day ? DateText.Plain(day, paper.Order.Language) : "")} {by}".Replace("  ", " ").Trim();
        var claims = new[] { Claim("ClaimedSubmitted", piece.ClaimedSubmittedOn, piece.ClaimedSubmittedBy), Claim("ClaimedAccepted", piece.ClaimedAcceptedOn, piece.ClaimedAcceptedBy) }.Where(claim => claim is not null).ToList();
        return claims.Count == 0 ? null : string.Join(paper.IsEnglish ? "; " : "、", claims);
    }
}
