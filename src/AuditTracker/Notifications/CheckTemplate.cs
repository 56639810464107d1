using AuditTracker.Platform.Templates;

namespace AuditTracker.Notifications;

/// <summary>
/// Tries a mail's template before anybody gets it: its tags by line, then filled in with sample values in every combination of what it asks about, so that
/// each branch runs both ways. What the shipped one always says (the link, who sends it) the changed one must say too.
/// </summary>
public sealed class CheckTemplate(MailSamples samples, string folder)
{
    /// <summary>Longest template, characters.</summary>
    public const int Longest = 20_000;

    /// <summary>Of a Japanese subject in front of ｜.</summary>
    public const int SubjectLength = 40;

    // 2^12 fillings take some tens of milliseconds; nobody asks about more in one mail.
    private const int MostQuestions = 12;

    private static readonly string[] Needed = ["link", "company", "secretariat.name", "body", "entries"];

    /// <summary>As <see cref="Templates.Vet"/> asks: the first fault in English, for the operator; null: sound.</summary>
    public string? Vet(string name, string text) => MailPart.Of(name) is not { } part || !samples.Has(part.Mail) || !File.Exists(PathOf(part))
        ? "no mail has this name"
        : Run(part, text) is [var first, ..] ? $"line {first.Line}: {first.Key} {string.Join(' ', first.Args)}".TrimEnd() : null;

