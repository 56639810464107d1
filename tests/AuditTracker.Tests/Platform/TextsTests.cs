using System.Globalization;
using AuditTracker.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Tests.Platform;

public sealed class TextsTests
{
    [Theory]
    [InlineData("{0} {0:day|days} late", 1, "1 day late"), InlineData("{0} {0:day|days} late", 0, "0 days late"), InlineData("{0} {0:day|days} late", 12, "12 days late")]
    [InlineData("{0:N0} {0:request is|requests are} open", 1240, "1,240 requests are open"), InlineData("{0:N0} {0:request is|requests are} open", 1L, "1 request is open")]
    [InlineData("{0}件", 1, "1件"), InlineData("{0} {0:person|people}", "1", "1 person")]
    public void One_thing_has_the_first_word_and_all_else_the_second(string text, object count, string expected) =>
        Assert.Equal(expected, string.Format(new OneOrMany(CultureInfo.InvariantCulture), text, count));

    [Theory, InlineData("en", "1 day late", "2 days late"), InlineData("ja", "1日超過", "2日超過")]
    public void The_texts_of_a_room_count(string language, string one, string two)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = new CultureInfo(language);
            var words = new ServiceCollection().AddLogging().AddTexts().BuildServiceProvider().GetRequiredService<IStringLocalizer<AuditTracker.Overview.Words>>();
            Assert.Equal(one, words["DaysLate", 1].Value);
            Assert.Equal(two, words["DaysLate", 2].Value);
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
