using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Workbooks;
using AuditTracker.Platform;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence;

/// <summary>The workbook of a sample: where it came from and how it was drawn, and each drawn row with what came of it.</summary>
public sealed class SampleSheet(SampleStore samples, DraftStore drafts, BlobStore blobs, CompanyDays days, BusinessClock clock, IStringLocalizer<Words> words)
{
    /// <summary>Null when the sample is not there or not the reader's to see.</summary>
    public async Task<(string Name, byte[] Bytes)?> MakeAsync(CurrentUser user, long id, CancellationToken ct)
    {
        if (await samples.FindAsync(user, id, ct) is not { } sample)
        {
            return null;
        }
        var (day, files) = (await days.LoadAsync(ct), await samples.FilesOfAsync(user, id, ct));
        using var bytes = new MemoryStream();
        // What is closed has the same bytes whenever it is written.
        await using (var book = await WorkbookWriter.CreateAsync(bytes, new WorkbookProperties(words["Samples"], "AuditTracker", sample.ClosedAt ?? (await clock.NowAsync(ct)).Now), ct))
        {
            await FactsAsync(await book.BeginSheetAsync(new SheetSetup(words["Samples"]) { Columns = [24, 90], Portrait = true }), sample, day.Label(sample.PeriodFrom, sample.PeriodTo));
            var heads = sample.Heads;
            var sheet = await book.BeginSheetAsync(new SheetSetup(words["SampleRows"])
            {
                Columns = [8, 12, 14, 40, 40, 40, 18, 17, .. heads.Select(_ => 24d)],
                FrozenRows = 1,
                RepeatedRows = (1, 1),
                FilterRow = 1,
            });
            await sheet.RowAsync();
            foreach (var head in new[] { "SamplePlace", "SampleNumber", "SampleResult", "SampleNote", "SampleLink", "SampleFiles", "SampleJudgedBy", "SampleJudgedAt" })
            {
                sheet.Text(words[head], CellStyle.Heading);
            }
            foreach (var head in heads)
            {
                sheet.Text(head, CellStyle.Heading);
            }
            await foreach (var row in samples.AllRowsAsync(user, id, ct))
            {
                await sheet.RowAsync();
                sheet.Number(row.Place);
                sheet.Number(row.RowNumber);
                sheet.Text(SampleText.Outcome(words, row));
                sheet.Text(SampleText.Said(row));
                sheet.Text(row.Link);
                sheet.Text(string.Join("\n", files[row.Id].Select(file => $"{file.FileName} SHA-256 {file.Sha256}")));
                sheet.Text(row.By ?? row.ReplacedBy);
                sheet.Instant(row.At ?? row.ReplacedAt);
                foreach (var cell in row.Texts)
                {
                    sheet.Text(cell);
                }
            }
            await book.CompleteAsync();
        }
        return (FileNames.Safe(words["SampleFileName", sample.Id, sample.Name]), bytes.ToArray());
    }

    /// <summary>Puts the workbook of a concluded sample among the files that are handed in next; once only.</summary>
    /// <exception cref="NotFound">Not there, or not the user's to hand in.</exception>
    /// <exception cref="Refusal">Not concluded yet.</exception>
    public async Task PutInDraftAsync(CurrentUser user, long id, CancellationToken ct)
    {
        var sample = await samples.FindAsync(user, id, ct) ?? throw new NotFound();
        if (sample.State != "concluded")
        {
            throw Refusal.Of<Words>("SampleNotConcluded");
        }
        if (!sample.MayWork)
        {
            throw Refusal.Of<Words>("SampleNotOpen");
        }
        var (name, bytes) = (await MakeAsync(user, id, ct))!.Value;
        using var content = new MemoryStream(bytes);
        var blob = await blobs.SaveAsync(content, long.MaxValue, ct);
        if ((await drafts.FindAsync(user, sample.CollectionId, ct)).Files.All(file => file.Sha256 != blob.Sha256))
        {
            await drafts.KeepAsync(user, sample.CollectionId, [new UploadedFile("file", name, WorkbookWriter.MediaType, blob)], ct);
        }
    }

    private async Task FactsAsync(SheetWriter sheet, Sample sample, string period)
    {
        await sheet.RowAsync();
        sheet.TextAcross(words["SampleOf", sample.Name], 2, CellStyle.Title);
        foreach (var (label, value) in new (string, string?)[]
        {
            ("SampleCollection", $"C-{sample.CollectionId} {sample.Title} {period}"),
            ("State", SampleText.State(words, sample.State)),
            ("SamplePopulation", sample.Name),
            ("SampleRowCount", words["Count", sample.RowCount]),
            ("SampleSource", SampleText.Source(words, sample.Source)),
            ("SampleOrigin", SampleText.Origin(words, sample)),
            ("SampleCompleteness", SampleText.Completeness(words, sample)),
            ("SampleAsOf", DateText.Plain(sample.AsOf)),
            ("SampleTakenBy", $"{sample.By} {DateText.Moment(sample.TakenAt)}"),
            ("SampleOriginal", sample.OriginalName is null ? null : $"{sample.OriginalName} SHA-256 {sample.OriginalSha256}"),
            ("SampleFileHash", sample.FileSha256),
            ("SampleRowsHash", sample.RowsSha256),
            ("SampleBasis", sample.Basis is null ? null : words["SampleBasisIs", SampleText.Basis(words, sample.Basis), sample.TableSize!, DateText.Plain(sample.TableFrom!.Value)].Value),
            ("SampleSize", sample.Size is { } size ? words["Count", size].Value : null),
            ("SampleSizeReason", sample.SizeReason),
            ("SampleSeed", sample.Seed),
            ("SampleSeedFrom", sample.Seed is null ? null : sample.SeedFrom ?? words["SampleSeedMade"].Value),
            ("SampleSeedCheck", sample.SeedFrom is null ? null : words["SampleSeedTyped"].Value),
            ("SampleMethod", words["SampleMethodIs"]),
            ("SampleDrawnBy", sample.DrawnAt is { } drawn ? $"{sample.DrawnBy} {DateText.Moment(drawn)}" : null),
            ("SampleOutcome", words["SampleOutcomeIs", sample.Conforming, sample.Observations, sample.Nonconforming, sample.NotApplicable, sample.Replaced]),
            (sample.State == "abandoned" ? "SampleAbandonReason" : "SampleConclusion", sample.Closing),
            ("SampleClosedBy", sample.ClosedAt is { } closed ? $"{sample.ClosedBy} {DateText.Moment(closed)}" : null),
        }.Where(fact => !string.IsNullOrEmpty(fact.Item2)))
        {
            await sheet.RowAsync();
            sheet.Text(words[label], CellStyle.Label);
            sheet.Text(value);
        }
    }
}
