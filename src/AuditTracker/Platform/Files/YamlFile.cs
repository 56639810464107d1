using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace AuditTracker.Platform.Files;

/// <summary>
/// Reads and writes our data files. Keys are <c>snake_case</c> and fill properties by name (<c>mapped_2022</c> fills <c>Mapped2022</c>); keys without a property are left alone, because
/// the files also hold facts for people. A file that cannot be read is reported by name and line.
/// </summary>
public static partial class YamlFile
{
    private static readonly IDeserializer Deserializer = new DeserializerBuilder()
        .WithNamingConvention(new SnakeCase())
        .IgnoreUnmatchedProperties()
        .Build();

    private static readonly ISerializer Serializer = new SerializerBuilder()
        .WithNamingConvention(new SnakeCase())
        .ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitNull | DefaultValuesHandling.OmitDefaults)
        .Build();

    /// <summary>Writes what <see cref="Parse"/> reads: properties by name, those without a value left out, the same bytes for the same value.</summary>
    public static string Write<T>(T value) => Serializer.Serialize(value!).ReplaceLineEndings("\n");

    /// <summary>Reads the file at <paramref name="path"/>.</summary>
    public static T Read<T>(string path) => Parse<T>(File.ReadAllText(path), Path.GetFileName(path));

    /// <summary>Reads YAML text.</summary>
    /// <param name="name">The file's name, for the message of an error.</param>
    /// <exception cref="InvalidDataException">The text is no YAML or does not fit <typeparamref name="T"/>.</exception>
    public static T Parse<T>(string text, string name)
    {
        try
        {
            return Deserializer.Deserialize<T>(text) ?? throw new InvalidDataException($"{name} is empty.");
        }
        catch (YamlException error)
        {
            throw new InvalidDataException($"{name}, line {error.Start.Line}: {error.InnerException?.Message ?? error.Message}", error);
        }
    }

    /// <summary>An underscore before each capital and before a number; the library's own convention knows capitals only.</summary>
    private sealed partial class SnakeCase : INamingConvention
    {
        public string Apply(string value) => Boundary().Replace(value, "_").ToLowerInvariant();
        public string Reverse(string value) => throw new NotSupportedException("Only read.");

        [GeneratedRegex("(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Z])", RegexOptions.CultureInvariant)]
        private static partial Regex Boundary();
    }
}
