using System.Collections;
using System.Globalization;
using System.Resources;
using AuditTracker.Platform.Web;

namespace AuditTracker.Tests.Platform.Web;

public sealed class StatesTests
{
    private static readonly ResourceManager Texts = new(typeof(Words));

    [Fact]
    public void Every_state_has_its_word_in_both_languages()
    {
        var japanese = Texts.GetResourceSet(CultureInfo.InvariantCulture, true, false)!;
        var english = Texts.GetResourceSet(CultureInfo.GetCultureInfo("en"), true, false)!;
        Assert.All(States.All.Values, look =>
        {
            Assert.False(string.IsNullOrWhiteSpace(japanese.GetString(look.WordKey)));
            Assert.False(string.IsNullOrWhiteSpace(english.GetString(look.WordKey)));
        });
    }

    [Fact]
    public void The_states_that_ask_for_work_are_never_a_finished_shape()
    {
        Assert.Equal(Shape.Late, States.Of("collection.overdue").Shape);
        Assert.Equal(Shape.Warn, States.Of("COVERAGE.Missing").Shape);
        Assert.Equal("late", States.Of("mail.failed").Shape.Tone());
        Assert.Throws<ArgumentException>(() => States.Of("collection.lost"));
    }

    [Fact]
    public void Both_languages_have_the_same_keys()
    {
        static string[] Keys(string culture) => Texts.GetResourceSet(CultureInfo.GetCultureInfo(culture), true, false)!
            .Cast<DictionaryEntry>().Select(entry => (string)entry.Key).Order(StringComparer.Ordinal).ToArray();

        Assert.Equal(Keys(""), Keys("en"));
    }
}
