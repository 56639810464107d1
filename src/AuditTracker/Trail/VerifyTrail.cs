using System.Security.Cryptography;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using Npgsql;

namespace AuditTracker.Trail;

/// <summary>
/// Checks the whole trail of a live database against its seals: every entry, every personal value, every head, every time stamp, what records the trail,
/// and (if asked) every file and every row. Reads one snapshot; writes nothing.
/// </summary>
public sealed class VerifyTrail(Db db, HeadJournal journal, BlobStore blobs)
{
    // How many entries one question brings; a batch of seals is never split.
    private const int Portion = 16_384;
    private static readonly TimeSpan SealedWithin = TimeSpan.FromMinutes(10);

    private sealed record SealRow(long Number, long FromId, long ThroughId, int Entries, byte[] Root, byte[] Previous, byte[] Head, long SealedMicros, byte[] Leaves);

    private sealed record AnchorRow(long Number, byte[] Head, byte[]? Sealed, byte[] Token, string Authority);

    private sealed record WaitingRow(long Entries, DateTime? OldestAt, DateTime Now);

    private sealed class Looking(ErasedValues erased)
    {
        public ErasedValues Erased => erased;
        public long Entries;
        // Batches are checked beside the reading of the next ones; what they found is told in their order.
        private readonly Queue<Task<(int Entries, List<Finding> Findings)>> checking = new();

        public List<Finding> Findings { get; } = [];

        public void Found(FindingKind kind, object where, string detail = "")
        {
            if (Findings.Count < Verdict.MostFindings)
            {
                Findings.Add(Of(kind, where, detail));
            }
        }

        public async Task CheckAsync(Func<(int, List<Finding>)> batch)
        {
            checking.Enqueue(Task.Run(batch));
            await CheckedAsync(Environment.ProcessorCount);
        }

        /// <summary>Waits until at most so many batches are still being checked.</summary>
        public async Task CheckedAsync(int mayGoOn = 0)
        {
            while (checking.Count > mayGoOn)
            {
                var (entries, findings) = await checking.Dequeue();
                Entries += entries;
                Findings.AddRange(findings.Take(Verdict.MostFindings - Findings.Count));
            }
        }
    }

    /// <param name="expectedHeads">Heads known from elsewhere (a letter, a mail, another machine), beside those of the journal.</param>
    /// <param name="withFiles">Also read every file and compare its SHA-256.</param>
    /// <param name="withRows">Also compare the rows of watched tables with what the trail says of them.</param>
    /// <param name="isLive">False for what was loaded from a backup: its catalogue was made anew, and nobody seals there.</param>
    /// <param name="progress">Told the number of entries checked so far.</param>
    public async Task<Verdict> RunAsync(IReadOnlyList<byte[]>? expectedHeads = null, bool withFiles = false, bool withRows = false, bool isLive = true, Func<long, Task>? progress = null, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        var looking = new Looking(await ErasedValues.LoadAsync(connection, ct));
        // What is wrong with all of it comes before what is wrong with each entry: only so many findings are kept.
        await CheckHeadsAsync(connection, looking, expectedHeads ?? [], ct);
        Seal? last = null;
        var sums = await connection.ListAsync<(long Number, int Entries)>("select number, entries from trail.seals order by number", ct: ct);
        for (var start = 0; start < sums.Count;)
        {
            var end = start;
            for (var sum = 0L; end < sums.Count && (end == start || sum + sums[end].Entries <= Portion); end++)
            {
                sum += sums[end].Entries;
            }
            last = await CheckAsync(connection, looking, last, sums[start].Number, sums[end - 1].Number, ct);
            start = end;
            if (progress is not null)
            {
                await progress(looking.Entries);
            }
        }
        await looking.CheckedAsync();
        var anchors = await CheckAnchorsAsync(connection, looking, ct);
        if (isLive)
        {
            await CheckGuardAsync(connection, looking, ct);
        }
        var unsealed = await CheckWaitingAsync(connection, looking, last?.ThroughId ?? long.MinValue, isLive, ct);
        var rows = withRows ? await new VerifyRows(db).RunAsync(connection, looking.Erased, (kind, subject, column) => looking.Found(kind, subject, column), ct) : 0;
        var files = withFiles ? await CheckFilesAsync(connection, looking, ct) : 0;
        return new Verdict(looking.Entries, sums.Count, unsealed, last?.Head, anchors, files, looking.Findings, rows, looking.Erased.Met);
    }

    private static async Task<Seal?> CheckAsync(NpgsqlConnection connection, Looking looking, Seal? last, long from, long through, CancellationToken ct)
    {
        var seals = await connection.ListAsync<SealRow>("""
            select number, from_id, through_id, entries, root, previous, head, (extract(epoch from sealed_at) * 1000000)::bigint as sealed_micros, leaves
            from trail.seals where number between @from and @through order by number
            """, new { from, through }, ct);
        // What stands before the first range of this portion and behind the one before belongs to no seal.
        var first = last is null ? long.MinValue : Math.Min(last.ThroughId + 1, seals[0].FromId);
        var values = (await connection.ListAsync<KeptValue>("select entry_id, side, name, salt, value from trail.entry_values where entry_id between @first and @final order by entry_id",
            new { first, final = seals[^1].ThroughId }, ct)).ToLookup(value => value.EntryId);
        await using var entries = await EntryReader.OpenAsync(connection, first, seals[^1].ThroughId, ct);
        foreach (var row in seals)
        {
            var (before, batch) = (last, await entries.ReadThroughAsync(row.ThroughId, ct));
            last = new Seal(row.Number, row.FromId, row.ThroughId, row.Entries, row.Root, row.Previous, row.Head, row.SealedMicros);
            var seal = last;
            await looking.CheckAsync(() => (batch.Count, Check(before, seal, row.Leaves, batch, values, looking.Erased)));
        }
        return last;
    }

