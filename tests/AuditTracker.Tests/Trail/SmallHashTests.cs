using System.Security.Cryptography;
using AuditTracker.Trail;

namespace AuditTracker.Tests.Trail;

public sealed class SmallHashTests
{
    [Fact]
    public void It_says_what_the_runtime_says_of_every_length()
    {
        Assert.True(SmallHash.IsDirect, "OpenSSL 3 is not there: the runtime would be compared with itself.");
        var random = new Random(11);
        foreach (var length in Enumerable.Range(0, 300).Append(1 << 20))
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var hash = new byte[33];
            SmallHash.Write(bytes, hash);
            Assert.Equal([.. SHA256.HashData(bytes), 0], hash);
        }
        Assert.Throws<ArgumentException>(() => SmallHash.Write([1], new byte[31]));
    }

    [Fact]
    public void Threads_do_not_disturb_one_another()
    {
        Parallel.For(0, 20_000, number =>
        {
            var bytes = BitConverter.GetBytes(number);
            var hash = new byte[SHA256.HashSizeInBytes];
            SmallHash.Write(bytes, hash);
            Assert.Equal(SHA256.HashData(bytes), hash);
        });
    }
}
