using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AuditTracker.Platform.Security;

namespace AuditTracker.Trail;

/// <summary>Verifies an exported segment or proof offline, without a database.</summary>
public sealed class VerifySegment
{
    private readonly AsciiLines lines;
    private readonly bool isProof;
    private readonly List<Finding> findings = [];
    private readonly Dictionary<long, byte[]> heads = [];
    // Hashing one batch goes on while the next one is read.
    private readonly Queue<Task<(int Entries, bool IsSound, long Seal)>> hashing = new();
    private Seal? last;
    private byte[]? climbed;
    private long entries, seals, stamps;

    private VerifySegment(AsciiLines lines)
    {
        this.lines = lines;
        isProof = lines.Next() switch
        {
            TrailSegment.Title => false,
            TrailSegment.ProofTitle => true,
            _ => throw new FormatException("This is no segment or proof of a trail."),
        };
    }

    /// <param name="text">What <see cref="TrailSegment"/> wrote.</param>
    /// <param name="expectedHead">A head known from elsewhere; the file must lead to it. Null: whatever it leads to is told in the verdict.</param>
    /// <exception cref="FormatException">The text is no segment or proof, or is cut short; the message names the line.</exception>
    public static Verdict Run(Stream text, byte[]? expectedHead = null) => new VerifySegment(new AsciiLines(text)).Run(expectedHead);

    private Verdict Run(byte[]? expectedHead)
    {
        for (var goesOn = true; goesOn; Hashed(Environment.ProcessorCount))
        {
            var line = lines.Next() ?? throw new FormatException("The file is cut short.");
            var number = lines.Number;
            try
            {
                goesOn = Read(line.Split(' '));
            }
            catch (Exception error) when (error is IndexOutOfRangeException or FormatException or OverflowException)
            {
                throw Unreadable(number);
            }
        }
        Hashed(0);
        if (seals == 0)
        {
            throw new FormatException("The file is cut short.");
        }
        if (lines.Next() is not null)
        {
            throw Unreadable(lines.Number);
        }
        if (expectedHead is not null && !heads.Values.Any(head => head.AsSpan().SequenceEqual(expectedHead)))
        {
            findings.Add(new Finding(FindingKind.HeadUnknown, Convert.ToHexStringLower(expectedHead)));
        }
        return new Verdict(entries, seals, 0, last?.Head, stamps, 0, findings);
    }

    /// <returns>Whether more is to come.</returns>
    private bool Read(string[] parts)
    {
        switch (parts[0])
        {
            case "entry" when isProof && climbed is null:
                climbed = MerkleTree.Leaf(Convert.FromBase64String(parts[1]));
                entries++;
                return true;
            case "left" or "right":
                climbed = MerkleTree.Climb(climbed ?? throw new FormatException(), [new ProofStep(parts[0] == "left", Hash(parts[1]))]);
                return true;
            case "seal":
                Open(parts);
                return true;
            case "stamp":
                stamps++;
                if (!heads.TryGetValue(Long(parts[1]), out var head) || TimeStamps.Check(Convert.FromBase64String(parts[2]), head) is null)
                {
                    findings.Add(new Finding(FindingKind.AnchorWrong, parts[1]));
                }
                return true;
            default:
                return parts[0] == "end" ? false : throw new FormatException();
        }
    }

    private void Open(string[] parts)
    {
        var seal = new Seal(Long(parts[1]), Long(parts[2]), Long(parts[3]), checked((int)Long(parts[4])), Hash(parts[5]), Hash(parts[7]), Hash(parts[8]), Long(parts[6]));
        if (last is not null && !seal.Follows(last) || last is null && seal.Number == 1 && !seal.Follows(null))
        {
            findings.Add(new Finding(FindingKind.ChainBroken, parts[1]));
        }
        if (!seal.ComputeHead().AsSpan().SequenceEqual(seal.Head) || isProof && last is null && climbed?.AsSpan().SequenceEqual(seal.Root) != true)
        {
            findings.Add(new Finding(FindingKind.SealChanged, parts[1]));
        }
        heads[seal.Number] = seal.Head;
        last = seal;
        seals++;
        if (!isProof)
        {
            // A segment's entries stand behind their seal.
            var first = lines.Number + 1;
            var batch = lines.While("entry "u8);
            hashing.Enqueue(Task.Run(() =>
            {
                try
                {
                    return HashAll(seal, batch, first);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(batch.Array!);
                }
            }));
        }
    }

