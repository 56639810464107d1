using System.Globalization;
using System.Text.Encodings.Web;
using AuditTracker.Calendar;
using Microsoft.AspNetCore.Html;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>Sentences of the room's words with names, dates and links in them.</summary>
internal static class Told
{
    public static string Language => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;

    /// <summary>A number that opens its rows.</summary>
    public static IHtmlContent Link(string href, object text) => new HtmlString($"<a class=\"nowrap\" href=\"{HtmlEncoder.Default.Encode(href)}\">{HtmlEncoder.Default.Encode(text.ToString()!)}</a>");

    public static IHtmlContent Date(DateOnly on) => new HtmlString($"<time class=\"nowrap\" datetime=\"{DateText.Iso(on)}\">{DateText.Table(on)}</time>");

    /// <summary>The sentence with its places filled: dates as dates, other values encoded, markup as it is.</summary>
    public static IHtmlContent Html(this IStringLocalizer words, string key, params object[] arguments) => new HtmlContentBuilder().AppendFormat(CultureInfo.InvariantCulture, words[key].Value,
        [.. arguments.Select(argument => argument is DateOnly on ? Date(on) : argument)]);

    /// <summary>The key of a word that is put together from a prefix and a name of the wire.</summary>
    public static string Pascal(string name) => name.Length == 0 ? "" : char.ToUpperInvariant(name[0]) + name[1..];

    /// <summary>What was given in an address, or null; a NUL is no letter PostgreSQL takes.</summary>
    public static string? Given(string? value) => value?.Replace("\0", "", StringComparison.Ordinal).Trim() is { Length: > 0 } given ? given : null;
}
