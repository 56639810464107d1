using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AuditTracker.Trail;

/// <summary>
/// One sealed batch: a range of entry numbers, the root of the Merkle tree over their bytes, and the head that chains it to the batch before
/// (specified in <c>Trail/README.md</c>). Pure; the database makes seals, this checks them.
/// </summary>
/// <param name="Number">1, 2, 3 … without gaps.</param>
/// <param name="FromId">One more than the batch before ended with; 1 for the first.</param>
/// <param name="ThroughId">No entry with this number or a smaller one can appear any more.</param>
/// <param name="SealedMicros">The server's instant, in microseconds since 1970-01-01T00:00:00Z.</param>
public sealed record Seal(long Number, long FromId, long ThroughId, int Entries, byte[] Root, byte[] Previous, byte[] Head, long SealedMicros)
{
    /// <summary>What stands before the first seal.</summary>
    public static byte[] Beginning => new byte[SHA256.HashSizeInBytes];

    public DateTime SealedAt => CanonicalText.Instant(SealedMicros);

    /// <summary>The head as its parts give it; equal to <see cref="Head"/> unless somebody changed one of them.</summary>
    public byte[] ComputeHead() => SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"seal1;{Number};{FromId};{ThroughId};{Entries};{Convert.ToHexStringLower(Root)};{SealedMicros};{Convert.ToHexStringLower(Previous)}")));

    /// <summary>Whether this seal follows that one (null: is the first).</summary>
    public bool Follows(Seal? before) => before is null
        ? Number == 1 && FromId == 1 && Previous.AsSpan().SequenceEqual(Beginning)
        : Number == before.Number + 1 && FromId == before.ThroughId + 1 && Previous.AsSpan().SequenceEqual(before.Head);
}

/// <summary>The Merkle tree of RFC 9162 §2.1.1 over canonical bytes.</summary>
public static class MerkleTree
{
    /// <summary>SHA-256 of a zero byte and the entry's canonical bytes.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> canonical)
    {
        var leaf = new byte[SHA256.HashSizeInBytes];
        Leaf(canonical, leaf);
        return leaf;
    }

    /// <summary>As <see cref="Leaf(ReadOnlySpan{byte})"/>, written to 32 bytes of the caller's.</summary>
    public static void Leaf(ReadOnlySpan<byte> canonical, Span<byte> to)
    {
        // In one go: each part that a hash is fed costs about as much as hashing so few bytes.
        var bytes = ArrayPool<byte>.Shared.Rent(canonical.Length + 1);
        bytes[0] = 0;
        canonical.CopyTo(bytes.AsSpan(1));
        LeafInPlace(bytes.AsSpan(0, canonical.Length + 1), to);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>As <see cref="Leaf(ReadOnlySpan{byte}, Span{byte})"/>, of canonical bytes that stand behind a zero byte already.</summary>
    public static void LeafInPlace(ReadOnlySpan<byte> zeroAndCanonical, Span<byte> to) => SmallHash.Write(zeroAndCanonical, to);

    /// <summary>SHA-256 of a one byte and the two hashes.</summary>
    public static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);

    /// <summary>The root over leaf hashes side by side, 32 bytes each, of which there is at least one; an odd last one of a level goes up as it is.</summary>
    public static byte[] Root(ReadOnlySpan<byte> leaves)
    {
        var level = leaves.ToArray();
        Span<byte> pair = stackalloc byte[1 + 2 * SHA256.HashSizeInBytes];
        pair[0] = 1;
        for (var length = level.Length; length > SHA256.HashSizeInBytes;)
        {
            // Each level is written over the one it comes from, behind what is still to be read.
            var (from, to) = (0, 0);
            for (; length - from >= 2 * SHA256.HashSizeInBytes; from += 2 * SHA256.HashSizeInBytes, to += SHA256.HashSizeInBytes)
            {
                level.AsSpan(from, 2 * SHA256.HashSizeInBytes).CopyTo(pair[1..]);
                SmallHash.Write(pair, level.AsSpan(to));
            }
            level.AsSpan(from, length - from).CopyTo(level.AsSpan(to));
            length = to + length - from;
        }
        return level[..SHA256.HashSizeInBytes];
    }

    /// <summary>
    /// What one needs beside a leaf to compute the root: its neighbours from the bottom up, each with its side. Levels where the leaf's branch is the odd
    /// last one have none.
    /// </summary>
    public static IReadOnlyList<ProofStep> Proof(IReadOnlyList<byte[]> leaves, int index)
    {
        var steps = new List<ProofStep>();
        for (var level = leaves; level.Count > 1; level = Above(level), index /= 2)
        {
            var neighbour = index ^ 1;
            if (neighbour < level.Count)
            {
                steps.Add(new ProofStep(neighbour < index, level[neighbour]));
            }
        }
        return steps;
    }

    /// <summary>The root that a leaf and its proof give.</summary>
    public static byte[] Climb(byte[] leaf, IEnumerable<ProofStep> steps) =>
        steps.Aggregate(leaf, (hash, step) => step.IsLeft ? Node(step.Hash, hash) : Node(hash, step.Hash));

    private static List<byte[]> Above(IReadOnlyList<byte[]> level)
    {
        var above = new List<byte[]>((level.Count + 1) / 2);
        for (var i = 0; i < level.Count; i += 2)
        {
            above.Add(i + 1 < level.Count ? Node(level[i], level[i + 1]) : level[i]);
        }
        return above;
    }
}

/// <param name="IsLeft">The neighbour stands left of what one has so far.</param>
public sealed record ProofStep(bool IsLeft, byte[] Hash);
