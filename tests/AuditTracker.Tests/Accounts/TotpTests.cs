using System.Text;
using AuditTracker.Accounts;

namespace AuditTracker.Tests.Accounts;

public sealed class TotpTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("12345678901234567890");
    private static readonly DateTime Now = DateTime.UnixEpoch.AddSeconds(1111111111);

    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void The_vectors_of_RFC_6238_hold(long seconds, string code) =>
        Assert.Equal(code, Totp.Code(Key, Totp.StepOf(DateTime.UnixEpoch.AddSeconds(seconds)), 8));

    [Fact]
    public void A_code_holds_one_step_before_and_after_and_never_twice()
    {
        var step = Totp.StepOf(Now);
        foreach (var near in new[] { step - 1, step, step + 1 })
        {
            Assert.Equal(near, Totp.Match(Key, Totp.Code(Key, near), Now, null));
        }
        Assert.Null(Totp.Match(Key, Totp.Code(Key, step - 2), Now, null));
        Assert.Null(Totp.Match(Key, Totp.Code(Key, step + 2), Now, null));
        Assert.Null(Totp.Match(Key, Totp.Code(Key, step), Now, step));
        Assert.Null(Totp.Match(Key, Totp.Code(Key, step - 1), Now, step));
        Assert.Equal(step + 1, Totp.Match(Key, Totp.Code(Key, step + 1), Now, step));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base_32_is_that_of_RFC_4648(string text, string encoded) => Assert.Equal(encoded, Totp.Base32(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void The_link_names_product_and_account() =>
        Assert.Equal("otpauth://totp/AuditTracker:a%2Bb%40example.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=AuditTracker", Totp.Link(Key, "a+b@example.test"));

    [Fact]
    public void Recovery_codes_are_ten_different_ones_and_read_as_people_type_them()
    {
        var codes = RecoveryCodes.New();
        Assert.Equal(10, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Matches("^([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}$", code));
        Assert.Equal("ABCDEFGH23456789", RecoveryCodes.Read(" ａｂｃｄ efgh-2345 6789"));
        Assert.Null(RecoveryCodes.Read("ABCD-EFGH-2345"));
        Assert.Null(RecoveryCodes.Read("ABCD-EFGH-2345-678O"));
        Assert.Null(RecoveryCodes.Read(null));
    }
}