    private static List<Finding> Check(Seal? before, Seal seal, byte[] leaves, List<SealedEntry> entries, ILookup<long, KeptValue> values, ErasedValues erased)
    {
        var findings = new List<Finding>();
        if (!seal.Follows(before))
        {
            findings.Add(Of(FindingKind.ChainBroken, seal.Number, before is null ? "" : FormattableString.Invariant($"{before.Number}")));
        }
        if (!seal.ComputeHead().AsSpan().SequenceEqual(seal.Head) || seal.Entries < 1 || leaves.Length != seal.Entries * SHA256.HashSizeInBytes || !MerkleTree.Root(leaves).AsSpan().SequenceEqual(seal.Root))
        {
            findings.Add(Of(FindingKind.SealChanged, seal.Number));
        }
        var met = new byte[entries.Count * SHA256.HashSizeInBytes];
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            MerkleTree.Leaf(entry.Canonical, met.AsSpan(i * SHA256.HashSizeInBytes));
            if (!entry.ColumnsAgree)
            {
                findings.Add(Of(FindingKind.ColumnsDiffer, entry.Id));
            }
            Commitments.Check(entry, values[entry.Id], erased, (kind, name) => findings.Add(Of(kind, entry.Id, name)));
        }
        if (!met.AsSpan().SequenceEqual(leaves))
        {
            findings.AddRange(LeafOrder.Compare(seal, [.. leaves.Chunk(SHA256.HashSizeInBytes)], [.. entries.Zip(met.Chunk(SHA256.HashSizeInBytes), (entry, leaf) => (entry.Id, leaf))]));
        }
        return findings;
    }

    private static Finding Of(FindingKind kind, object where, string detail = "") => new(kind, FormattableString.Invariant($"{where}"), detail);

    private async Task CheckHeadsAsync(NpgsqlConnection connection, Looking looking, IReadOnlyList<byte[]> expected, CancellationToken ct)
    {
        var noted = journal.Read();
        var wanted = noted.Select(line => line.Head).Concat(expected).ToArray();
        var present = await connection.ListAsync<byte[]>("select s.head from trail.seals s where s.head = any(@wanted)", new { wanted }, ct);
        var hexes = present.Select(Convert.ToHexStringLower).ToHashSet();
        foreach (var head in wanted.Select(Convert.ToHexStringLower).Distinct().Where(head => !hexes.Contains(head)))
        {
            looking.Found(FindingKind.HeadUnknown, head);
        }
    }

    private static async Task<long> CheckAnchorsAsync(NpgsqlConnection connection, Looking looking, CancellationToken ct)
    {
        var anchors = await connection.ListAsync<AnchorRow>("select a.number, a.head, s.head as sealed, a.token, a.authority from trail.anchors a left join trail.seals s using (number) order by a.number", ct: ct);
        foreach (var anchor in anchors)
        {
            if (anchor.Sealed is null || !anchor.Sealed.AsSpan().SequenceEqual(anchor.Head) || TimeStamps.Check(anchor.Token, anchor.Head) is null)
            {
                looking.Found(FindingKind.AnchorWrong, anchor.Number, anchor.Authority);
            }
        }
        return anchors.Count;
    }

    private static async Task CheckGuardAsync(NpgsqlConnection connection, Looking looking, CancellationToken ct)
    {
        // The guard's entry is sealed; the row beside it is not, so it only points to the entry.
        var guards = await connection.ListAsync<(long EntryId, byte[] Canonical)>("select e.id, e.canonical from trail.entries e where e.kind = 'act' and e.what = 'trail.guarded' order by e.id desc limit 1", ct: ct);
        var recorded = guards.Select(guard => CanonicalEntry.TryDecode(guard.Canonical)?.After?.FirstOrDefault(value => value.Name == "fingerprint")?.Plain).FirstOrDefault();
        var now = await connection.FirstAsync<string>("select trail.fingerprint()", ct: ct);
        if (recorded != now)
        {
            looking.Found(FindingKind.GuardChanged, guards.Count == 0 ? "-" : guards[0].EntryId);
        }
    }

    private static async Task<long> CheckWaitingAsync(NpgsqlConnection connection, Looking looking, long through, bool isLive, CancellationToken ct)
    {
        var waiting = (await connection.FirstAsync<WaitingRow>("""
            select count(*) as entries, min(recorded_at) as oldest_at, clock_timestamp() as now from trail.entries where id > @through
            """, new { through }, ct))!;
        if (isLive && waiting.OldestAt is { } oldest && waiting.Now - oldest > SealedWithin)
        {
            looking.Found(FindingKind.NotSealed, waiting.Entries);
        }
        return waiting.Entries;
    }

    private async Task<long> CheckFilesAsync(NpgsqlConnection connection, Looking looking, CancellationToken ct)
    {
        var files = await connection.ListAsync<string>("select sha256 from kept_blobs order by sha256", ct: ct);
        foreach (var sha256 in files)
        {
            if (await blobs.CheckAsync(sha256, null, ct) is not BlobState.Whole and var state)
            {
                looking.Found(state == BlobState.Changed ? FindingKind.FileChanged : FindingKind.FileMissing, sha256);
            }
        }
        return files.Count;
    }
}
