using AuditTracker.Company;

namespace AuditTracker.Tests.Company;

public sealed class CorporateNumberTests
{
    [Theory]
    [InlineData("7000012050002")]
    [InlineData("7-0000-1205-0002")]
    [InlineData("７０００ ０１２０ ５０００２")]
    public void A_corporate_number_is_read_as_people_write_it(string typed) => Assert.Equal("7000012050002", CorporateNumber.Read(typed));

    [Theory]
    [InlineData("8000012050002")]
    [InlineData("7000012050020")]
    [InlineData("700001205000")]
    [InlineData("70000120500021")]
    [InlineData("700001205000x")]
    [InlineData("")]
    public void A_wrong_check_digit_or_length_is_no_number(string typed) => Assert.Null(CorporateNumber.Read(typed));
}
