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
        List<(long Id, byte[] Leaf)> entries = [];
        var heads = new Dictionary<long, byte[]>();
        long checkedEntries = 0, seals = 0, stamps = 0;
        byte[]? climbed = null;
        var ended = false;
        while (!ended && text.ReadLine() is { } line)
        {
            number++;
            try
            {
                ended = Read(line.Split(' '));
            }
            catch (Exception error) when (error is IndexOutOfRangeException or FormatException or OverflowException)
            {
                throw new FormatException(FormattableString.Invariant($"Line {number} cannot be read."), error);
            }
        }
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
                case "entry":
                    var canonical = Convert.FromBase64String(parts[1]);
                    entries.Add((CanonicalEntry.TryDecode(canonical)?.Id ?? 0, MerkleTree.Leaf(canonical)));
                    climbed = entries[0].Leaf;
                    checkedEntries++;
                    return false;
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

        // A segment's entries stand behind their seal.
        void Close()
        {
            if (!isProof && last is not null && (entries.Count != last.Entries || !MerkleTree.Root(entries.ConvertAll(entry => entry.Leaf)).AsSpan().SequenceEqual(last.Root)))
            {
                findings.Add(new Finding(FindingKind.SealChanged, FormattableString.Invariant($"{last.Number}")));
            }
            if (!isProof)
            {
                entries = [];
            }
        }

        static long Long(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
