using AuditTracker.Accounts;
using AuditTracker.Platform;

namespace AuditTracker.Tests.Accounts;

public sealed class PasswordRuleTests
{
    [Theory]
    [InlineData("m@example.test", "a summer morning")]
    [InlineData("mor@example.test", "a summer morning")]
    public void A_short_local_part_may_stand_in_a_password(string signIn, string password) => PasswordRule.Check(password, signIn);

    [Theory]
    [InlineData("morn@example.test", "a summer morning")]
    [InlineData("m@example.test", "abababababab")]
    public void A_password_that_is_easy_is_refused(string signIn, string password) =>
        Assert.Equal("PasswordEasy", Assert.Throws<InvalidInput>(() => PasswordRule.Check(password, signIn)).Key);
}
