using System.Text.Json;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>A file that was sent and not handed in yet.</summary>
public sealed record DraftFile(long Id, string FileName, string MediaType, long Size, string Sha256);

/// <summary>What somebody has put down for a collection and not handed in yet.</summary>
/// <param name="Fields">What was typed, by the fields' names.</param>
public sealed record Draft(IReadOnlyDictionary<string, string> Fields, IReadOnlyList<DraftFile> Files)
{
    public static Draft None { get; } = new(new Dictionary<string, string>(), []);
}

/// <summary>
/// Work that is not handed in yet, one draft per account and collection: seen by its writer only, it survives a lost session and is gone with the
/// hand-in or after the days of the setting. No evidence before that, so it leaves no trail.
/// </summary>
public sealed class DraftStore(Db db, BlobStore blobs)
{
    /// <summary>As many files as one hand-in takes.</summary>
    public const int MostFiles = 100;
    private const int LongestFields = 64 << 10;

    public async Task<Draft> FindAsync(CurrentUser user, long collection, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var fields = await connection.FirstAsync<string>("select fields::text from drafts where collection_id = @collection and account_id = @AccountId", new { collection, user.AccountId }, ct);
        var files = await connection.ListAsync<DraftFile>("select id, file_name, media_type, size, sha256 from draft_files where collection_id = @collection and account_id = @AccountId order by id", new { collection, user.AccountId }, ct);
        return new Draft(fields is null ? Draft.None.Fields : JsonSerializer.Deserialize<Dictionary<string, string>>(fields)!, files);
    }

    /// <summary>Keeps files that were sent; what is not taken as evidence must be left out before.</summary>
    /// <exception cref="NotFound">Not the user's to hand in.</exception>
    /// <exception cref="InvalidInput">More files than one hand-in takes.</exception>
    public async Task<IReadOnlyList<DraftFile>> KeepAsync(CurrentUser user, long collection, IReadOnlyList<UploadedFile> files, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        _ = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayHandIn, ct) ?? throw new NotFound();
        if (await work.FirstAsync<long>("select count(*) from draft_files where collection_id = @collection and account_id = @AccountId", new { collection, user.AccountId }, ct) + files.Count > MostFiles)
        {
            throw InvalidInput.At<Words>("file", "UploadTooManyFiles");
        }
        var kept = new List<DraftFile>();
        foreach (var hash in files.Select(file => file.Blob.Sha256).Distinct().Order(StringComparer.Ordinal))
        {
            await BlobRegister.HoldAsync(work, blobs, hash, ct);
        }
        foreach (var file in files)
        {
            kept.Add((await work.FirstAsync<DraftFile>("""
                insert into draft_files (collection_id, account_id, file_name, media_type, size, sha256, saved_at)
                values (@collection, @AccountId, @FileName, @MediaType, @Size, @Sha256, now()) returning id, file_name, media_type, size, sha256
                """, new { collection, user.AccountId, file.FileName, file.MediaType, file.Blob.Size, file.Blob.Sha256 }, ct))!);
        }
        await work.CommitAsync(ct);
        return kept;
    }

    /// <summary>Keeps what was typed, in place of what was kept before.</summary>
    /// <exception cref="NotFound">Not the user's to hand in.</exception>
    public async Task SaveAsync(CurrentUser user, long collection, IReadOnlyDictionary<string, string> fields, CancellationToken ct)
    {
        var json = JsonSerializer.Serialize(fields.Where(field => field.Value.Length > 0).ToDictionary(field => field.Key, field => field.Value.Replace("\0", "")));
        if (json.Length > LongestFields)
        {
            throw InvalidInput.At<Words>("note", "NoteLength", CollectionNotes.LongestWords);
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        _ = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayHandIn, ct) ?? throw new NotFound();
        await work.ExecuteAsync("""
            insert into drafts (collection_id, account_id, fields, saved_at) values (@collection, @AccountId, @json::jsonb, now())
            on conflict (collection_id, account_id) do update set fields = excluded.fields, saved_at = excluded.saved_at
            """, new { collection, user.AccountId, json }, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Takes one file out of the draft again; nothing happens when it is gone or somebody else's.</summary>
    public async Task DropAsync(CurrentUser user, long collection, long file, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await work.ExecuteAsync("delete from draft_files where id = @file and collection_id = @collection and account_id = @AccountId", new { file, collection, user.AccountId }, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>The files of the draft that are handed in, in their order.</summary>
    /// <exception cref="InvalidInput">One of them is not there any more.</exception>
    public static async Task<IReadOnlyList<DraftFile>> TakeAsync(UnitOfWork work, CurrentUser user, long collection, IReadOnlyList<long> ids, CancellationToken ct)
    {
        var files = ids.Count == 0 ? [] : await work.QueryAsync<DraftFile>(
            "select id, file_name, media_type, size, sha256 from draft_files where id = any (@ids) and collection_id = @collection and account_id = @AccountId order by id", new { ids = ids.ToArray(), collection, user.AccountId }, ct);
        return files.Count == ids.Distinct().Count() ? files : throw InvalidInput.At<Words>("file", "DraftGone");
    }

    /// <summary>The draft has become a hand-in.</summary>
    /// <param name="taken">Of a part only these files; the others wait for the rest. Null: all.</param>
    public static Task EndAsync(UnitOfWork work, CurrentUser user, long collection, CancellationToken ct, IReadOnlyList<long>? taken = null) => work.ExecuteAsync("""
        delete from draft_files where collection_id = @collection and account_id = @AccountId and (@taken::bigint[] is null or id = any (@taken));
        delete from drafts where collection_id = @collection and account_id = @AccountId;
        """, new { collection, user.AccountId, taken = taken?.ToArray() }, ct);
}

/// <summary>Job: forgets drafts nobody came back to for the days of the setting.</summary>
public sealed class SweepDrafts(Db db, Settings settings)
{
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(SweepDrafts)), ct);
        var swept = await work.ExecuteAsync("delete from draft_files where saved_at < now() - make_interval(days => @days)", new { days = settings.UploadDraftDays }, ct)
            + await work.ExecuteAsync("delete from drafts where saved_at < now() - make_interval(days => @days)", new { days = settings.UploadDraftDays }, ct);
        await work.CommitAsync(ct);
        return swept;
    }
}
