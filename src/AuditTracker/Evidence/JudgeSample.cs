using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>What came of looking at a row.</summary>
/// <param name="Result">One of <see cref="JudgeSample.Results"/>.</param>
/// <param name="Link">Where its evidence is; empty for none.</param>
/// <param name="Files">Its evidence, in the store already.</param>
/// <param name="Seen">The result the writer saw, 0 for none; null: whatever stands there.</param>
public sealed record RowInput(string? Result, string? Note, string? Link, IReadOnlyList<UploadedFile> Files, long? Seen = null);

/// <summary>Writing down results, and closing a sample: with a conclusion, or given up for a reason. What is closed is not changed any more.</summary>
public sealed class JudgeSample(Db db, BlobStore blobs, EvidenceFile looks)
{
    public const int MostFiles = 20;

    public static readonly string[] Results = ["conforming", "observation", "nonconforming", "notApplicable"];

    /// <summary>Refuses before the files are read what is refused whatever they are.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public async Task CheckAsync(CurrentUser user, long row, RowInput input, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        _ = await CheckedAsync(work, user, row, input, ct);
    }

    /// <exception cref="NotFound">Not there, or not the user's to work.</exception>
    /// <exception cref="InvalidInput">No result, no note where one is needed, or a file or link that is not taken.</exception>
    /// <exception cref="Refusal">The sample is closed, the row was replaced, or somebody else wrote a result meanwhile.</exception>
    public async Task RunAsync(CurrentUser user, long row, RowInput input, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var (sample, given, words, address, isNew) = await CheckedAsync(work, user, row, input, ct);
        if ((await looks.SortAsync(input.Files, ct)).Refused is [var refused, ..])
        {
            throw refused;
        }
        if (await work.FirstAsync<long>("select count(*) from sample_files where row_id = @row and removed_at is null", new { row }, ct) + input.Files.Count > MostFiles)
        {
            throw InvalidInput.At<Words>("file", "SampleTooManyFiles", MostFiles);
        }
        foreach (var file in input.Files.OrderBy(file => file.Blob.Sha256, StringComparer.Ordinal))
        {
            await KeepFile.AddAsync(work, blobs, file.Blob, isSent: true, ct);
            await work.ExecuteAsync("""
                insert into sample_files (row_id, file_name, media_type, size, sha256, by_account, by_person, at)
                select @row, @FileName, @MediaType, @Size, @Sha256, @AccountId, @PersonId, @Now
                where not exists (select from sample_files f where f.row_id = @row and f.file_name = @FileName and f.sha256 = @Sha256 and f.removed_at is null)
                """, new { row, file.FileName, file.MediaType, file.Blob.Size, file.Blob.Sha256, user.AccountId, user.PersonId, work.Now }, ct);
        }
        if (isNew)
        {
            await work.ExecuteAsync("insert into sample_results (row_id, result, note, link, by_account, by_person, at) values (@row, @given, @words, @address, @AccountId, @PersonId, @Now)",
                new { row, given, words, address, user.AccountId, user.PersonId, work.Now }, ct);
        }
        await work.ActAsync("sample.rowJudged", TakePopulation.Subject(sample.Id), new Dictionary<string, string?> { ["row"] = $"{row}", ["result"] = given }, ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Takes a file away that was sent by mistake; that it was there stays in the trail.</summary>
    /// <exception cref="NotFound">Not there, or not the user's to work.</exception>
    /// <exception cref="Refusal">The sample is closed.</exception>
    public async Task RemoveFileAsync(CurrentUser user, long row, long file, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var sample = await SampleStore.LockAsync(work, user, await SampleStore.SampleOfAsync(work, user, row, ct), ct);
        await CheckOpenAsync(work, sample, row, ct);
        await work.ExecuteAsync("update sample_files set removed_at = @Now, removed_by = @AccountId where id = @file and row_id = @row and removed_at is null", new { row, file, user.AccountId, work.Now }, ct);
        await work.CommitAsync(ct);
    }

    /// <exception cref="NotFound">Not there, or not the user's to work.</exception>
    /// <exception cref="InvalidInput">No conclusion.</exception>
    /// <exception cref="Refusal">Nothing is drawn, rows have no result, or it is closed already.</exception>
    public async Task ConcludeAsync(CurrentUser user, long id, string? conclusion, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var sample = await SampleStore.LockAsync(work, user, id, ct);
        if (sample.State != "drawn")
        {
            throw Refusal.Of<Words>(sample.State == "population" ? "SampleNotDrawn" : "SampleIsClosed");
        }
        var open = await work.FirstAsync<long>("select count(*) from sample_rows r where r.sample_id = @id and r.replaced_at is null and not exists (select from sample_results o where o.row_id = r.id)", new { id }, ct);
        if (open > 0)
        {
            throw Refusal.Of<Words>("SampleRowsOpen", open);
        }
        var said = TakePopulation.Said(conclusion, "conclusion", CollectionNotes.LongestWords, "SampleConclusionMissing");
        await CloseAsync(work, user, id, "concluded", said, ct);
        await work.ActAsync("sample.concluded", TakePopulation.Subject(id), new Dictionary<string, string?> { ["collection"] = $"{sample.CollectionId}" }, said, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Gives a sample up; it stays with its rows and the reason, so that nobody draws until the rows please.</summary>
    /// <exception cref="NotFound">Not there, or not the user's to work.</exception>
    /// <exception cref="InvalidInput">No reason.</exception>
    /// <exception cref="Refusal">It is closed already.</exception>
    public async Task AbandonAsync(CurrentUser user, long id, string? reason, CancellationToken ct = default)
    {
        var why = CollectionNotes.Reason(reason);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var sample = await SampleStore.LockAsync(work, user, id, ct);
        if (sample.State is not ("population" or "drawn"))
        {
            throw Refusal.Of<Words>("SampleIsClosed");
        }
        await CloseAsync(work, user, id, "abandoned", why, ct);
        await work.ActAsync("sample.abandoned", TakePopulation.Subject(id), new Dictionary<string, string?> { ["collection"] = $"{sample.CollectionId}" }, why, ct);
        await work.CommitAsync(ct);
    }

    private static async Task<(HeldSample Sample, string Result, string Note, string? Link, bool IsNew)> CheckedAsync(UnitOfWork work, CurrentUser user, long row, RowInput input, CancellationToken ct)
    {
        var sample = await SampleStore.LockAsync(work, user, await SampleStore.SampleOfAsync(work, user, row, ct), ct);
        await CheckOpenAsync(work, sample, row, ct);
        var (latest, result, note, link) = await work.FirstAsync<(long, string?, string?, string?)>("select id, result, note, link from sample_results where row_id = @row order by id desc limit 1", new { row }, ct);
        var given = Results.Contains(input.Result) ? input.Result! : throw InvalidInput.At<Words>("result", "SampleResultMissing");
        var words = TakePopulation.Said(input.Note, "note", CollectionNotes.LongestWords, given == "conforming" ? null : "SampleNoteMissing");
        var address = Link(input.Link);
        var isNew = (given, words, address) != (result, note, link);
        // The same form sent twice changes nothing the second time.
        return input.Seen is { } seen && seen != latest && isNew ? throw Refusal.Of<Words>("SampleRowChanged") : (sample, given, words, address, isNew);
    }

    private static Task CloseAsync(UnitOfWork work, CurrentUser user, long id, string state, string words, CancellationToken ct) =>
        work.ExecuteAsync("update samples set state = @state, closing = @words, closed_by = @AccountId, closed_at = @Now where id = @id", new { id, state, words, user.AccountId, work.Now }, ct);

    private static async Task CheckOpenAsync(UnitOfWork work, HeldSample sample, long row, CancellationToken ct)
    {
        if (sample.State != "drawn")
        {
            throw Refusal.Of<Words>("SampleIsClosed");
        }
        if (await work.FirstAsync<bool>("select replaced_at is not null from sample_rows where id = @row", new { row }, ct))
        {
            throw Refusal.Of<Words>("SampleRowReplaced");
        }
    }

    private static string? Link(string? typed) => typed?.Trim() switch
    {
        null or "" => null,
        var link when link.Length > HandIn.LongestLink || !Uri.TryCreate(link, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.UserInfo.Length > 0
            => throw InvalidInput.At<Words>("link", "LinkNotAddress", link.Length > 80 ? link[..80] + "…" : link),
        var link => link,
    };
}
