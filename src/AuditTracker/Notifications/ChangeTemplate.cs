using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Templates;
using AuditTracker.Trail;

namespace AuditTracker.Notifications;

/// <summary>A changed template has faults; nothing was saved.</summary>
public sealed class TemplateRefused(IReadOnlyList<TemplateFault> faults) : Exception("The template has faults.")
{
    public IReadOnlyList<TemplateFault> Faults { get; } = faults;
}

/// <summary>Puts a changed part of a mail in force, or the shipped one again. Whoever writes the next mail, in any process, has it.</summary>
public sealed class ChangeTemplate(Db db, Templates templates, CheckTemplate check)
{
    /// <param name="text">The whole new text; line ends become those of the shipped files.</param>
    /// <param name="was">The text the writer began with (its <see cref="Fingerprint"/>).</param>
    /// <exception cref="TemplateRefused">It cannot be used.</exception>
    /// <exception cref="Refusal">TemplateChangedMeanwhile.</exception>
    /// <returns>False: it says what was in force already.</returns>
    public async Task<bool> RunAsync(CurrentUser user, MailPart part, string? text, string was, CancellationToken ct)
    {
        Refuse(user, part);
        var meant = (text ?? "").ReplaceLineEndings("\n");
        // A browser's text field drops the line end that the files end with, and a subject or line has none.
        meant = part.Part is "text" or "html" ? meant.TrimEnd('\n') + "\n" : meant.TrimEnd('\n');
        if (check.Run(part, meant) is { Count: > 0 } faults)
        {
            throw new TemplateRefused(faults);
        }
        return await PutAsync(user, part, meant == templates.Shipped(part.Name) ? null : meant, was, ct);
    }

    /// <summary>The shipped one again.</summary>
    public Task<bool> TakeBackAsync(CurrentUser user, MailPart part, CancellationToken ct)
    {
        Refuse(user, part);
        return PutAsync(user, part, null, null, ct);
    }

    /// <summary>What the mail says now, sound or not: what a writer begins with.</summary>
    public string InForce(MailPart part) => templates.OverrideOf(part.Name) ?? templates.Shipped(part.Name);

    private async Task<bool> PutAsync(CurrentUser user, MailPart part, string? text, string? was, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('template:' || @Name, 0))", new { part.Name }, ct);
        if (was is not null && Fingerprint(InForce(part)) != was)
        {
            throw Refusal.Of<Words>("TemplateChangedMeanwhile");
        }
        if (templates.OverrideOf(part.Name) == text)
        {
            return false;
        }
        await work.ExecuteAsync("insert into mail_template_changes (template, account_id, text, at) values (@Name, @AccountId, @text, @Now)", new { part.Name, user.AccountId, text, work.Now }, ct);
        await work.ActAsync(text is null ? "mail.templateTakenBack" : "mail.templateChanged", $"mailTemplate:{part.Mail}.{part.Language}.{part.Part}", ct: ct);
        // Before the commit: a process that ends in between leaves a changed file, which /health names as put there by hand.
        templates.SetOverride(part.Name, text);
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>Stands in the form for the text it began with.</summary>
    public static string Fingerprint(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))[..32];

    private void Refuse(CurrentUser user, MailPart part)
    {
        if (!user.IsAny(Role.ComplianceManager, Role.Administrator) || !templates.Has(part.Name))
        {
            throw new NotFound();
        }
    }
}
