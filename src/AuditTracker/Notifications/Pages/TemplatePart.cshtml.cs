using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Notifications.Pages;

/// <summary>One part of a mail in one language: what it says, what shipped, and how they differ.</summary>
[May(Role.ComplianceManager, Role.Administrator)]
public sealed class TemplatePartModel(MailTemplates templates, ChangeTemplate change, CheckTemplate check, MailSamples samples, IStringLocalizer<AuditTracker.Notifications.Words> words) : PageModel
{
    [FromQuery(Name = "check")] public string? Check { get; set; }

    [BindProperty] public string? Text { get; set; }
    [BindProperty(Name = "was")] public string? Was { get; set; }

    public MailPart Part { get; private set; } = null!;
    public PartRecord Record { get; private set; } = null!;
    public IReadOnlyList<TemplateFault> Faults { get; private set; } = [];
    public string Name => MailNames.Of(words, Part.Mail);
    public string Path => $"/mails/templates/{Part.Mail}/{Part.Language}/{Part.Part}";
    public IReadOnlyList<DiffLine> Differences => LineDiff.Of(Record.Shipped, Record.Own ?? Record.Shipped);

    /// <summary>Names the part may use, each with its sample.</summary>
    public IEnumerable<(string Name, string Value)> Names
    {
        get
        {
            var model = samples.Of(Part.Mail, Part.Language);
            return check.NamesOf(Part.Mail).Select(name => (name, (name.Split('.') is [var outer, var inner] ? (model[outer] as Dictionary<string, object?>)?[inner] : model[name]) switch
            {
                bool flag => words[flag ? "FlagTrue" : "FlagFalse"].Value,
                IEnumerable<Dictionary<string, object?>> => "",
                var value => $"{value}",
            }));
        }
    }

    public bool HasEntries => check.NamesOf(Part.Mail).Contains("entries");

    public async Task OnGetAsync(string room, string mail, string language, string part, CancellationToken ct)
    {
        await LoadAsync(room, mail, language, part, ct);
        Text = change.InForce(Part);
        Was = ChangeTemplate.Fingerprint(Text);
        Faults = Record.Problem is null ? [] : check.Run(Part, Text);
    }

    public async Task<IActionResult> OnPostAsync(string room, string mail, string language, string part, CancellationToken ct)
    {
        await LoadAsync(room, mail, language, part, ct);
        try
        {
            var isNew = await change.RunAsync(HttpContext.CurrentUser(), Part, Text, Was ?? "", ct);
            return this.Done(Path, words[isNew ? "TextSaved" : "TextUnchanged"], $"/mails/templates/{Part.Mail}?language={Part.Language}", words["SeeMail"]);
        }
        catch (TemplateRefused refused)
        {
            Faults = refused.Faults;
            ModelState.AddModelError(nameof(Text), words["TemplateNotSaved"]);
            return this.Invalid();
        }
        catch (Refusal refusal) when (refusal is not InvalidInput)
        {
            return this.Refused(refusal);
        }
    }

    public async Task<IActionResult> OnPostShippedAsync(string room, string mail, string language, string part, CancellationToken ct)
    {
        await LoadAsync(room, mail, language, part, ct);
        await change.TakeBackAsync(HttpContext.CurrentUser(), Part, ct);
        return this.Done(Path, words["ShippedAgain"]);
    }

    public CheckFirst BackToShipped() => new(words["TakeShipped"], words["TakeShippedMeans"], words["NobodyMailed"], (words["MailPart"], $"{Name} {words["Part" + Part.Part]}"), $"{Path}?handler=shipped", words["TakeShipped"], Path);

    public string Say(TemplateFault fault) => words["Fault" + fault.Key, fault.Args];

    /// <summary>The line as it was typed.</summary>
    public string? LineOf(TemplateFault fault) => fault.Line > 0 && (Text ?? "").ReplaceLineEndings("\n").Split('\n').ElementAtOrDefault(fault.Line - 1) is { Length: > 0 } line ? line.Length > 200 ? line[..200] + "…" : line : null;

    private async Task LoadAsync(string room, string mail, string language, string part, CancellationToken ct)
    {
        Part = new MailPart($"{room}/{mail}", language, part);
        Record = await templates.FindAsync(Part, ct);
    }
}
