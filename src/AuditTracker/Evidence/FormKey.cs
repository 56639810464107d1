using System.Security.Cryptography;
using System.Text.Json;
using AuditTracker.Platform;

namespace AuditTracker.Evidence;

/// <summary>
/// What is sent twice under one key: with the same content the first result is answered, with other content it is refused, for the second would be
/// taken as received and be lost.
/// </summary>
public static class FormKey
{
    /// <summary>The refusal's word; the form that comes back with it has a fresh key.</summary>
    public const string Used = "FormUsed";

    /// <summary>What a form says, as one hash.</summary>
    /// <param name="content">Values and lists of values, in an order of their own.</param>
    public static string Print(object content) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content)));

    /// <param name="first">The print of what was received first; null when it was before prints were kept.</param>
    /// <exception cref="Refusal">It said something else.</exception>
    public static void Check(string? first, string now)
    {
        if (first is not null && first != now)
        {
            throw Refusal.Of<Words>(Used);
        }
    }
}