    /// <returns>Every fault, in the order of lines; empty: sound.</returns>
    public IReadOnlyList<TemplateFault> Run(MailPart part, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [new(0, "TemplateEmpty")];
        }
        if (text.Length > Longest)
        {
            return [new(0, "TemplateTooLong", Longest)];
        }
        var model = samples.Of(part.Mail, part.Language);
        var shipped = File.ReadAllText(PathOf(part));
        var (tags, read) = TemplateTags.Read(text);
        var faults = new List<TemplateFault>(read);
        var raws = TemplateTags.Read(shipped).Tags.Where(tag => tag.IsRaw).Select(tag => tag.Word).ToHashSet();
        foreach (var tag in tags)
        {
            if (!Knows(model, tag))
            {
                faults.Add(new(tag.Line, "NameUnknown", tag.Word));
            }
            else if (tag.IsRaw && part.IsHtml && !raws.Contains(tag.Word))
            {
                faults.Add(new(tag.Line, "RawNotAllowed", tag.Word));
            }
            else if (tag is { Kind: "value", IsRaw: false } && part.IsHtml && raws.Contains(tag.Word))
            {
                // It is markup already: in two braces its readers would see the tags.
                faults.Add(new(tag.Line, "RawNeeded", tag.Word));
            }
        }
        if (part.IsHtml)
        {
            faults.AddRange(MarkupFaults.Of(text, shipped, tags));
        }
        if (faults.Count == 0)
        {
            faults.AddRange(Filled(part, text, shipped, tags, model));
        }
        return [.. faults.OrderBy(fault => fault.Line)];
    }

    /// <summary>Names a template may use, for the page: <c>secretariat.name</c>, <c>entries</c>.</summary>
    public IReadOnlyList<string> NamesOf(string mail) =>
        [.. samples.Of(mail, "ja").SelectMany(pair => pair.Value is Dictionary<string, object?> inner ? inner.Keys.Select(key => $"{pair.Key}.{key}") : [pair.Key])];

    private static bool Knows(Dictionary<string, object?> model, TemplateTag tag) => tag.Word.Split('.') switch
    {
        [var name] when tag.IsInEach && model.GetValueOrDefault("entries") is IEnumerable<Dictionary<string, object?>> entries && entries.First().ContainsKey(name) => true,
        [var name] => model.TryGetValue(name, out var value) && (value is IEnumerable<Dictionary<string, object?>>) == (tag.Kind == "each") && value is not Dictionary<string, object?>,
        [var name, var inner] => tag.Kind != "each" && model.GetValueOrDefault(name) is Dictionary<string, object?> of && of.ContainsKey(inner),
        _ => false,
    };

    private static IEnumerable<TemplateFault> Filled(MailPart part, string text, string shipped, IReadOnlyList<TemplateTag> tags, Dictionary<string, object?> model)
    {
        Func<object, string> mine, theirs;
        try
        {
            (mine, theirs) = (Templates.Trial(part.Name, text), Templates.Trial(part.Name, shipped));
        }
        catch (TemplateException problem)
        {
            return [new(0, "TemplateBroken", problem.Message)];
        }
        var asked = tags.Concat(TemplateTags.Read(shipped).Tags).Where(tag => tag.Kind is "if" or "unless").Select(tag => tag.Word).Distinct().ToList();
        if (asked.Count > MostQuestions)
        {
            return [new(0, "TooManyQuestions", MostQuestions)];
        }
        if (part is { Part: "subject", Language: "ja" } && mine(model) is var subject && (subject.IndexOf('｜') is < 1 or > SubjectLength))
        {
            return [new(1, "SubjectTooLong", SubjectLength, subject)];
        }
        for (var branch = 0; branch < 1 << asked.Count; branch++)
        {
            var given = Without(model, asked.Where((_, i) => (branch >> i & 1) == 1));
            string written;
            try
            {
                written = mine(given);
            }
            catch (TemplateException problem)
            {
                return [new(0, "TemplateBroken", problem.Message)];
            }
            if (Missing(part, written, theirs(given), given) is { } missing)
            {
                return [missing];
            }
        }
        return [];
    }

    /// <summary>What a filled-in text lacks that the shipped one has.</summary>
    private static TemplateFault? Missing(MailPart part, string mine, string theirs, Dictionary<string, object?> model)
    {
        if (string.IsNullOrWhiteSpace(mine))
        {
            return new(0, "TemplateSaysNothing");
        }
        if (part.Part is "line" && mine.Trim().Contains('\n'))
        {
            return new(0, "LineNotOne");
        }
        if (part.Part is "row" && !(mine.TrimStart().StartsWith("<li>", StringComparison.Ordinal) && mine.TrimEnd().EndsWith("</li>", StringComparison.Ordinal)))
        {
            return new(0, "RowNotOne");
        }
        foreach (var name in Needed)
        {
            var value = name.Split('.') is [var outer, var inner] ? (model.GetValueOrDefault(outer) as Dictionary<string, object?>)?.GetValueOrDefault(inner) : model.GetValueOrDefault(name);
            string[] texts = value switch
            {
                string text => [text],
                IEnumerable<Dictionary<string, object?>> entries => [.. entries.Select(entry => part.IsHtml ? (string)entry["html"]! : (string)entry["text"]!)],
                _ => [],
            };
            if (texts.Any(text => Says(theirs, text) && !Says(mine, text)))
            {
                return new(0, "NameNeeded", name);
            }
        }
        return null;
    }

    private static bool Says(string written, string text) => written.Contains(text, StringComparison.Ordinal) || System.Net.WebUtility.HtmlDecode(written).Contains(text, StringComparison.Ordinal);

    /// <summary>The model with these names turned: a flag the other way, all else without a value.</summary>
    private static Dictionary<string, object?> Without(Dictionary<string, object?> model, IEnumerable<string> names)
    {
        var given = new Dictionary<string, object?>(model);
        foreach (var name in names)
        {
            if (name.Split('.') is [var outer, var inner])
            {
                given[outer] = new Dictionary<string, object?>((Dictionary<string, object?>)given[outer]!) { [inner] = null };
            }
            else
            {
                given[name] = given.GetValueOrDefault(name) is bool flag ? !flag : null;
            }
        }
        return given;
    }

    private string PathOf(MailPart part) => Path.Combine(folder, part.Name + ".hbs");
}
