using System.Security.Cryptography;
using System.Text;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Jobs;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>Past evidence comes in: its files and its sheet are kept and compared with what is here. Nothing becomes evidence before somebody has seen that.</summary>
public sealed class CheckPastEvidence(Db db, BlobStore blobs, EvidenceFile looks, IJobEngine jobs, ILogger<CheckPastEvidence> log)
{
    private const long MostSheetBytes = 20 << 20;
    private static readonly string[] SheetNames = ["一覧", "一覧表", "list", "sheet"];

    /// <param name="files">A ZIP, or the sheet and its files; in the store already.</param>
    /// <returns>The run, in state checked.</returns>
    /// <exception cref="InvalidInput">No files, no sheet among them, or a ZIP that is not taken.</exception>
    /// <exception cref="NotFound">The user may not.</exception>
    public async Task<long> CheckAsync(CurrentUser user, IReadOnlyList<UploadedFile> files, CancellationToken ct = default)
    {
        RefuseOthers(user);
        var came = List(files);
        var (fiscal, today, requests, collections) = await HereAsync(user, ct);
        // Files are unpacked and looked at while no transaction is open; two gigabytes take minutes.
        var (sheet, read) = await SheetAsync(came, files, fiscal, today, ct);
        came.Remove(sheet);
        var pieces = PastEvidenceCheck.Of(read.Lines, sheet.Path, came, requests, collections, fiscal, today, new Dictionary<PastFile, string>());
        IReadOnlyList<PastFile> wanted = [.. pieces.SelectMany(piece => piece.Files).Distinct()];
        var (same, refused) = (await SameBytesAsync(wanted, files, fiscal, ct), await NotTakenAsync(wanted, files, ct));
        if (same.Count + refused.Count > 0)
        {
            pieces = PastEvidenceCheck.Of(read.Lines, sheet.Path, came, requests, collections, fiscal, today, same, refused);
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var id = await work.FirstAsync<long>("insert into past_evidence_runs (by_account, created_at, sheet_name) values (@AccountId, @Now, @Path) returning id", new { user.AccountId, work.Now, sheet.Path }, ct);
        foreach (var (file, position) in files.Select((file, position) => (file, position)))
        {
            await KeepFile.AddAsync(work, blobs, file.Blob, isSent: false, ct); // its pieces are scanned when they are brought in
            await work.ExecuteAsync("insert into past_evidence_sources (run_id, position, name, sha256, size) values (@id, @position, @FileName, @Sha256, @Size)",
                new { id, position, file.FileName, file.Blob.Sha256, file.Blob.Size }, ct);
        }
        var whole = read.Problems.Select(problem => new PastPiece("error", [problem.Line], "", "", null, null, null, null, "", null, "", "", [], [problem]));
        foreach (var (piece, position) in whole.Concat(pieces).Select((piece, position) => (piece, position + 1)))
        {
            await PastEvidenceStore.AddPieceAsync(work, id, position, piece, ct);
        }
        await work.ActAsync("pastEvidence.checked", $"past:{id}", new Dictionary<string, string?> { ["pieces"] = $"{pieces.Count}" }, ct: ct);
        await work.CommitAsync(ct);
        return id;
    }

    /// <summary>Has a worker bring in what was shown.</summary>
    /// <param name="skipsErrors">Leaves out what is wrong; without it nothing is brought in as long as something is.</param>
    /// <exception cref="Refusal">Errors, nothing to bring in, or it is under way or done already.</exception>
    public async Task ApplyAsync(CurrentUser user, long id, bool skipsErrors, CancellationToken ct = default)
    {
        RefuseOthers(user);
        await using (var work = await db.BeginAsync(Actor.Of(user), ct))
        {
            var state = await work.FirstAsync<string>("select state from past_evidence_runs where id = @id and state <> 'dropped' for update", new { id }, ct) ?? throw new NotFound();
            if (state is not ("checked" or "failed"))
            {
                throw Refusal.Of<Words>("PastAskedAlready");
            }
            var (errors, open) = await work.FirstAsync<(long, long)>("select count(*) filter (where kind = 'error'), count(*) filter (where kind in ('added', 'filled')) from past_evidence_pieces where run_id = @id", new { id }, ct);
            if (errors > 0 && !skipsErrors)
            {
                throw Refusal.Of<Words>("PastFixFirst", errors);
            }
            if (open == 0)
            {
                throw Refusal.Of<Words>("PastNothing");
            }
            await work.ExecuteAsync("update past_evidence_runs set state = 'queued', skips_errors = @skipsErrors, by_account = @AccountId, asked_at = @Now, attempts = 0, error = null, lease_until = null, finished_at = null where id = @id", new { id, skipsErrors, user.AccountId, work.Now }, ct);
            await work.ActAsync("pastEvidence.asked", $"past:{id}", new Dictionary<string, string?> { ["pieces"] = $"{open}" }, ct: ct);
            await work.CommitAsync(ct);
        }
        try
        {
            await jobs.RunNowAsync(nameof(BringInPastEvidence), ct);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            log.LogWarning(problem, "No worker could be woken; the next round brings the evidence in");
        }
    }

    /// <summary>Drops what was only looked at. The files that came stay where they are.</summary>
    /// <exception cref="Refusal">It is under way or done.</exception>
    public async Task DropAsync(CurrentUser user, long id, CancellationToken ct = default)
    {
        RefuseOthers(user);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var state = await work.FirstAsync<string>("select state from past_evidence_runs where id = @id for update", new { id }, ct) ?? throw new NotFound();
        if (state != "checked")
        {
            throw Refusal.Of<Words>("PastAskedAlready");
        }
        await work.ExecuteAsync("update past_evidence_runs set state = 'dropped', finished_at = @Now where id = @id", new { id, work.Now }, ct);
        await work.ActAsync("pastEvidence.dropped", $"past:{id}", ct: ct);
        await work.CommitAsync(ct);
    }

    private static void RefuseOthers(CurrentUser user)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
    }

