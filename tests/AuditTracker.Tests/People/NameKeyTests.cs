using AuditTracker.People;

namespace AuditTracker.Tests.People;

public sealed class NameKeyTests
{
    [Theory]
    [InlineData("髙橋 由美子", "タカハシ ユミコ", "高橋由美子")]
    [InlineData("髙橋 由美子", "タカハシ ユミコ", "髙橋")]
    [InlineData("髙橋 由美子", "タカハシ ユミコ", "たかはし ゆみこ")]
    [InlineData("髙橋 由美子", "タカハシ ユミコ", "ﾀｶﾊｼ")]
    [InlineData("山﨑 恵", "ヤマザキ メグミ", "山崎")]
    [InlineData("渡邊 濵", "", "渡辺　浜")]
    [InlineData("Carol Kato", "", "CAROLK")]
    [InlineData("林 さくら", "", "サクラ")]
    public void People_are_found_as_they_are_typed(string name, string kana, string typed) =>
        Assert.Contains(NameKey.Pattern(typed)!.Trim('%'), NameKey.Of(name, kana).Replace(" ", ""));

    [Fact]
    public void What_is_special_in_a_pattern_is_a_letter() => Assert.Equal(@"%a\%\_%", NameKey.Pattern("a%_"));

    [Fact]
    public void Nothing_typed_is_no_search() => Assert.Null(NameKey.Pattern(" 　"));
}
