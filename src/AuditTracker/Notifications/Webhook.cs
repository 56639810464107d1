using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuditTracker.Calendar;

namespace AuditTracker.Notifications;

/// <summary>An event as it is told.</summary>
/// <param name="Key">The same in every repetition.</param>
/// <param name="Sentence">What happened, in the receiver's language.</param>
/// <param name="Detail">Title, period, due date, in one line.</param>
/// <param name="Url">Whole address of its page.</param>
public sealed record ToldEvent(Guid Key, string Event, string Subject, string Title, DateOnly? PeriodFrom, DateOnly? PeriodTo, DateOnly? DueOn, DateTime At, string Sentence, string Detail, string Url);

/// <summary>How an event is written for each kind of receiver.</summary>
public static class WebhookMessage
{
    public const string SignatureHeader = "X-AuditTracker-Signature";

    // Japanese stays readable; what could end a string or a script is escaped all the same.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All) };

    /// <param name="secret">Of the kinds that have one: Chatwork's token, our key for the signature.</param>
    /// <param name="now">By the system's clock; stands in the signed text.</param>
    public static HttpRequestMessage Write(string kind, Uri address, string? secret, ToldEvent told, DateTimeOffset now)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, address);
        message.Headers.UserAgent.ParseAdd("AuditTracker");
        message.Headers.Add("X-AuditTracker-Event", told.Event);
        message.Headers.Add("X-AuditTracker-Event-Id", told.Key.ToString());
        switch (kind)
        {
            case "slack":
                message.Content = Json(new JsonObject { ["text"] = $"*{Slack(told.Sentence)}*\n<{told.Url}|{Slack(told.Detail)}>" });
                break;
            case "teams":
                message.Content = Json(new JsonObject
                {
                    ["type"] = "message",
                    ["attachments"] = new JsonArray(new JsonObject
                    {
                        ["contentType"] = "application/vnd.microsoft.card.adaptive",
                        ["content"] = new JsonObject
                        {
                            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
                            ["type"] = "AdaptiveCard",
                            ["version"] = "1.4",
                            ["body"] = new JsonArray(Block(told.Sentence, "Bolder"), Block(told.Detail, "Default")),
                            ["actions"] = new JsonArray(new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = "AuditTracker", ["url"] = told.Url }),
                        },
                    }),
                });
                break;
            case "chatwork":
                message.Headers.Add("X-ChatWorkToken", secret);
                message.Content = new FormUrlEncodedContent([new("body", $"[info][title]{Chatwork(told.Sentence)}[/title]{Chatwork(told.Detail)}\n{told.Url}[/info]"), new("self_unread", "1")]);
                break;
            default:
                var body = new JsonObject
                {
                    ["id"] = told.Key.ToString(),
                    ["event"] = told.Event,
                    ["at"] = told.At.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                    ["subject"] = told.Subject,
                    ["title"] = told.Title,
                    ["period"] = told.PeriodFrom is { } from && told.PeriodTo is { } to ? new JsonObject { ["from"] = DateText.Iso(from), ["to"] = DateText.Iso(to) } : null,
                    ["dueOn"] = told.DueOn is { } due ? DateText.Iso(due) : null,
                    ["text"] = told.Sentence,
                    ["url"] = told.Url,
                }.ToJsonString(Readable);
                message.Content = new StringContent(body, Encoding.UTF8, "application/json");
                var seconds = now.ToUnixTimeSeconds();
                message.Headers.Add(SignatureHeader, $"t={seconds},v1={Sign(secret ?? "", seconds, body)}");
                break;
        }
        return message;
    }

    /// <summary>HMAC-SHA256 of <c>seconds.body</c> in hexadecimal: the time is signed too, so an old message cannot be sent again as a new one.</summary>
    public static string Sign(string secret, long seconds, string body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{seconds.ToString(CultureInfo.InvariantCulture)}.{body}")));

    private static StringContent Json(JsonObject content) => new(content.ToJsonString(Readable), Encoding.UTF8, "application/json");

    private static JsonObject Block(string text, string weight) => new() { ["type"] = "TextBlock", ["text"] = Card(text), ["wrap"] = true, ["weight"] = weight };

    // Each system's own signs, so that a title names nobody and links nowhere.
    private static string Slack(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace('|', '｜');

    private static string Card(string text) => text.Replace('[', '［').Replace(']', '］').Replace("*", "＊", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    private static string Chatwork(string text) => text.Replace('[', '［').Replace(']', '］');
}
