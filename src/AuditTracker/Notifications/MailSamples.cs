using System.Globalization;
using AuditTracker.Platform.Files;

namespace AuditTracker.Notifications;

/// <summary>One file of one mail: <c>evidence/collection-opened</c>, <c>ja</c>, <c>subject</c>.</summary>
public sealed record MailPart(string Mail, string Language, string Part)
{
    /// <summary>The parts in the order in which a mail is read; the last two are what the mail of the day shows of it.</summary>
    public static readonly IReadOnlyList<string> All = ["subject", "text", "html", "line", "row"];

    /// <summary>As <see cref="Platform.Templates.Templates"/> calls it.</summary>
    public string Name => $"mail/{Mail}.{Language}.{Part}";

    public bool IsHtml => Part is "html" or "row";

    /// <summary>Null: no such name.</summary>
    public static MailPart? Of(string name) => name.Split('.') is [var path, ("ja" or "en") and var language, var part] && path.StartsWith("mail/", StringComparison.Ordinal) && All.Contains(part)
        ? new MailPart(path["mail/".Length..], language, part) : null;
}

/// <summary>
/// Sample values of every mail (<c>templates/mail/samples.yaml</c>), to look at a mail that nobody is due, and to try a changed one in every branch.
/// </summary>
public sealed class MailSamples
{
    private readonly File samples;

    private sealed class File
    {
        public Dictionary<string, object> Common { get; set; } = [];
        public Dictionary<string, Dictionary<string, object>> Sets { get; set; } = [];
        public Dictionary<string, Dictionary<string, object>> Mails { get; set; } = [];
    }

    private MailSamples(File samples) => this.samples = samples;

    /// <param name="templates">The folder that holds <c>mail/</c>.</param>
    public static MailSamples Load(string templates) => new(YamlFile.Read<File>(Path.Combine(templates, "mail", "samples.yaml")));

    /// <summary>Every mail, in the order of the file.</summary>
    public IReadOnlyCollection<string> Mails => samples.Mails.Keys;

    public bool Has(string mail) => samples.Mails.ContainsKey(mail);

    /// <summary>A model in which everything has a value, but for flags that exclude each other.</summary>
    public Dictionary<string, object?> Of(string mail, string language)
    {
        var own = samples.Mails[mail];
        var set = own.TryGetValue("set", out var name) ? samples.Sets[(string)name] : [];
        var model = new Dictionary<string, object?>();
        foreach (var (key, value) in samples.Common.Concat(set).Concat(own.Where(pair => pair.Key != "set")))
        {
            model[key] = Value(value, language);
        }
        model["secretariat"] = new Dictionary<string, object?> { ["name"] = model["secretariat.name"], ["contact"] = model["secretariat.contact"] };
        model.Remove("secretariat.name");
        model.Remove("secretariat.contact");
        if (mail == "notifications/digest")
        {
            model["entries"] = Enumerable.Range(1, 2).Select(number => new Dictionary<string, object?>
            {
                ["number"] = number,
                ["text"] = language == "en" ? $"Requested: access review {number} https://sample.invalid/entry/{number}" : $"依頼中 アクセス権棚卸し {number} https://sample.invalid/entry/{number}",
                ["html"] = $"<li><a href=\"https://sample.invalid/entry/{number}\">{(language == "en" ? "Access review" : "アクセス権棚卸し")} {number}</a></li>",
            }).ToList();
        }
        if (mail == "notifications/layout")
        {
            // The layout gets these three and nothing else.
            model = model.Where(pair => pair.Key is "subject" or "body" or "company").ToDictionary();
        }
        return model;
    }

    private static object? Value(object value, string language) => value switch
    {
        List<object> { Count: 2 } both => Value(both[language == "en" ? 1 : 0], language),
        "true" => true,
        "false" => false,
        string text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => value,
    };
}