    private void Hashed(int mayGoOn)
    {
        while (hashing.Count > mayGoOn)
        {
            var (read, isSound, seal) = hashing.Dequeue().GetAwaiter().GetResult();
            entries += read;
            if (!isSound)
            {
                findings.Add(new Finding(FindingKind.SealChanged, FormattableString.Invariant($"{seal}")));
            }
        }
    }

    private static (int Entries, bool IsSound, long Seal) HashAll(Seal seal, ReadOnlySpan<byte> batch, long firstLine)
    {
        var leaves = new ArrayBufferWriter<byte>();
        var bytes = new byte[1024]; // the first stays zero
        var count = 0;
        for (var rest = batch; rest.Length > 0; count++)
        {
            var line = rest[..rest.IndexOf((byte)'\n')];
            rest = rest[(line.Length + 1)..];
            var base64 = line["entry ".Length..].TrimEnd((byte)'\r');
            if (bytes.Length <= base64.Length)
            {
                bytes = new byte[2 * base64.Length];
            }
            // The decoder steps over white space; a line with any is shorter than it says.
            if (base64.Length % 4 != 0 || Base64.DecodeFromUtf8(base64, bytes.AsSpan(1), out _, out var length) != OperationStatus.Done || length != base64.Length / 4 * 3 - base64[^Math.Min(2, base64.Length)..].Count((byte)'='))
            {
                throw Unreadable(firstLine + count);
            }
            MerkleTree.LeafInPlace(bytes.AsSpan(0, 1 + length), leaves.GetSpan(SHA256.HashSizeInBytes));
            leaves.Advance(SHA256.HashSizeInBytes);
        }
        return (count, count == seal.Entries && count > 0 && MerkleTree.Root(leaves.WrittenSpan).AsSpan().SequenceEqual(seal.Root), seal.Number);
    }

    private static FormatException Unreadable(long line) => new(FormattableString.Invariant($"Line {line} cannot be read."));

    private static byte[] Hash(string hex) => Convert.FromHexString(hex) is { Length: SHA256.HashSizeInBytes } hash ? hash : throw new FormatException();

    private static long Long(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Lines of a stream, ended by LF or CR LF, read in blocks; runs of lines of one kind are handed out as they stand.</summary>
    private sealed class AsciiLines(Stream text)
    {
        private byte[] block = new byte[1 << 20];
        private int start, end;

        /// <summary>Of the line handed out last; the first is 1.</summary>
        public long Number { get; private set; }

        /// <summary>Null at the end.</summary>
        public string? Next()
        {
            if (Length(0) is not { } length)
            {
                length = end - start;
                if (length == 0)
                {
                    return null;
                }
            }
            var line = Encoding.ASCII.GetString(block, start, length).TrimEnd('\r');
            start = Math.Min(end, start + length + 1);
            Number++;
            return line;
        }

        /// <summary>All the next lines that begin so, each with its LF; the array is rented, for whoever is done with it to give back.</summary>
        public ArraySegment<byte> While(ReadOnlySpan<byte> beginning)
        {
            var read = 0;
            while (Length(read) is { } length && block.AsSpan(start + read, length).StartsWith(beginning))
            {
                read += length + 1;
                Number++;
            }
            var run = ArrayPool<byte>.Shared.Rent(read);
            block.AsSpan(start, read).CopyTo(run);
            start += read;
            return new(run, 0, read);
        }

        /// <summary>Of the line that begins so far behind the place, reading on as needed; null when the text ends before it does.</summary>
        private int? Length(int behind)
        {
            for (var seen = 0; ;)
            {
                var length = block.AsSpan(start + behind + seen, end - start - behind - seen).IndexOf((byte)'\n');
                if (length >= 0)
                {
                    return seen + length;
                }
                seen = end - start - behind;
                if (end == block.Length)
                {
                    var next = 2 * (end - start) > block.Length ? new byte[2 * block.Length] : block;
                    block.AsSpan(start, end - start).CopyTo(next);
                    (block, start, end) = (next, 0, end - start);
                }
                var came = text.Read(block, end, block.Length - end);
                if (came == 0)
                {
                    return null;
                }
                end += came;
            }
        }
    }
}
