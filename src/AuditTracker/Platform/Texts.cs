using System.Globalization;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Platform;

/// <summary>
/// The texts of every room (<c>Words.resx</c>), with one thing more than the framework's: <c>{0} {0:day|days}</c> is one of the two words, the
/// first for exactly one. Japanese texts need neither.
/// </summary>
public sealed class Texts(ResourceManagerStringLocalizerFactory files) : IStringLocalizerFactory
{
    public IStringLocalizer Create(Type resourceSource) => new Text(files.Create(resourceSource));

    public IStringLocalizer Create(string baseName, string location) => new Text(files.Create(baseName, location));

    private sealed class Text(IStringLocalizer inner) : IStringLocalizer
    {
        public LocalizedString this[string name] => inner[name];

        public LocalizedString this[string name, params object[] arguments]
        {
            get
            {
                var text = inner[name];
                return new(name, string.Format(new OneOrMany(CultureInfo.CurrentCulture), text.Value, arguments), text.ResourceNotFound, text.SearchedLocation);
            }
        }

        public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => inner.GetAllStrings(includeParentCultures);
    }
}

public static class TextsOfRooms
{
    /// <summary>Registers <see cref="Texts"/>, in the place of the framework's <c>AddLocalization</c>.</summary>
    public static IServiceCollection AddTexts(this IServiceCollection services) => services
        .AddLocalization()
        .AddSingleton<ResourceManagerStringLocalizerFactory>()
        .AddSingleton<IStringLocalizerFactory, Texts>();
}

/// <summary>Says something in a language of its own, whatever the request's or the job's is.</summary>
public static class Speaking
{
    public static T In<T>(string language, Func<T> say)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        try
        {
            return say();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}

/// <summary>Formats as <paramref name="numbers"/> does, and chooses between the two words of <c>{0:day|days}</c>.</summary>
public sealed class OneOrMany(IFormatProvider numbers) : IFormatProvider, ICustomFormatter
{
    public object? GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : numbers.GetFormat(formatType);

    public string Format(string? format, object? arg, IFormatProvider? formatProvider) => format?.Split('|') is [var one, var many]
        ? Convert.ToString(arg, CultureInfo.InvariantCulture) == "1" ? one : many
        : arg is IFormattable value ? value.ToString(format, numbers) : arg?.ToString() ?? "";
}
