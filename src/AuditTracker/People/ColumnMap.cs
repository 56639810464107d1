using System.Text.Json;
using System.Text.Json.Serialization;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;

namespace AuditTracker.People;

/// <summary>A column of a file as somebody who must say what it holds sees it.</summary>
/// <param name="Samples">Its first three values.</param>
public sealed record ColumnChoice(string Header, PeopleField? Field, IReadOnlyList<string> Samples);

/// <summary>What the columns of a file hold when heads alone do not tell: chosen by hand, remembered for every file with the same heads.</summary>
public static class ColumnMap
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) } };

    /// <summary>The columns of a file with their first values.</summary>
    public static IReadOnlyList<ColumnChoice> Choices(PeopleFile file) => file.Table.Header is not { } header ? [] :
    [
        .. header.Cells.Select((cell, column) => new ColumnChoice(
            cell.Trim(), file.Layout.ElementAtOrDefault(column), [.. file.Table.Rows.Take(200).Select(row => row.Cells[column].Trim()).Where(value => value.Length > 0).Distinct().Take(3)])),
    ];

    /// <summary>What the API's map of heads and fields means for these heads; a head it does not name is read as ever.</summary>
    /// <exception cref="InvalidInput">At <c>columns</c>: no such head, no such field, or no such form.</exception>
    public static IReadOnlyList<PeopleField?> Of(string json, CsvLine header)
    {
        Dictionary<string, string?> given;
        try
        {
            given = JsonSerializer.Deserialize<Dictionary<string, string?>>(json) ?? [];
        }
        catch (JsonException)
        {
            throw InvalidInput.At<Words>("columns", "ImportColumnsForm");
        }

        var layout = header.Cells.Select(cell => PeopleColumns.WithHeader(cell)?.Field).ToArray();
        foreach (var (head, field) in given)
        {
            var column = header.Cells.Select(cell => cell.Trim()).ToList().IndexOf(head.Trim());
            layout[column >= 0 ? column : throw InvalidInput.At<Words>("columns", "ImportNoSuchHead", head)] =
                string.IsNullOrEmpty(field) ? null : FieldOf(field) ?? throw InvalidInput.At<Words>("columns", "ImportNoSuchField", field);
        }

        return layout;
    }

    /// <summary>The field with this name (hiredOn), or null.</summary>
    public static PeopleField? FieldOf(string? name) => Enum.TryParse<PeopleField>(name, ignoreCase: true, out var field) && !char.IsAsciiDigit(name![0]) ? field : null;

    internal static string Write(IReadOnlyList<PeopleField?> layout) => JsonSerializer.Serialize(layout, Json);

    internal static IReadOnlyList<PeopleField?>? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<PeopleField?[]>(json, Json);
}
