using System.Text.RegularExpressions;

namespace AuditTracker.Platform.Telemetry;

/// <summary>Takes out of a text what may point to a person or open a door: mail addresses, tokens, query strings, values in a database's words.</summary>
public static partial class Redaction
{
    public static string Of(string text)
    {
        text = Mail().Replace(text, "[mail]");
        text = Secret().Replace(text, "$1=[hidden]");
        text = Query().Replace(text, "?[hidden]");
        text = Token().Replace(text, "[token]");
        return Value().Replace(text, ": [value]");
    }

    [GeneratedRegex(@"[\p{L}\p{N}._%+\-]+@[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)+")]
    private static partial Regex Mail();

    [GeneratedRegex(@"\b(token|q|password|code|key|secret)=[^&\s""]+", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex(@"(?<=[\w/}])\?[^\s""]*=[^\s""]*")]
    private static partial Regex Query();

    [GeneratedRegex(@"\bat_[A-Za-z0-9_\-]{8,}|\bBearer\s+\S+")]
    private static partial Regex Token();

    // invalid input syntax for type bigint: "…"
    [GeneratedRegex(@":\s*""[^""]*""")]
    private static partial Regex Value();
}
