using System.Text.Json;
using AuditTracker.Calendar;
using Microsoft.Extensions.Localization;

namespace AuditTracker.People;

/// <summary>A person as an HR export has them. Names as typed without outer spaces; numbers, mail and kana after NFKC; absent cells are "".</summary>
/// <param name="Line">The line of the file, from 1.</param>
/// <param name="ManagerNo">The manager's employee number, or null.</param>
/// <param name="ManagerOutsideFile">The manager is not in this file: look among the people already here.</param>
/// <param name="LeaveTo">The last day of leave, included; null = until further notice.</param>
/// <param name="Tags">As <see cref="PersonTags.Text"/> has them.</param>
public sealed record PeopleFileRow(
    int Line,
    string EmployeeNo,
    string Name,
    string NameKana,
    string Email,
    string DepartmentCode,
    string DepartmentName,
    string Title,
    string EmploymentType,
    DateOnly HiredOn,
    DateOnly? LeftOn,
    string? ManagerNo,
    bool ManagerOutsideFile,
    string LeaveKind = "",
    DateOnly? LeaveFrom = null,
    DateOnly? LeaveTo = null,
    string Tags = "");

/// <summary>Something in an HR export that must be put right before it can be taken.</summary>
/// <param name="Line">The line of the file, from 1.</param>
/// <param name="Field">The column, when it is about one.</param>
/// <param name="Key">The message in the room's words.</param>
/// <param name="Args">Its values: texts, numbers, dates, and columns (worded by their label).</param>
public sealed record PeopleFileError(int Line, PeopleField? Field, string Key, params object[] Args)
{
    /// <summary>The field as the API names it (hiredOn); empty when it is about the whole line or file.</summary>
    public string FieldName => Field is { } column ? JsonNamingPolicy.CamelCase.ConvertName(column.ToString()) : "";

    /// <summary>What is wrong, in the reader's language, for a form that shows it at its field.</summary>
    public string Message(IStringLocalizer words) => words[Key, [.. Args.Select(arg => Worded(arg, words))]].Value;

    /// <summary>The whole sentence in the reader's language: line, column, what is wrong.</summary>
    public string In(IStringLocalizer words)
    {
        var message = Message(words);
        return Field is { } column
            ? words["ImportErrorAtColumn", Line, Label(column, words), message]
            : words["ImportErrorAtLine", Line, message];
    }

    private static object Worded(object arg, IStringLocalizer words) => arg switch
    {
        PeopleField field => Label(field, words),
        DateOnly day => DateText.Plain(day),
        _ => arg,
    };

    private static string Label(PeopleField field, IStringLocalizer words) => words[PeopleColumns.Of(field).LabelKey];
}
