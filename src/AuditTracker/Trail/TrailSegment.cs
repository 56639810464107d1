using System.Globalization;
using AuditTracker.Platform.Database;
using Npgsql;

namespace AuditTracker.Trail;

/// <summary>
/// Sealed batches as a text file that a stranger can verify without us (format in <c>Trail/README.md</c>): every seal of a range of numbers with the bytes of its entries,
/// and the time stamps in it. Personal values are not in it, only their commitments.
/// </summary>
public sealed class TrailSegment(Db db)
{
    internal const string Title = "audit-tracker trail segment 1", ProofTitle = "audit-tracker trail proof 1";

    private sealed record SealRow(long Number, long FromId, long ThroughId, int Entries, byte[] Root, byte[] Previous, byte[] Head, long SealedMicros);

    /// <summary>Writes the seals with these numbers, both included.</summary>
    /// <returns>How many entries were written.</returns>
    public async Task<long> WriteAsync(long firstSeal, long lastSeal, Stream to, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        await using var text = new StreamWriter(to, leaveOpen: true) { NewLine = "\n" };
        await text.WriteLineAsync(Title);
        var count = 0L;
        foreach (var seal in await SealsAsync(connection, firstSeal, lastSeal, ct))
        {
            await text.WriteLineAsync(Line(seal));
            await using var entries = await EntryReader.OpenAsync(connection, seal.FromId, seal.ThroughId, ct);
            foreach (var entry in await entries.ReadThroughAsync(seal.ThroughId, ct))
            {
                await text.WriteLineAsync($"entry {Convert.ToBase64String(entry.Canonical)}");
                count++;
            }
        }
        await WriteStampsAsync(connection, text, firstSeal, lastSeal, ct);
        await text.WriteLineAsync("end");
        return count;
    }

    /// <summary>Writes the proof that one entry was sealed: its bytes, the way up to the root, its seal and every seal after it.</summary>
    /// <returns>False when the entry is not sealed yet, or there is none.</returns>
    public async Task<bool> WriteProofAsync(long entryId, Stream to, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        var number = await connection.FirstAsync<long?>("select number from trail.seals where from_id <= @entryId and through_id >= @entryId", new { entryId }, ct);
        if (number is null)
        {
            return false;
        }
        var seals = await SealsAsync(connection, number.Value, long.MaxValue, ct);
        List<SealedEntry> met;
        await using (var entries = await EntryReader.OpenAsync(connection, seals[0].FromId, seals[0].ThroughId, ct))
        {
            met = await entries.ReadThroughAsync(seals[0].ThroughId, ct);
        }
        var index = met.FindIndex(entry => entry.Id == entryId);
        if (index < 0)
        {
            return false;
        }
        await using var text = new StreamWriter(to, leaveOpen: true) { NewLine = "\n" };
        await text.WriteLineAsync(ProofTitle);
        await text.WriteLineAsync($"entry {Convert.ToBase64String(met[index].Canonical)}");
        foreach (var step in MerkleTree.Proof(met.ConvertAll(entry => MerkleTree.Leaf(entry.Canonical)), index))
        {
            await text.WriteLineAsync($"{(step.IsLeft ? "left" : "right")} {Convert.ToHexStringLower(step.Hash)}");
        }
        foreach (var seal in seals)
        {
            await text.WriteLineAsync(Line(seal));
        }
        await WriteStampsAsync(connection, text, number.Value, long.MaxValue, ct);
        await text.WriteLineAsync("end");
        return true;
    }

    private static async Task<List<Seal>> SealsAsync(NpgsqlConnection connection, long first, long last, CancellationToken ct) =>
        [.. (await connection.ListAsync<SealRow>("""
            select number, from_id, through_id, entries, root, previous, head, (extract(epoch from sealed_at) * 1000000)::bigint as sealed_micros
            from trail.seals where number between @first and @last order by number
            """, new { first, last }, ct)).Select(row => new Seal(row.Number, row.FromId, row.ThroughId, row.Entries, row.Root, row.Previous, row.Head, row.SealedMicros))];

    private static async Task WriteStampsAsync(NpgsqlConnection connection, StreamWriter text, long first, long last, CancellationToken ct)
    {
        foreach (var (number, token) in await connection.ListAsync<(long, byte[])>("select number, token from trail.anchors where number between @first and @last order by number", new { first, last }, ct))
        {
            await text.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"stamp {number} {Convert.ToBase64String(token)}"));
        }
    }

    private static string Line(Seal seal) => string.Create(CultureInfo.InvariantCulture,
        $"seal {seal.Number} {seal.FromId} {seal.ThroughId} {seal.Entries} {Convert.ToHexStringLower(seal.Root)} {seal.SealedMicros} {Convert.ToHexStringLower(seal.Previous)} {Convert.ToHexStringLower(seal.Head)}");
}
