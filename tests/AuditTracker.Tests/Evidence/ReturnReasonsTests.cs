using System.Globalization;
using AuditTracker.Evidence;
using AuditTracker.Evidence.Pages;
using AuditTracker.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Tests.Evidence;

public sealed class ReturnReasonsTests
{
    [Theory]
    [InlineData("ja", "期間が違う・承認がない。9月分を付けてください。"), InlineData("en", "Wrong period, Not approved. 9月分を付けてください。")]
    public void Ticked_reasons_stand_before_the_comment_in_their_order(string language, string expected)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = new CultureInfo(language);
            var words = new ServiceCollection().AddLogging().AddTexts().BuildServiceProvider().GetRequiredService<IStringLocalizer<AuditTracker.Evidence.Words>>();
            var form = new HandInFields { Reasons = ["Approval", "Period", "NoSuchReason"], Comment = "9月分を付けてください。" };
            Assert.Equal(expected, form.CommentOf(Decision.Return, words));
            Assert.Equal("9月分を付けてください。", form.CommentOf(Decision.Accept, words));
            // A reason alone does not say what to mend: the rule asks for the comment as before.
            Assert.Equal("", new HandInFields { Reasons = ["Period"] }.CommentOf(Decision.Return, words));
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
