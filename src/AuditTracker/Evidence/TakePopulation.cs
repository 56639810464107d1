using System.Text.Json;
using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence;

/// <summary>What is said of a population when it is taken.</summary>
/// <param name="Key">The same form sent twice by one account is one population.</param>
/// <param name="Name">What the rows are.</param>
/// <param name="Source">upload, or one of <see cref="SampleQueries.Names"/>.</param>
/// <param name="Origin">Which system it was exported from, and with which conditions.</param>
/// <param name="Completeness">How it was made sure that nothing is missing.</param>
public sealed record PopulationInput(string Key, string? Name, string? Source, string? Origin, string? Completeness, DateOnly? AsOf);

/// <summary>A population comes in and is kept as it is, before anybody knows which rows will be drawn.</summary>
public sealed class TakePopulation(Db db, BlobStore blobs, EvidenceFile looks, SampleQueries queries, Settings settings, IStringLocalizer<Words> words)
{
    public const int MostColumns = 100;
    public const int LongestCell = 4000;
    public const int LongestWords = 2000;

    /// <summary>Refuses early what would be refused after reading a million rows.</summary>
    /// <exception cref="NotFound">Not there, or not the user's to work.</exception>
    /// <exception cref="InvalidInput">Something is not said.</exception>
    /// <exception cref="Refusal">The collection is not with its owner.</exception>
    public async Task<Period> CheckAsync(CurrentUser user, long collection, PopulationInput input, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var (from, to) = await work.FirstAsync<(DateOnly, DateOnly)>("select period_from, period_to from collections where id = @collection", new { collection }, ct);
        if (await ByKeyAsync(work, user, collection, input.Key, ct) is not null)
        {
            return new Period(from, to); // what it says is compared when the file is here
        }
        await SampleStore.LockCollectionAsync(work, user, collection, ct);
        var isUpload = input.Source == "upload";
        if (!isUpload && !(await queries.ForAsync(user, ct)).Contains(input.Source))
        {
            throw InvalidInput.At<Words>("source", "SampleSourceMissing");
        }
        _ = Said(input.Name, "name", 200, "SampleNameMissing");
        _ = Said(input.Origin, "origin", LongestWords, isUpload ? "SampleOriginMissing" : null);
        _ = Said(input.Completeness, "completeness", LongestWords, isUpload ? "SampleCompletenessMissing" : null);
        var asOf = AsOf(input, work);
        _ = asOf > work.Today ? throw InvalidInput.At<Words>("asOf", "SampleAsOfFuture") : 0;
        _ = isUpload && asOf < from ? throw InvalidInput.At<Words>("asOf", "SampleAsOfEarly", DateText.Plain(from)) : 0;
        return new Period(from, to);
    }

