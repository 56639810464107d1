using System.Globalization;
using AuditTracker.Platform.Security;

namespace AuditTracker.Trail;

/// <summary>Verifies an exported segment or proof offline, without a database.</summary>
public static class VerifySegment
{
    /// <param name="text">What <see cref="TrailSegment"/> wrote.</param>
    /// <param name="expectedHead">A head known from elsewhere; the file must lead to it. Null: whatever it leads to is told in the verdict.</param>
    /// <exception cref="FormatException">The text is no segment or proof, or is cut short; the message names the line.</exception>
    public static Verdict Run(TextReader text, byte[]? expectedHead = null)
    {
        var findings = new List<Finding>();
        var number = 1;
        var isProof = text.ReadLine() switch
        {
            TrailSegment.Title => false,
            TrailSegment.ProofTitle => true,
            _ => throw new FormatException("This is no segment or proof of a trail."),
        };
        Seal? last = null;
        List<byte[]> entries = [];
        // Hashing one batch goes on while the next one is read.
        var hashing = new Queue<Task<Finding?>>();
        var heads = new Dictionary<long, byte[]>();
        long checkedEntries = 0, seals = 0, stamps = 0;
        byte[]? climbed = null;
        var ended = false;
        while (!ended && text.ReadLine() is { } line)
        {
            number++;
            try
            {
                if (line.StartsWith("entry ", StringComparison.Ordinal))
                {
                    Add(line.AsSpan(6));
                    continue;
                }
                ended = Read(line.Split(' '));
            }
            catch (Exception error) when (error is IndexOutOfRangeException or FormatException or OverflowException)
            {
                throw new FormatException(FormattableString.Invariant($"Line {number} cannot be read."), error);
            }
        }
        Hashed(0);
        if (!ended || seals == 0)
        {
            throw new FormatException("The file is cut short.");
        }
        if (expectedHead is not null && !heads.Values.Any(head => head.AsSpan().SequenceEqual(expectedHead)))
        {
            findings.Add(new Finding(FindingKind.HeadUnknown, Convert.ToHexStringLower(expectedHead)));
        }
        return new Verdict(checkedEntries, seals, 0, last?.Head, stamps, 0, findings);

        bool Read(string[] parts)
        {
            switch (parts[0])
            {
                case "left" or "right":
                    climbed = MerkleTree.Climb(climbed!, [new ProofStep(parts[0] == "left", Convert.FromHexString(parts[1]))]);
                    return false;
                case "seal":
                    Close();
                    Open(parts);
                    return false;
                case "stamp":
                    stamps++;
                    if (!heads.TryGetValue(Long(parts[1]), out var head) || TimeStamps.Check(Convert.FromBase64String(parts[2]), head) is null)
                    {
                        findings.Add(new Finding(FindingKind.AnchorWrong, parts[1]));
                    }
                    return false;
                default:
                    Close();
                    return parts[0] == "end" ? true : throw new FormatException();
            }
        }

        void Open(string[] parts)
        {
            var seal = new Seal(Long(parts[1]), Long(parts[2]), Long(parts[3]), (int)Long(parts[4]), Convert.FromHexString(parts[5]), Convert.FromHexString(parts[7]), Convert.FromHexString(parts[8]), Long(parts[6]));
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
        }

        void Add(ReadOnlySpan<char> base64)
        {
            var canonical = new byte[base64.Length / 4 * 3];
            if (base64.Length % 4 != 0 || base64.Contains(' ') || !Convert.TryFromBase64Chars(base64, canonical, out var length))
            {
                throw new FormatException();
            }
            entries.Add(length == canonical.Length ? canonical : canonical[..length]);
            climbed = isProof ? MerkleTree.Leaf(entries[0]) : null;
            checkedEntries++;
        }

        // A segment's entries stand behind their seal.
        void Close()
        {
            if (isProof)
            {
                return;
            }
            if (last is { } seal)
            {
                var batch = entries;
                hashing.Enqueue(Task.Run(() => batch.Count != seal.Entries || !MerkleTree.Root(batch.ConvertAll(entry => MerkleTree.Leaf(entry))).AsSpan().SequenceEqual(seal.Root)
                    ? new Finding(FindingKind.SealChanged, FormattableString.Invariant($"{seal.Number}")) : null));
            }
            Hashed(Environment.ProcessorCount);
            entries = [];
        }

        void Hashed(int mayGoOn)
        {
            while (hashing.Count > mayGoOn)
            {
                if (hashing.Dequeue().GetAwaiter().GetResult() is { } finding)
                {
                    findings.Add(finding);
                }
            }
        }

        static long Long(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
