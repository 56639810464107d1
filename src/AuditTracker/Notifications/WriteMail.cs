using AuditTracker.Calendar;
using AuditTracker.Platform.Templates;

namespace AuditTracker.Notifications;

/// <summary>A mail's words, without who sends it.</summary>
public sealed record WrittenMail(string Subject, string Text, string Html)
{
    /// <summary>The HTML without the page around it.</summary>
    public string Inner { get; init; } = "";
}

/// <summary>
/// Makes one mail of the notices for one person: a single one speaks for itself, several become entries of the digest, most urgent first.
/// </summary>
public sealed class WriteMail(Templates templates)
{
    private const string Digest = "notifications/digest";

    /// <summary>What stands in a stored body instead of a token or code.</summary>
    public const string Mask = "●●●";

    /// <param name="notices">At least one.</param>
    /// <param name="links">Links minted for this mail, or their mask, by notice; the others have their link in the model.</param>
    /// <exception cref="TemplateException">A template is missing, mistaken, or wants a name the model does not have.</exception>
    public WrittenMail Write(MailContext context, IReadOnlyList<TellingNotice> notices, IReadOnlyDictionary<long, string>? links = null)
    {
        using var eras = EraDates.Use(context.Company.EraDates);
        var ordered = notices.OrderBy(notice => notice.Urgency).ThenBy(notice => notice.DueOn ?? DateOnly.MaxValue).ThenBy(notice => notice.Id).ToList();
        var models = ordered.ConvertAll(notice => MailModel.Of(notice, context, links?.GetValueOrDefault(notice.Id)));
        var (template, model) = ordered.Count == 1 ? (ordered[0].Template, models[0]) : (Digest, DigestOf(context, ordered, models));
        var subject = Part(template, "subject", model, context);
        var inner = Part(template, "html", model, context);
        return new WrittenMail(subject, Part(template, "text", model, context), Around(subject, inner, context)) { Inner = inner };
    }

    /// <summary>The page around the HTML of a mail.</summary>
    internal string Around(string subject, string inner, MailContext context) => Part("notifications/layout", "html", new Dictionary<string, object?>
    {
        ["subject"] = subject,
        ["body"] = inner,
        ["company"] = context.Company.NameIn(context.Language),
    }, context);

    private Dictionary<string, object?> DigestOf(MailContext context, List<TellingNotice> notices, List<Dictionary<string, object?>> models)
    {
        // What the reader is asked for has an urgency of its own; what they are told about others (a review, a manager's word) has not.
        var asked = notices.ConvertAll(notice => notice.Urgency < (int)Urgency.Other);
        var minutes = models.ConvertAll(model => model.GetValueOrDefault("minutes") as long?);
        var late = notices.Where((notice, i) => asked[i] && notice.DueOn < context.Today).Count();
        var next = notices.Where(notice => notice.DueOn >= context.Today).Min(notice => notice.DueOn);
        var digest = MailModel.Common(context, MailModel.Absolute("/", context));
        // A mail with one new matter in it is not the same again, or the new one would be passed over.
        digest["again"] = context.Again || models.TrueForAll(model => model["again"] is true);
        digest["count"] = notices.Count;
        digest["overdueCount"] = late > 0 ? late : null;
        // A sum that leaves somebody's minutes out would promise too little.
        digest["totalMinutes"] = minutes.Contains(null) || minutes.Sum() == 0 ? null : minutes.Sum();
        digest["dueOnShort"] = next is { } day ? DateText.Subject(day, context.Language) : null;
        digest["onlyEvidence"] = notices.Select((notice, i) => asked[i] && notice.Template.StartsWith("evidence/", StringComparison.Ordinal)).All(hands => hands);
        digest["entries"] = notices.Select((notice, i) => new Dictionary<string, object?>
        {
            ["number"] = i + 1,
            ["text"] = Part(notice.Template, "line", models[i], context).TrimEnd(),
            ["html"] = Part(notice.Template, "row", models[i], context).TrimEnd(),
        }).ToList();
        return digest;
    }

    private string Part(string template, string part, Dictionary<string, object?> model, MailContext context) =>
        templates.Render($"mail/{template}.{context.Language}.{part}", model);
}
