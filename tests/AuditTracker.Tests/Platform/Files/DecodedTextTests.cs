using System.Text;
using AuditTracker.Platform.Files;

namespace AuditTracker.Tests.Platform.Files;

public sealed class DecodedTextTests
{
    private const string Names = "髙橋,山﨑,濵田,渡邊,①㈱～";
    private static readonly Encoding Cp932 = CodePagesEncodingProvider.Instance.GetEncoding(932)!;

    [Fact]
    public void Every_encoding_of_the_office_gives_the_same_text()
    {
        Assert.Equal(new DecodedText(Names, TextEncoding.Utf8, null), DecodedText.Of(Encoding.UTF8.GetBytes(Names)));
        Assert.Equal(new DecodedText(Names, TextEncoding.Utf8WithBom, null), DecodedText.Of([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Names)]));
        Assert.Equal(new DecodedText(Names, TextEncoding.Cp932, null), DecodedText.Of(Cp932.GetBytes(Names)));
    }

    [Fact]
    public void Both_codes_of_a_character_are_read()
    {
        Assert.Equal("髙髙﨑﨑≒≒", DecodedText.Of([0xEE, 0xE0, 0xFB, 0xFC, 0xED, 0x95, 0xFA, 0xB1, 0x87, 0x90, 0x81, 0xE0]).Text);
        Assert.Equal("法務・監査", DecodedText.Of(Cp932.GetBytes("法務・監査")).Text);
        Assert.Equal(TextProblem.Undecodable, DecodedText.Of([0x81, 0xAD]).Problem);
        Assert.Equal(TextProblem.Undecodable, DecodedText.Of([0x41, 0x81]).Problem);
    }

    [Fact]
    public void UTF_16_and_workbooks_are_named()
    {
        Assert.Equal(TextProblem.Utf16, DecodedText.Of([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Names)]).Problem);
        Assert.Equal(TextProblem.Utf16, DecodedText.Of(Encoding.BigEndianUnicode.GetBytes("a,b\n")).Problem);
        Assert.Equal(TextProblem.Workbook, DecodedText.Of("PK\u0003\u0004rest"u8).Problem);
    }

    [Fact]
    public void Bytes_that_are_no_text_name_their_line()
    {
        Assert.Equal(new DecodedText("", null, TextProblem.Undecodable, 3), DecodedText.Of([.. "a\nb\n"u8, 0x81, 0x20, 0xFF, .. "\n"u8]));
        Assert.Equal(new DecodedText("", null, TextProblem.Undecodable, 2), DecodedText.Of([0xEF, 0xBB, 0xBF, .. "a\n"u8, .. Cp932.GetBytes("髙橋")]));
        Assert.Equal(TextProblem.Undecodable, DecodedText.Of("a\n\u001b$B9b66\u001b(B"u8).Problem);
    }
}
