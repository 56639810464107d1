namespace AuditTracker.Controls;

/// <summary>One file of <c>templates/frameworks</c>: a framework, its themes and its items in clause order.</summary>
internal sealed class FrameworkFile
{
    public string Key { get; set; } = "";
    public int Order { get; set; }
    public string NameJa { get; set; } = "";
    public string NameEn { get; set; } = "";
    public string TitleJa { get; set; } = "";
    public string TitleEn { get; set; } = "";
    public string Edition { get; set; } = "";
    public bool Archived { get; set; }
    public bool Reference { get; set; }

    /// <summary>The excludability of items that name none.</summary>
    public string Excludable { get; set; } = "";
    public List<Theme> Themes { get; set; } = [];
    public List<Entry> Items { get; set; } = [];

    public sealed class Theme
    {
        public string Key { get; set; } = "";
        public string TitleJa { get; set; } = "";
        public string TitleEn { get; set; } = "";
    }

    public sealed class Entry
    {
        public string Ref { get; set; } = "";

        /// <summary>What people see; absent when it equals <see cref="Ref"/>.</summary>
        public string? OfficialRef { get; set; }
        public string TitleJa { get; set; } = "";
        public string TitleEn { get; set; } = "";
        public string Theme { get; set; } = "";
        public bool Group { get; set; }
        public bool Shown { get; set; } = true;
        public string? Excludable { get; set; }
        public string? NeedsProof { get; set; }
        public bool Verified { get; set; } = true;
        public List<string> UnverifiedFields { get; set; } = [];

        /// <summary>Only in the 2013 edition: the items of 2022 it became.</summary>
        public List<string> Mapped2022 { get; set; } = [];
        public string? Relation { get; set; }
    }

    /// <summary>Refuses a file that contradicts itself, naming file, item and fault.</summary>
    /// <exception cref="InvalidDataException">At the first contradiction.</exception>
    public void Check()
    {
        Require(Key.Length > 0 && TitleJa.Length > 0 && TitleEn.Length > 0 && NameJa.Length > 0 && NameEn.Length > 0 && Edition.Length > 0, "", "key, titles, names and edition are needed");
        RequireExcludable(Excludable, "");
        var themes = Themes.Select(theme => theme.Key).ToHashSet();
        var refs = new HashSet<string>();
        foreach (var item in Items)
        {
            Require(item.Ref.Length > 0, item.TitleEn, "has no ref");
            Require(refs.Add(item.Ref), item.Ref, "stands twice");
            Require(item.TitleJa.Length > 0 && item.TitleEn.Length > 0, item.Ref, "needs both titles");
            Require(item.Theme.Length == 0 || themes.Contains(item.Theme), item.Ref, $"names the unknown theme {item.Theme}");
            RequireExcludable(item.Excludable ?? Excludable, item.Ref);
        }
    }

    private void RequireExcludable(string value, string itemRef) => Require(value is "yes" or "na" or "no", itemRef, $"excludable is yes, na or no, not \"{value}\"");

    private void Require(bool holds, string itemRef, string fault)
    {
        if (!holds)
        {
            throw new InvalidDataException($"Framework {Key} {itemRef}: {fault}.");
        }
    }
}

/// <summary>The content of <c>templates/frameworks/mapping.yaml</c>.</summary>
internal sealed class MappingFile
{
    public List<Pair> Mappings { get; set; } = [];

    /// <summary>A proposed pair, read in both directions.</summary>
    public sealed class Pair
    {
        public string FromFramework { get; set; } = "";
        public string FromRef { get; set; } = "";
        public string ToFramework { get; set; } = "";
        public string ToRef { get; set; } = "";

        /// <summary><c>equivalent</c>, <c>partial</c> or <c>related</c>.</summary>
        public string Strength { get; set; } = "";
        public string? Note { get; set; }
    }
}
