using System.Globalization;
using System.Resources;
using AuditTracker.People;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Tests.People;

/// <summary>The words of the room in one language, straight from its resources; a missing word fails the test.</summary>
internal sealed class RoomWords(string language) : IStringLocalizer
{
    private static readonly ResourceManager Resources = new(typeof(Words));
    private readonly CultureInfo culture = new(language);

    public static RoomWords Japanese { get; } = new("ja");

    public static RoomWords English { get; } = new("en");

    public LocalizedString this[string name] => this[name, []];

    public LocalizedString this[string name, params object[] arguments] =>
        new(name, string.Format(culture, Resources.GetString(name, culture) ?? throw new KeyNotFoundException(name), arguments));

    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => throw new NotSupportedException();
}
