using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.People;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Templates;
using AuditTracker.Trail;
using Npgsql;

namespace AuditTracker.Notifications;

/// <summary>A mail to look at; nothing of it is sent.</summary>
/// <param name="Line">What the mail of the day says of it; null: it never stands in one.</param>
public sealed record SeenMail(string Subject, string Text, string Html, string Inner, string? Line = null, string? Row = null);

/// <summary>Somebody whose mail can be looked at.</summary>
/// <param name="Waiting">Notices for the next mail.</param>
/// <param name="Open">Notices of matters that are not settled, told or not.</param>
public sealed record SeenPerson(long Id, string EmployeeNo, string Name, string Language, int Waiting, int Open);

/// <summary>Shows any mail without sending it: with sample values, or with the notices that somebody really has. Secrets are masked.</summary>
public sealed class PreviewMail(Db db, WriteMail writer, Templates templates, MailSamples samples, IEnumerable<SecretMail> secrets, Settings settings)
{
    /// <summary>A mail with sample values, from this company.</summary>
    /// <param name="few">Nothing in it that may be missing.</param>
    /// <exception cref="NotFound">No such mail.</exception>
    public async Task<SeenMail> OfSampleAsync(CurrentUser user, string mail, string language, bool few, CancellationToken ct)
    {
        if (!Sees(user) || !samples.Has(mail))
        {
            throw new NotFound();
        }
        await using var connection = await db.OpenAsync(ct);
        var context = await ContextAsync(connection, user.Name, language, ct);
        var model = samples.Of(mail, language);
        if (few)
        {
            var asked = MailPart.All.Select(part => $"mail/{mail}.{language}.{part}").Where(templates.Has)
                .SelectMany(name => TemplateTags.Read(templates.OverrideOf(name) ?? templates.Shipped(name)).Tags).Where(tag => tag.Kind is "if" or "unless").Select(tag => tag.Word);
            foreach (var name in asked.Where(name => !name.Contains('.', StringComparison.Ordinal)))
            {
                model[name] = model.GetValueOrDefault(name) is bool ? false : null;
            }
        }
        model["company"] = context.Company.NameIn(language);
        if (mail == "notifications/layout")
        {
            return new SeenMail("", "", templates.Render($"mail/{mail}.{language}.html", model), "");
        }
        model["secretariat"] = MailModel.Common(context, "/")["secretariat"];
        var subject = templates.Render($"mail/{mail}.{language}.subject", model);
        var inner = templates.Render($"mail/{mail}.{language}.html", model);
        return new SeenMail(subject, templates.Render($"mail/{mail}.{language}.text", model), writer.Around(subject, inner, context), inner, Entry("line"), Entry("row"));

        string? Entry(string part) => templates.Has($"mail/{mail}.{language}.{part}") ? templates.Render($"mail/{mail}.{language}.{part}", model) : null;
    }

    /// <summary>The mail somebody would get now. Only for those who may read what mails say.</summary>
    /// <param name="told">With what was told before and is still open.</param>
    /// <returns>Null: nothing to tell.</returns>
    public async Task<SeenMail?> OfPersonAsync(CurrentUser user, long person, string language, bool told, CancellationToken ct)
    {
        RefuseOthers(user);
        await using var connection = await db.OpenAsync(ct);
        var name = await connection.FirstAsync<string?>("select name from people where id = @person", new { person }, ct) ?? throw new NotFound();
        var notices = await connection.ListAsync<TellingNotice>("""
            select id, template, subject, urgency, due_on, model::text as model from notices
            where person_id = @person and closed_at is null and (@told or mail_id is null) order by id limit 200
            """, new { person, told }, ct);
        var context = await ContextAsync(connection, name, language, ct);
        var masks = MaskedLinks.Of(secrets, notices);
        if (notices.Count == 0)
        {
            return null;
        }
        try
        {
            var written = writer.Write(context, notices, masks);
            return new SeenMail(written.Subject, written.Text, written.Html, written.Inner);
        }
        catch (TemplateException)
        {
            throw Refusal.Of<Words>("CannotBeWritten");
        }
    }

    /// <summary>People to choose from: those with something to tell first. At most twenty.</summary>
    public async Task<IReadOnlyList<SeenPerson>> PeopleAsync(CurrentUser user, string? search, CancellationToken ct)
    {
        RefuseOthers(user);
        await using var connection = await db.OpenAsync(ct);
        var (pattern, number) = (NameKey.Pattern(search), search?.Trim());
        return await connection.ListAsync<SeenPerson>("""
            with today as materialized (select tokyo_date(business_now()) as today)
            select p.id, p.employee_no, p.name, p.language, n.waiting, n.open
            from people p cross join today cross join lateral (
                select (count(*) filter (where mail_id is null))::int as waiting, count(*)::int as open from notices where person_id = p.id and closed_at is null) n
            where coalesce(p.left_on >= today.today, true)
              and (@pattern::text is null and n.open > 0 or replace(p.name_key, ' ', '') like @pattern or p.employee_no = @number)
            order by n.waiting > 0 desc, n.open desc, p.employee_no limit 20
            """, new { pattern, number }, ct);
    }

    /// <summary>Somebody by their number.</summary>
    /// <exception cref="NotFound">Nobody, or not for the caller.</exception>
    public async Task<SeenPerson> FindAsync(CurrentUser user, string employeeNo, CancellationToken ct)
    {
        RefuseOthers(user);
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<SeenPerson>("""
            select p.id, p.employee_no, p.name, p.language,
                (select count(*)::int from notices where person_id = p.id and closed_at is null and mail_id is null) as waiting,
                (select count(*)::int from notices where person_id = p.id and closed_at is null) as open
            from people p where p.employee_no = @employeeNo
            """, new { employeeNo }, ct) ?? throw new NotFound();
    }

    /// <summary>Sends the caller, and nobody else, a mail as it was seen.</summary>
    /// <returns>The mail's id.</returns>
    public async Task<long> SendToSelfAsync(CurrentUser user, SeenMail seen, string what, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var notice = new Notice($"preview/{user.AccountId}/{Guid.NewGuid():N}", "notifications/preview", user.PersonId, $"account:{user.AccountId}")
        {
            Model = new Dictionary<string, object?> { ["said"] = seen.Subject, ["saidText"] = seen.Text, ["saidHtml"] = seen.Inner, ["link"] = "/mails/templates" },
        };
        await work.TellNowAsync(notice, user.PersonId is null ? new Recipient(user.Name, user.SignIn, user.Language) : null, ct);
        var id = await work.FirstAsync<long>("select mail_id from notices where key = @Key", notice, ct);
        await work.ActAsync("mail.test", $"account:{user.AccountId}", new Dictionary<string, string?> { ["template"] = what }, ct: ct);
        await work.CommitAsync(ct);
        return id;
    }

    private async Task<MailContext> ContextAsync(NpgsqlConnection connection, string name, string language, CancellationToken ct) => new(
        await CompanyStore.LoadAsync(connection, ct), await BusinessCalendars.LoadAsync(connection, ct), await connection.FirstAsync<DateOnly>("select tokyo_date(business_now())", ct: ct),
        name, language, settings.PublicAddress, Again: false);

    private static bool Sees(CurrentUser user) => user.IsAny(Role.ComplianceManager, Role.Administrator);

    private static void RefuseOthers(CurrentUser user)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
    }
}
