using System.Globalization;
using System.Text.Encodings.Web;
using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Html;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>What the label of a row is made from.</summary>
public sealed record RowState(CollectionRow Row, CompanyDay Day);

/// <summary>Sentences of the room's words with names, dates and numbers in them; names keep their language in an English page.</summary>
internal static class Prose
{
    public static bool IsEnglish => Language == "en";
    public static string Language => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;

    /// <summary>What a person typed: a title, a file's name. Its language is the company's, whatever the page's.</summary>
    public static IHtmlContent Typed(string text) => new HtmlString($"<span lang=\"ja\">{HtmlEncoder.Default.Encode(text)}</span>");

    /// <summary>A person's name, on one line.</summary>
    public static IHtmlContent Person(string name) => new HtmlString($"<span class=\"person\" lang=\"ja\">{HtmlEncoder.Default.Encode(name)}</span>");

    /// <summary>A date that does not break over two lines.</summary>
    public static IHtmlContent Date(DateOnly on) => new HtmlString($"<time datetime=\"{DateText.Iso(on)}\">{DateText.Table(on)}</time>");

    /// <summary>The sentence with its places filled: dates as dates, everything else encoded; markup as it is.</summary>
    public static IHtmlContent Html(this IStringLocalizer words, string key, params object[] arguments) => new HtmlContentBuilder().AppendFormat(
        new OneOrMany(CultureInfo.InvariantCulture), words[key].Value, [.. arguments.Select(argument => argument is DateOnly on ? Date(on) : argument)]);

    /// <summary>A file's size as people say it: 182KB.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes}B",
        < 1_000_000 => $"{(bytes + 500) / 1_000}KB",
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#}MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.##}GB"),
    };

    /// <summary>The shape of a file's state.</summary>
    public static Shape Shape(this FileState file) => file.State switch { "clean" => Platform.Web.Shape.Done, "quarantined" => Platform.Web.Shape.Late, "notScanned" => Platform.Web.Shape.Warn, "released" or "destroyed" => Platform.Web.Shape.Out, _ => Platform.Web.Shape.Wait };

    /// <summary>毎月 …, of a frequency as it is filtered by.</summary>
    public static string Every(this IStringLocalizer words, string every) => words["Every" + char.ToUpperInvariant(every[0]) + every[1..]];

    /// <summary>火曜日, of a day as forms and the wire spell it.</summary>
    public static string Weekday(this IStringLocalizer words, string day) => words["Weekday" + char.ToUpperInvariant(day[0]) + day[1..]];

    /// <summary>The name of a closed day in the language of the page.</summary>
    public static string Name(this ClosedDay day) => IsEnglish ? day.NameEn : day.NameJa;

    /// <summary>A value of a filter, or null when there is none; a NUL is no letter PostgreSQL takes.</summary>
    public static string? Given(string? value) => value?.Replace("\0", "").Trim() is { Length: > 0 } given ? given : null;

    /// <summary>The shape of a collection's state for a row of marks.</summary>
    public static (string Symbol, string Tone, string WordKey) Mark(string state)
    {
        var look = States.Of("collection." + state);
        return (look.Shape.Symbol(), look.Shape.Tone(), look.WordKey);
    }
}