    /// <summary>What the list is compared with. What changes until it is brought in is seen then.</summary>
    private async Task<(FiscalPeriods Fiscal, DateOnly Today, IReadOnlyList<PastRequest> Requests, IReadOnlyList<PastCollection> Collections)> HereAsync(CurrentUser user, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var (requests, collections) = await PastEvidenceStore.HereAsync(work, ct);
        return ((await BusinessCalendars.LoadAsync(work.Connection, ct)).Periods, work.Today, requests, collections);
    }

    private List<PastFile> List(IReadOnlyList<UploadedFile> files)
    {
        var came = new List<PastFile>();
        foreach (var (file, source) in files.Select((file, source) => (file, source)))
        {
            if (!Path.GetExtension(file.FileName).Equals(".zip", StringComparison.OrdinalIgnoreCase))
            {
                came.Add(new PastFile(file.FileName, source, null, file.Blob.Size));
                continue;
            }
            using var content = blobs.Open(file.Blob.Sha256);
            var (entries, problem) = ZipFolder.List(content, new ZipLimits());
            if (problem is not null)
            {
                throw InvalidInput.At<Words>("file", $"PastZip{problem}", file.FileName);
            }
            came.AddRange(entries.Select(entry => new PastFile(entry.Path, source, entry.Position, entry.Size)));
        }
        return came.Count > 0 ? came : throw InvalidInput.At<Words>("file", "PastNoFile");
    }

    /// <summary>The sheet is the table nearest to the root whose heads are ours; of those beside each other one with the name of a list comes first, so that hundreds of other tables are not opened.</summary>
    private async Task<(PastFile Sheet, PastEvidenceSheet Read)> SheetAsync(IReadOnlyList<PastFile> came, IReadOnlyList<UploadedFile> files, FiscalPeriods fiscal, DateOnly today, CancellationToken ct)
    {
        var tables = came.Where(file => Path.GetExtension(file.Name).ToLowerInvariant() is ".csv" or ".xlsx" && file.Size <= MostSheetBytes)
            .OrderBy(file => file.Path.Count(letter => letter == '/')).ThenBy(file => PlaceOf(file.Name)).ThenBy(file => file.Path, StringComparer.Ordinal);
        foreach (var table in tables)
        {
            var bytes = await ReadAsync(table, files, async content =>
            {
                using var buffer = new MemoryStream();
                await content.CopyToAsync(buffer, ct);
                return buffer.ToArray();
            });
            if (FileTable.Read(bytes, 1, 4000, null, PastEvidenceSheet.IsKnown).Header?.Cells.Count(PastEvidenceSheet.IsKnown) >= 3)
            {
                return (table, PastEvidenceSheet.Read(bytes, fiscal, today));
            }
        }
        throw InvalidInput.At<Words>("file", "PastNoSheet");
    }

