using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Platform.Files;

namespace AuditTracker.Company;

/// <summary>Every deadline rule that ships with the product (<c>templates/deadlines</c>), read once.</summary>
public sealed class Deadlines
{
    private readonly Dictionary<string, DeadlineDuty> duties;

    private Deadlines(IEnumerable<DeadlineDuty> duties) => this.duties = duties.ToDictionary(duty => duty.Key);

    /// <summary>In the order of the files.</summary>
    public IReadOnlyCollection<DeadlineDuty> All => duties.Values;

    /// <summary>A duty by its key.</summary>
    /// <exception cref="KeyNotFoundException">No file names it: a fault of ours, as keys stand in code.</exception>
    public DeadlineDuty this[string key] => duties[key];

    /// <param name="templates">The folder of the shipped templates.</param>
    /// <exception cref="InvalidDataException">A file cannot be read, or a key stands twice; named with file and duty.</exception>
    public static Deadlines Read(string templates)
    {
        var all = Directory.GetFiles(Path.Combine(templates, "deadlines"), "*.yaml").Order(StringComparer.Ordinal)
            .SelectMany(path => YamlFile.Read<File>(path).Duties.Select(entry => entry.ToDuty(Path.GetFileName(path)))).ToList();
        var twice = all.GroupBy(duty => duty.Key).FirstOrDefault(same => same.Count() > 1);
        return twice is null ? new Deadlines(all) : throw new InvalidDataException($"The deadline {twice.Key} stands twice.");
    }

    private sealed class File
    {
        public List<Entry> Duties { get; set; } = [];
    }

    private sealed class Entry : Variant
    {
        public string Key { get; set; } = "";
        public string TitleJa { get; set; } = "";
        public string TitleEn { get; set; } = "";
        public string BasisJa { get; set; } = "";
        public string BasisEn { get; set; } = "";
        public List<Variant> Variants { get; set; } = [];

        public DeadlineDuty ToDuty(string file) => new(Key, TitleJa, TitleEn, BasisJa, BasisEn,
            [.. (Versions.Count > 0 ? [this] : Variants).Select(variant => variant.ToVariant($"{file}, {Key}"))]);
    }

    private class Variant
    {
        public string? When { get; set; }
        public string WhenJa { get; set; } = "";
        public string WhenEn { get; set; } = "";
        public List<Version> Versions { get; set; } = [];

        public DeadlineVariant ToVariant(string where) => new(When, Versions.ConvertAll(version => version.ToRule(where)), WhenJa, WhenEn);
    }

    private sealed class Version
    {
        public string ValidFrom { get; set; } = "";
        public int Amount { get; set; }
        public string Unit { get; set; } = "";
        public bool FirstDayCounts { get; set; }
        public int ExtraDays { get; set; }
        public string Shift { get; set; } = "";
        public string Closed { get; set; } = "";
        public string Source { get; set; } = "";
        public bool Verified { get; set; }

        public DeadlineRule ToRule(string where) => new(Amount, Named<DeadlineUnit>(Unit, where), FirstDayCounts, ExtraDays, Named<DeadlineShift>(Shift, where),
            Named<ClosedDays>(Closed, where), DateOnly.ParseExact(ValidFrom, "yyyy-MM-dd", CultureInfo.InvariantCulture), Source, Verified);

        private static T Named<T>(string word, string where) where T : struct, Enum =>
            Enum.TryParse<T>(word.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var value) ? value : throw new InvalidDataException($"{where}: \"{word}\" is no {typeof(T).Name}.");
    }
}