    /// <param name="file">In the store already; null for what the product knows itself.</param>
    /// <returns>The sample, with nothing drawn yet.</returns>
    /// <inheritdoc cref="CheckAsync"/>
    public async Task<long> RunAsync(CurrentUser user, long collection, PopulationInput input, UploadedFile? file, CancellationToken ct = default)
    {
        var period = await CheckAsync(user, collection, input, ct);
        file = input.Source == "upload" ? file ?? throw InvalidInput.At<Words>("file", "SampleFileMissing") : null;
        var print = FormKey.Print(new { input.Name, input.Source, input.Origin, input.Completeness, input.AsOf, file?.FileName, file?.Blob.Sha256 });
        await using (var before = await db.BeginAsync(Actor.Of(user), ct))
        {
            if (await RepeatedAsync(before, user, collection, input.Key, print, ct) is { } first)
            {
                return first;
            }
        }
        if (file is not null && await looks.RefuseAsync(file, ct) is { } refused)
        {
            throw refused;
        }
        await using var kept = new FileStream(Path.GetTempFileName(), new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose, BufferSize = 1 << 20 });
        var writer = new PopulationWriter(kept, settings.SampleMaxRows);
        if (file is not null)
        {
            Read(file, writer);
        }
        else
        {
            writer.Add([.. SampleQueries.Heads(input.Source!).Select(head => words[head].Value)]);
            await foreach (var row in queries.RowsAsync(user, input.Source!, collection, period, ct))
            {
                writer.Add(row);
            }
        }
        if (writer.IsFull)
        {
            throw InvalidInput.At<Words>("file", "SampleTooManyRows", settings.SampleMaxRows);
        }
        var population = writer.End();
        kept.Position = 0;
        var blob = await blobs.SaveAsync(kept, long.MaxValue, ct);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (await RepeatedAsync(work, user, collection, input.Key, print, ct) is { } there)
        {
            return there;
        }
        await SampleStore.LockCollectionAsync(work, user, collection, ct);
        foreach (var one in new[] { blob, file?.Blob }.OfType<Blob>().DistinctBy(one => one.Sha256).OrderBy(one => one.Sha256, StringComparer.Ordinal))
        {
            await KeepFile.AddAsync(work, blobs, one, isSent: one != blob, ct);
        }
        var id = await work.FirstAsync<long>("""
            insert into samples (collection_id, form_key, form_print, name, source, origin, completeness, as_of, by_account, by_person, taken_at, original_name, original_sha256, original_size, file_sha256, file_size, rows_sha256, row_count, columns)
            values (@collection, @Key, @print, @name, @Source, @origin, @completeness, @asOf, @AccountId, @PersonId, @Now, @FileName, @original, @originalSize, @file, @fileSize, @rows, @count, @columns::jsonb) returning id
            """, new
        {
            collection,
            input.Key,
            print,
            name = Said(input.Name, "name", 200, null),
            input.Source,
            origin = Said(input.Origin, "origin", LongestWords, null),
            completeness = Said(input.Completeness, "completeness", LongestWords, null),
            asOf = AsOf(input, work),
            user.AccountId,
            user.PersonId,
            work.Now,
            file?.FileName,
            original = file?.Blob.Sha256,
            originalSize = file?.Blob.Size,
            file = blob.Sha256,
            fileSize = blob.Size,
            rows = population.Sha256,
            count = (long)population.Marks.Count,
            columns = JsonSerializer.Serialize(population.Columns),
        }, ct);
        await work.ActAsync("sample.populationTaken", Subject(id), new Dictionary<string, string?> { ["collection"] = $"{collection}", ["count"] = $"{population.Marks.Count}", ["sha256"] = population.Sha256 }, ct: ct);
        await work.CommitAsync(ct);
        return id;
    }

    /// <summary>The population of an account's form that came before, while the collection is still theirs to work, with what it said; null when there is none.</summary>
    private static async Task<(long Id, string? Print)?> ByKeyAsync(UnitOfWork work, CurrentUser user, long collection, string key, CancellationToken ct)
    {
        _ = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayHandIn, ct) ?? throw new NotFound();
        var (id, print) = await work.FirstAsync<(long?, string?)>("select id, form_print from samples where by_account = @AccountId and collection_id = @collection and form_key = @key", new { user.AccountId, collection, key }, ct);
        return id is null ? null : (id.Value, print);
    }

    /// <summary>The first result of a form sent twice, or null.</summary>
    /// <exception cref="Refusal">It said something else the first time.</exception>
    private static async Task<long?> RepeatedAsync(UnitOfWork work, CurrentUser user, long collection, string key, string print, CancellationToken ct)
    {
        var first = await ByKeyAsync(work, user, collection, key, ct);
        if (first is not null)
        {
            FormKey.Check(first.Value.Print, print);
        }
        return first?.Id;
    }

    /// <summary>What the product reads itself is of the day it is read, whatever was typed.</summary>
    private static DateOnly AsOf(PopulationInput input, UnitOfWork work) => input.Source == "upload" ? input.AsOf ?? work.Today : work.Today;

    /// <summary>What an act is about.</summary>
    internal static string Subject(long sample) => $"sample:{sample}";

    /// <summary>Words somebody typed, without blanks around them.</summary>
    /// <param name="missing">What is said when there are none; null: there may be none.</param>
    internal static string Said(string? typed, string field, int longest, string? missing) => typed?.Replace("\0", "").Trim() switch
    {
        null or "" when missing is not null => throw InvalidInput.At<Words>(field, missing),
        { } said when said.Length > longest => throw InvalidInput.At<Words>(field, "NoteLength", longest),
        var said => said ?? "",
    };

    private void Read(UploadedFile file, PopulationWriter writer)
    {
        try
        {
            using var content = blobs.Open(file.Blob.Sha256);
            TableStream.Read(content, MostColumns, LongestCell, (_, cells) => writer.Add(cells));
        }
        catch (TableRefusedException refused)
        {
            throw InvalidInput.At<Words>("file", $"SampleFile{refused.Refusal}", file.FileName, refused.Line);
        }
    }
}
