using System.Text;
using AuditTracker.Calendar;
using AuditTracker.Platform.Files;

namespace AuditTracker.Evidence;

/// <summary>The requests a company can start from, one file a subject (<c>templates/evidence</c>). Read once, when first asked for.</summary>
public sealed class Library
{
    private readonly Lazy<IReadOnlyList<LibrarySubject>> subjects = new(() => Read(Path.Combine(Settings.Templates, "evidence")));

    /// <summary>Every subject, in the order of its first entry.</summary>
    public IReadOnlyList<LibrarySubject> Subjects => subjects.Value;

    /// <summary>The entry with this id (EV01), or null.</summary>
    public LibraryEntry? Find(string? id) => Subjects.SelectMany(subject => subject.Requests).FirstOrDefault(entry => entry.Id == id);

    internal static IReadOnlyList<LibrarySubject> Read(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.yaml").Select(YamlFile.Read<LibrarySubject>).OrderBy(subject => subject.Requests.Min(entry => entry.Id), StringComparer.Ordinal)];
}

/// <summary>One file of the library.</summary>
public sealed class LibrarySubject
{
    public string Subject { get; set; } = "";
    public string SubjectJa { get; set; } = "";
    public string SubjectEn { get; set; } = "";
    public List<LibraryEntry> Requests { get; set; } = [];

    public string Name(string language) => language == "en" ? SubjectEn : SubjectJa;
}

/// <summary>A request to start from. What the company makes of it is its own; the id stays.</summary>
public sealed class LibraryEntry
{
    public string Id { get; set; } = "";
    public string TitleJa { get; set; } = "";
    public string TitleEn { get; set; } = "";
    public string GuidanceJa { get; set; } = "";
    public string GuidanceEn { get; set; } = "";
    public int Minutes { get; set; }

    /// <summary>The recurrence a request starts with, as the wire spells it: <c>every</c>, its <c>on</c> and its <c>n</c>.</summary>
    public string AdoptAs { get; set; } = "";
    public string On { get; set; } = "";
    public int N { get; set; }
    public LibraryOffset Opens { get; set; } = new();
    public LibraryOffset Due { get; set; } = new();
    public string OwnerHintJa { get; set; } = "";
    public string OwnerHintEn { get; set; } = "";

    /// <summary><c>framework:ref</c>.</summary>
    public List<string> Items { get; set; } = [];

    public string Title(string language) => language == "en" ? TitleEn : TitleJa;
    public string Guidance(string language) => language == "en" ? GuidanceEn : GuidanceJa;
    public string OwnerHint(string language) => language == "en" ? OwnerHintEn : OwnerHintJa;
    public Recurrence Recurrence => Recurrence.Read(AdoptAs, On, N) ?? throw new InvalidDataException($"{Id}: \"{AdoptAs} {On}\" is no recurrence.");

    /// <summary>Whether id, title or guidance, in either language, holds every word of the search.</summary>
    public bool Matches(string search)
    {
        static string Key(string text) => text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        var text = Key(string.Join('\n', Id, TitleJa, TitleEn, GuidanceJa, GuidanceEn));
        return Key(search).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).All(text.Contains);
    }
}

/// <summary>A number of days or business days counted from the period's end.</summary>
public sealed class LibraryOffset
{
    public int Offset { get; set; }
    public string Unit { get; set; } = "days";

    /// <summary>Of a due date on a closed day: previous, next, none.</summary>
    public string Shift { get; set; } = "previous";
}
