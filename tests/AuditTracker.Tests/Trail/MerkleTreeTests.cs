using System.Security.Cryptography;
using System.Text;
using AuditTracker.Trail;

namespace AuditTracker.Tests.Trail;

public sealed class MerkleTreeTests
{
    // The empty and one-byte entries of the test vectors that certificate-transparency logs share (RFC 9162 §2.1.1 hashing).
    [Fact]
    public void A_leaf_is_hashed_behind_a_zero_byte() =>
        Assert.Equal("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", Convert.ToHexStringLower(MerkleTree.Leaf([])));

    [Fact]
    public void The_root_of_eight_known_leaves_is_the_known_one()
    {
        string[] data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        var leaves = data.Select(hex => MerkleTree.Leaf(Convert.FromHexString(hex))).ToList();
        Assert.Equal("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", Convert.ToHexStringLower(Root(leaves[..2])));
        Assert.Equal("aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77", Convert.ToHexStringLower(Root(leaves[..3])));
        Assert.Equal("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328", Convert.ToHexStringLower(Root(leaves)));
    }

    [Fact]
    public void The_root_splits_at_the_largest_power_of_two_as_the_standard_defines_it()
    {
        for (var n = 1; n <= 70; n++)
        {
            var leaves = Enumerable.Range(0, n).Select(i => MerkleTree.Leaf(Encoding.UTF8.GetBytes($"{i}"))).ToArray();
            Assert.Equal(ByDefinition(leaves), Root(leaves));
        }
    }

    [Fact]
    public void Every_leaf_of_every_size_climbs_to_the_root_and_no_other_does()
    {
        for (var n = 1; n <= 33; n++)
        {
            var leaves = Enumerable.Range(0, n).Select(i => MerkleTree.Leaf(Encoding.UTF8.GetBytes($"{i}"))).ToArray();
            for (var i = 0; i < n; i++)
            {
                var proof = MerkleTree.Proof(leaves, i);
                Assert.Equal(Root(leaves), MerkleTree.Climb(leaves[i], proof));
                Assert.NotEqual(Root(leaves), MerkleTree.Climb(MerkleTree.Leaf("x"u8), proof));
            }
        }
    }

    [Fact]
    public void A_head_covers_every_part_of_its_seal()
    {
        var seal = new Seal(2, 5, 9, 4, SHA256.HashData("root"u8), SHA256.HashData("before"u8), [], 1_795_478_400_000_000);
        Seal[] others = [seal with { Number = 3 }, seal with { FromId = 6 }, seal with { ThroughId = 10 }, seal with { Entries = 5 }, seal with { Root = seal.Previous }, seal with { Previous = seal.Root }, seal with { SealedMicros = 0 }];
        Assert.Equal(8, others.Append(seal).Select(one => Convert.ToHexStringLower(one.ComputeHead())).Distinct().Count());
    }

    private static byte[] Root(IEnumerable<byte[]> leaves) => MerkleTree.Root([.. leaves.SelectMany(leaf => leaf)]);

    private static byte[] ByDefinition(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
        {
            return leaves[0];
        }
        var half = 1;
        while (half * 2 < leaves.Length)
        {
            half *= 2;
        }
        return SHA256.HashData([1, .. ByDefinition(leaves[..half]), .. ByDefinition(leaves[half..])]);
    }
}
