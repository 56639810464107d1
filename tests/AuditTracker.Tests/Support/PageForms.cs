using System.Net;
using System.Text.RegularExpressions;

namespace AuditTracker.Tests.Support;

/// <summary>Pages and their forms as a browser without script uses them.</summary>
internal static partial class PageForms
{
    /// <summary>The page's markup, entities decoded.</summary>
    public static async Task<string> PageAsync(this HttpClient client, string path)
    {
        var response = await client.GetAsync(path);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode} {response.Headers.Location}");
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
    }

    public static async Task<string> TextAsync(this HttpResponseMessage response) => WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());

    /// <summary>Opens a page, takes the token against forgery of its forms and posts.</summary>
    /// <param name="page">Where the form stands.</param>
    /// <param name="action">Where it posts to; null = the page itself.</param>
    public static async Task<HttpResponseMessage> PostFormAsync(this HttpClient client, string page, string? action, params (string Name, string Value)[] fields)
    {
        var markup = await (await client.GetAsync(page)).Content.ReadAsStringAsync();
        var token = Token().Match(markup);
        Assert.True(token.Success, $"{page} has no form: {markup[..Math.Min(markup.Length, 2000)]}");
        return await client.PostAsync(action ?? page, new FormUrlEncodedContent(
            fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).Append(KeyValuePair.Create("__RequestVerificationToken", token.Groups[1].Value))));
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]* value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