    /// <summary>0: the name of a list (一覧.csv, list.xlsx) or of the form as it was downloaded, also with (1) behind it; 1: has the word in it; 2: any other.</summary>
    private static int PlaceOf(string name)
    {
        var plain = Path.GetFileNameWithoutExtension(name).Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        return SheetNames.Contains(plain) || plain.StartsWith("過去の証跡_一覧表", StringComparison.Ordinal) || plain.StartsWith("past-evidence", StringComparison.Ordinal) ? 0
            : SheetNames.Any(word => plain.Contains(word, StringComparison.Ordinal)) ? 1 : 2;
    }

    private async Task<T> ReadAsync<T>(PastFile file, IReadOnlyList<UploadedFile> files, Func<Stream, Task<T>> read)
    {
        await using var content = blobs.Open(files[file.Source].Blob.Sha256);
        try
        {
            return file.Entry is { } entry ? await ZipFolder.ReadAsync(content, entry, read) : await read(content);
        }
        catch (InvalidDataException)
        {
            throw InvalidInput.At<Words>("file", "PastZipDamaged", files[file.Source].FileName);
        }
    }

    /// <summary>What is not taken as evidence, and why.</summary>
    private async Task<Dictionary<PastFile, PastProblem>> NotTakenAsync(IReadOnlyList<PastFile> wanted, IReadOnlyList<UploadedFile> files, CancellationToken ct)
    {
        var refused = new Dictionary<PastFile, PastProblem>();
        foreach (var file in wanted)
        {
            var found = file.Entry is null ? await looks.LookAsync(file.Name, files[file.Source].Blob.Sha256, ct) : await ReadAsync(file, files, async content =>
            {
                // What stands in a ZIP cannot be read from its middle.
                await using var copy = new FileStream(Path.GetTempFileName(), new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
                await content.CopyToAsync(copy, ct);
                copy.Position = 0;
                return await looks.LookAsync(file.Name, copy, ct);
            });
            if (found.Problem is { } problem)
            {
                refused[file] = new PastProblem(0, EvidenceFile.KeyOf(problem), file.Name, found.Detail);
            }
        }
        return refused;
    }

    /// <summary>Where the same bytes are already. Only files of a size that is here too are hashed.</summary>
    private async Task<Dictionary<PastFile, string>> SameBytesAsync(IReadOnlyList<PastFile> wanted, IReadOnlyList<UploadedFile> files, FiscalPeriods fiscal, CancellationToken ct)
    {
        HashSet<long> sizes;
        await using (var connection = await db.OpenAsync(ct))
        {
            sizes = [.. await connection.ListAsync<long>("select distinct size from evidence where size = any (@sizes)", new { sizes = wanted.Select(file => file.Size).Distinct().ToArray() }, ct)];
        }
        var same = new Dictionary<PastFile, string>();
        foreach (var file in wanted.Where(file => sizes.Contains(file.Size)))
        {
            var sha256 = file.Entry is null ? files[file.Source].Blob.Sha256 : Convert.ToHexStringLower(await ReadAsync(file, files, content => SHA256.HashDataAsync(content, ct).AsTask()));
            await using var connection = await db.OpenAsync(ct);
            var (title, from, to) = await connection.FirstAsync<(string?, DateOnly, DateOnly)>("""
                select r.title, c.period_from, c.period_to from evidence e join submissions s on s.id = e.submission_id join collections c on c.id = s.collection_id join evidence_requests r on r.id = c.request_id
                where e.sha256 = @sha256 order by e.id desc limit 1
                """, new { sha256 }, ct);
            if (title is not null)
            {
                same[file] = $"{title} {PeriodText.LabelWithYear(new Period(from, to), fiscal, "ja")}";
            }
        }
        return same;
    }
}
