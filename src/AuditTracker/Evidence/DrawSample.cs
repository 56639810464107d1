using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>How a sample is drawn.</summary>
/// <param name="Basis">One of <see cref="SampleSizes.Bases"/>.</param>
/// <param name="Size">More than the table asks; null: as it asks.</param>
/// <param name="Seed">A number from outside, such as a lottery's; empty: one is made here.</param>
/// <param name="SeedFrom">Where a seed that was typed came from.</param>
public sealed record DrawInput(string? Basis, int? Size, string? SizeReason, string? Seed, string? SeedFrom);

/// <summary>What a second drawing showed.</summary>
/// <param name="FileIsWhole">The kept population has the bytes it had.</param>
/// <param name="RowsAreSame">The seed draws the same rows again.</param>
public sealed record SampleCheck(bool FileIsWhole, bool RowsAreSame)
{
    public bool IsSame => FileIsWhole && RowsAreSame;
}

/// <summary>Drawing, drawing the next row in the place of one, and drawing again to see that it comes to the same.</summary>
public sealed class DrawSample(Db db, BlobStore blobs, SampleStore samples)
{
    public const int LongestSeed = 200;

    /// <exception cref="NotFound">Not there, or not the user's to work.</exception>
    /// <exception cref="InvalidInput">The size or the seed cannot be taken.</exception>
    /// <exception cref="Refusal">Somebody else has drawn it, it was given up, or its file is not what it was.</exception>
    public async Task RunAsync(CurrentUser user, long id, DrawInput input, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var sample = await SampleStore.LockAsync(work, user, id, ct);
        if (sample.State == "drawn" && sample.DrawnBy == user.AccountId)
        {
            return; // the same press twice is one sample
        }
        if (sample.State != "population")
        {
            throw Refusal.Of<Words>(sample.State == "drawn" ? "SampleDrawnAlready" : "SampleIsClosed");
        }
        var basis = SampleSizes.Bases.Contains(input.Basis) ? input.Basis! : throw InvalidInput.At<Words>("basis", "SampleBasisMissing");
        var table = await work.QueryAsync<SampleSizeLine>(SampleStore.SizesSql, new { on = work.Today }, ct);
        var asked = SampleSizes.Of(table, basis, sample.RowCount) ?? throw InvalidInput.At<Words>("basis", "SampleBasisMissing");
        var reason = TakePopulation.Said(input.SizeReason, "sizeReason", TakePopulation.LongestWords, null);
        var size = SampleSizes.Choose(asked, sample.RowCount, input.Size, reason);
        var typed = TakePopulation.Said(input.Seed, "seed", LongestSeed, null);
        _ = typed.Any(char.IsControl) ? throw InvalidInput.At<Words>("seed", "SampleSeedControl") : 0;
        var from = typed.Length == 0 ? null : TakePopulation.Said(input.SeedFrom, "seedFrom", TakePopulation.LongestWords, "SampleSeedFromMissing");
        var seed = typed.Length == 0 ? SampleDraw.NewSeed() : typed;
        var population = await PopulationAsync(sample, ct);
        await AddRowsAsync(work, sample, 1, SampleDraw.Rows(seed, population.Marks, size), ct);
        await work.ExecuteAsync("""
            update samples set state = 'drawn', basis = @basis, table_from = @ValidFrom, table_size = @asked, size = @size, size_reason = nullif(@reason, ''), seed = @seed, seed_from = @from, drawn_by = @AccountId, drawn_at = @Now
            where id = @id
            """, new { id, basis, table[0].ValidFrom, asked, size, reason = size > asked ? reason : "", seed, from, user.AccountId, work.Now }, ct);
        await work.ActAsync("sample.drawn", TakePopulation.Subject(id), new Dictionary<string, string?> { ["collection"] = $"{sample.CollectionId}", ["count"] = $"{size}", ["seed"] = seed }, ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>A row that cannot be looked at is replaced by the next of the order; it stays visible with the reason.</summary>
    /// <exception cref="NotFound">Not there, or not the user's to work.</exception>
    /// <exception cref="InvalidInput">No reason.</exception>
    /// <exception cref="Refusal">The sample is closed, the row has a result, or the population has no further row.</exception>
    /// <returns>The row that stands in for it; the same when it is asked for twice.</returns>
    public async Task<long> ReplaceAsync(CurrentUser user, long row, string? reason, CancellationToken ct = default)
    {
        var why = CollectionNotes.Reason(reason);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var sample = await SampleStore.LockAsync(work, user, await SampleStore.SampleOfAsync(work, user, row, ct), ct);
        if (sample.State != "drawn")
        {
            throw Refusal.Of<Words>("SampleIsClosed");
        }
        // What was found stays found: a nonconformity never goes by drawing another row.
        if (await work.FirstAsync<bool>("select r.replaced_at is null and exists (select from sample_results o where o.row_id = r.id) from sample_rows r where r.id = @row", new { row }, ct))
        {
            throw Refusal.Of<Words>("SampleRowJudged");
        }
        if (await work.ExecuteAsync("update sample_rows set replaced_at = @Now, replaced_by = @AccountId, replace_reason = @why where id = @row and replaced_at is null", new { row, why, user.AccountId, work.Now }, ct) == 0)
        {
            return await work.FirstAsync<long?>("select id from sample_rows where replaces = @row", new { row }, ct) ?? throw Refusal.Of<Words>("SampleRowReplaced");
        }
        var drawn = await work.FirstAsync<int>("select max(place) from sample_rows where sample_id = @Id", sample, ct);
        var rows = SampleDraw.Rows(sample.Seed!, (await PopulationAsync(sample, ct)).Marks, drawn + 1);
        if (rows.Count == drawn)
        {
            throw Refusal.Of<Words>("SampleNoMoreRows", sample.RowCount);
        }
        await AddRowsAsync(work, sample, drawn + 1, [rows[drawn]], ct);
        var standsIn = await work.FirstAsync<long>("update sample_rows set replaces = @row where sample_id = @Id and place = @place returning id", new { row, sample.Id, place = drawn + 1 }, ct);
        await work.ActAsync("sample.rowReplaced", TakePopulation.Subject(sample.Id), new Dictionary<string, string?> { ["row"] = $"{row}" }, why, ct);
        await work.CommitAsync(ct);
        return standsIn;
    }

    /// <summary>Draws again from the kept population, for anybody who sees the sample.</summary>
    /// <exception cref="NotFound">Not there, or not the reader's to see.</exception>
    /// <exception cref="Refusal">The population was destroyed after its term.</exception>
    public async Task<SampleCheck> CheckAsync(CurrentUser user, long id, CancellationToken ct = default)
    {
        var sample = await samples.FindAsync(user, id, ct) ?? throw new NotFound();
        if (sample.DestroyedAt is not null)
        {
            throw Refusal.Of<Words>("SampleDestroyed");
        }
        if (await blobs.CheckAsync(sample.FileSha256, null, ct) != BlobState.Whole)
        {
            return new SampleCheck(false, false);
        }
        await using var file = blobs.Open(sample.FileSha256);
        var population = await PopulationFile.MarksAsync(file, ct);
        var rows = new List<int>();
        await foreach (var row in samples.AllRowsAsync(user, id, ct))
        {
            rows.Add(row.RowNumber);
        }
        return new SampleCheck(population.Sha256 == sample.RowsSha256, sample.Seed is null || rows.SequenceEqual(SampleDraw.Rows(sample.Seed, population.Marks, rows.Count)));
    }

    private async Task<PopulationMarks> PopulationAsync(HeldSample sample, CancellationToken ct)
    {
        await using var file = blobs.Open(sample.FileSha256);
        var population = await PopulationFile.MarksAsync(file, ct);
        return population.Sha256 == sample.RowsSha256 ? population : throw Refusal.Of<Words>("SampleFileChanged");
    }

    private async Task AddRowsAsync(UnitOfWork work, HeldSample sample, int place, IReadOnlyList<int> numbers, CancellationToken ct)
    {
        await using var file = blobs.Open(sample.FileSha256);
        var lines = await PopulationFile.LinesAsync(file, numbers, ct);
        await work.ExecuteAsync("""
            insert into sample_rows (sample_id, place, row_number, cells, at)
            select @Id, @place + n.at::int - 1, n.number, n.line::jsonb, @Now from unnest(@numbers, @lines) with ordinality as n (number, line, at)
            """, new { sample.Id, place, numbers = numbers.ToArray(), lines = numbers.Select(number => lines[number]).ToArray(), work.Now }, ct);
    }
}
