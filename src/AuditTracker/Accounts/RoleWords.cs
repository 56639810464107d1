using System.Globalization;
using System.Resources;
using AuditTracker.Platform.Security;

namespace AuditTracker.Accounts;

/// <summary>Roles as people read them, in a language that need not be the request's: mails go to readers of both.</summary>
public static class RoleWords
{
    private static readonly ResourceManager Texts = new(typeof(Words));

    /// <param name="language"><c>ja</c> or <c>en</c>; null: that of the request.</param>
    public static string Of(Role role, string? language = null) => Text($"Role{role}", language);

    /// <summary>A role in the wire's spelling.</summary>
    public static string Of(string wire, string? language = null) => RoleNames.TryParse(wire, out var role) ? Of(role, language) : wire;

    internal static string Text(string key, string? language) =>
        Texts.GetString(key, language is null ? CultureInfo.CurrentUICulture : CultureInfo.GetCultureInfo(language)) ?? key;
}
