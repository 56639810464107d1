using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Templates;
using AuditTracker.Platform;

namespace AuditTracker.Notifications;

/// <summary>A mail in the list of mails.</summary>
/// <param name="Changed">Parts that say something else than the shipped ones.</param>
/// <param name="Unsound">Of these, parts that are passed over.</param>
public sealed record ListedMail(string Mail, int Changed, int Unsound);

/// <summary>One file of a mail.</summary>
/// <param name="Own">The override as it stands, sound or not; null: the shipped one is in force.</param>
/// <param name="Problem">Why the override is passed over.</param>
public sealed record PartRecord(MailPart Part, string Shipped, string? Own, string? Problem, IReadOnlyList<PartChange> Changes);

/// <summary>Who changed a file of a mail, and when; <paramref name="IsShipped"/>: back to the shipped one.</summary>
public sealed record PartChange(DateTime At, string By, bool IsShipped);

/// <summary>An override that is not in force, or that nobody saved here.</summary>
/// <param name="Problem">Null: it is sound, but was put there by hand.</param>
public sealed record TemplateState(string Name, string? Problem)
{
    /// <summary>Null: no mail has this name.</summary>
    public MailPart? Part => MailPart.Of(Name);
}

/// <summary>The reads of /mails/templates.</summary>
public sealed class MailTemplates(Db db, Templates templates, MailSamples samples)
{
    public IReadOnlyList<ListedMail> List()
    {
        var overridden = templates.Overridden();
        return [.. samples.Mails.Select(mail =>
        {
            var own = overridden.Where(name => MailPart.Of(name)?.Mail == mail).ToList();
            return new ListedMail(mail, own.Count, own.Count(name => templates.ProblemOf(name) is not null));
        })];
    }

    /// <summary>The parts a mail has, in one language.</summary>
    /// <exception cref="NotFound">No such mail.</exception>
    public IReadOnlyList<MailPart> PartsOf(string mail, string language) => samples.Has(mail) && language is "ja" or "en"
        ? [.. MailPart.All.Select(part => new MailPart(mail, language, part)).Where(part => templates.Has(part.Name))] : throw new NotFound();

    public async Task<PartRecord> FindAsync(MailPart part, CancellationToken ct)
    {
        if (!PartsOf(part.Mail, part.Language).Contains(part))
        {
            throw new NotFound();
        }
        await using var connection = await db.OpenAsync(ct);
        return new PartRecord(part, templates.Shipped(part.Name), templates.OverrideOf(part.Name), templates.ProblemOf(part.Name), await connection.ListAsync<PartChange>("""
            select c.at, coalesce(p.name, a.sign_in) as by, c.text is null as is_shipped from mail_template_changes c join accounts a on a.id = c.account_id left join people p on p.id = a.person_id
            where c.template = @Name order by c.id desc limit 20
            """, new { part.Name }, ct));
    }

    /// <summary>For /health: what is passed over and why, and what was changed past this program.</summary>
    public async Task<IReadOnlyList<TemplateState>> StatesAsync(CancellationToken ct)
    {
        var overridden = templates.Overridden();
        if (overridden.Count == 0)
        {
            return [];
        }
        await using var connection = await db.OpenAsync(ct);
        var saved = (await connection.ListAsync<(string Name, string? Text)>("select distinct on (template) template, text from mail_template_changes order by template, id desc", ct: ct)).ToDictionary(row => row.Name, row => row.Text);
        return [.. overridden.Select(name => new TemplateState(name, MailPart.Of(name) is null ? "no mail has this name" : templates.ProblemOf(name)))
            .Where(state => state.Problem is not null || saved.GetValueOrDefault(state.Name) != templates.OverrideOf(state.Name))];
    }
}
