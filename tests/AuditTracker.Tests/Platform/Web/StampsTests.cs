using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using AuditTracker.Platform;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Tests.Platform.Web;

public sealed partial class StampsTests
{
    [Theory]
    [InlineData("清水", "清水"), InlineData("勅使河原", "勅使河原")]
    [InlineData("長宗我部元", "長宗我|部元"), InlineData("髙﨑彌太郎左衛門", "髙﨑彌太|郎左衛門"), InlineData("𠮷田𠮷田𠮷", "𠮷田𠮷|田𠮷"), InlineData("Mac Donald", "Mac|Donald"), InlineData("Wolfeschlegelsteinhausen", "Wolfeschlege|lsteinhausen")]
    public void A_stamp_shows_the_whole_family_name(string name, string lines)
    {
        var drawn = Draw(new Stamp("承認", name, new DateOnly(2026, 11, 22)));
        Assert.Equal(["承認", "26.11.22", .. lines.Split('|')], Text().Matches(drawn).Select(text => text.Groups[1].Value));
        Assert.Contains($"aria-label=\"承認 {name} 2026/11/22\"", drawn);
    }

    [Fact]
    public void An_empty_box_says_so() => Assert.Contains("未承認", Draw(new Stamp("承認")));

    private static string Draw(Stamp stamp)
    {
        var words = new ServiceCollection().AddLogging().AddTexts().BuildServiceProvider().GetRequiredService<IStringLocalizer<Words>>();
        var output = new TagHelperOutput("stamps", [], (_, _) => Task.FromResult<TagHelperContent>(new DefaultTagHelperContent()));
        new StampsTag(words, (on, _) => $"{on:yyyy'/'M'/'d}") { Items = [stamp] }.Process(new TagHelperContext([], new Dictionary<object, object>(), "1"), output);
        return output.Content.GetContent(HtmlEncoder.Create(UnicodeRanges.All)).Replace("&#x20BB7;", "𠮷");
    }

    [GeneratedRegex("<text[^>]*>([^<]*)</text>")]
    private static partial Regex Text();
}
