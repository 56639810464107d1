using Microsoft.Extensions.Localization;

namespace AuditTracker.Platform;

/// <summary>
/// A rule said no to something the caller may see: shown in place with status 409. The text is a key of the room's words,
/// worded in the reader's language only at the door.
/// </summary>
/// <param name="words">The room's <c>Words</c> type.</param>
/// <param name="key">Key in that room's Words.resx.</param>
/// <param name="args">Values for the text's placeholders.</param>
public class Refusal(Type words, string key, params object[] args) : Exception(key)
{
    /// <summary>Key in the room's words; stable, so the API and tests may compare it.</summary>
    public string Key { get; } = key;

    /// <summary>The refusal in the language of the current reader.</summary>
    public string In(IStringLocalizerFactory texts) => texts.Create(words)[Key, args];

    public static Refusal Of<TWords>(string key, params object[] args) => new(typeof(TWords), key, args);
}

/// <summary>Input that cannot be taken as it is: status 400, named at the field; nothing that was typed is lost.</summary>
/// <param name="words">The room's <c>Words</c> type.</param>
/// <param name="field">The field as the form or the API names it; empty when it concerns the whole.</param>
/// <param name="key">Key in that room's Words.resx.</param>
/// <param name="args">Values for the text's placeholders.</param>
public sealed class InvalidInput(Type words, string field, string key, params object[] args) : Refusal(words, key, args)
{
    public string Field { get; } = field;

    public static InvalidInput At<TWords>(string field, string key, params object[] args) => new(typeof(TWords), field, key, args);
}

/// <summary>It does not exist, or the caller may not see it; the two must not be told apart. Status 404.</summary>
public sealed class NotFound() : Exception("not found");
