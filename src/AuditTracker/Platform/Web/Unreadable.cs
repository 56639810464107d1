using System.Text.Json;
using System.Text.RegularExpressions;
using AuditTracker.Platform.Files;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Platform.Web;

/// <summary>Why a call could not be read at all, worded only when it is answered.</summary>
/// <param name="Title">Key of the title; {0} is the field.</param>
/// <param name="Sentence">Key of the sentence; {0} is the field unless values are given.</param>
/// <param name="Field">The parameter, the path in the JSON, or the field or file of the upload; null when it concerns the whole.</param>
public sealed partial record Unreadable(string Title, string Sentence, string? Field = null, params object[] Values)
{
    /// <summary>What the framework says in its messages, which are never translated; null for what this cannot tell.</summary>
    public static Unreadable? From(BadHttpRequestException e) => e switch
    {
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => null,
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => WrongMediaType,
        { InnerException: JsonException json } => InJson(json),
        _ when e.Message.Contains("body was provided", StringComparison.Ordinal) || e.Message.Contains("from body", StringComparison.Ordinal) => new("UnreadableBody", "UnreadableBodyMissing"),
        _ when Named().Match(e.Message) is { Success: true } named => new("UnreadableValue", "UnreadableValueText", named.Groups[1].Value),
        _ => new("TroubleBadRequest", "UnreadableText"),
    };

    /// <summary>Null where the page was open too long, or the whole is too large: these have their own sentences.</summary>
    public static Unreadable? From(UploadRefusedException e) => e.Reason is UploadRefusal.FieldsRefused or UploadRefusal.RequestTooLarge
        ? null : new("TroubleBadRequest", $"Upload{e.Reason}", e.Name);

    public static Unreadable WrongMediaType { get; } = new("UnreadableBody", "UnreadableMediaType");

    public (string Title, string Sentence) In(IStringLocalizer words) =>
        (words[Title, Field ?? ""], Values.Length > 0 ? words[Sentence, Values] : words[Sentence, Field ?? ""]);

    private static Unreadable InJson(JsonException json)
    {
        var field = json.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
        return new(field is null ? "UnreadableBody" : "UnreadableValue", "UnreadableJson", field, (json.LineNumber ?? 0) + 1, (json.BytePositionInLine ?? 0) + 1);
    }

    [GeneratedRegex("parameter \"(?:[^\"]* )?([^\" ]+)\"")]
    private static partial Regex Named();
}
