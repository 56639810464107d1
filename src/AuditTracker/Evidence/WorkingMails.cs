using AuditTracker.Calendar;
using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>Notices of what is asked, decided and said around one collection. Nobody is told what they did themselves.</summary>
public static class WorkingMails
{
    private const string Asked = "evidence/collection-asked";
    private const string Commented = "evidence/collection-comment";
    private const string Mentioned = "evidence/collection-mention";
    private const string Answered = "evidence/collection-answered";

    /// <summary>To those who may decide: somebody asks for a waiver or another due date.</summary>
    /// <param name="dueOn">The due date asked for; null: a waiver.</param>
    public static async Task TellAskedAsync(UnitOfWork work, CurrentUser asker, long collection, long ask, string reason, DateOnly? dueOn, CancellationToken ct)
    {
        var facts = (await EvidenceMails.FactsAsync(work, [collection], ct))[0];
        var deciders = dueOn is not null && facts.ReviewerHere && facts.ReviewerId != asker.PersonId ? [facts.ReviewerId] : await ManagersAsync(work, ct);
        await work.TellManyAsync([.. deciders.Where(person => person != asker.PersonId).Select(person => new Notice($"{Asked}:{ask}:{person}", Asked, person, EvidenceMails.Subject(collection))
        {
            DueOn = facts.DueOn,
            Model = new Dictionary<string, object?>(EvidenceMails.Model(facts))
            {
                ["waiver"] = dueOn is null,
                ["askedOn"] = dueOn is { } on ? DateText.Iso(on) : null,
                ["askerName"] = asker.Name,
                ["comment"] = OneLine(reason),
                ["link"] = $"/evidence/collections/{collection}/{(dueOn is null ? "waiver" : "due")}",
            },
        })], ct);
    }

    /// <summary>To the owner and to who asked: how it was decided. What was told before is settled by it.</summary>
    /// <param name="outcome">waived, waiverDeclined, waiverUndone, dueMoved or dueDeclined.</param>
    /// <param name="dueBefore">The due date that was moved.</param>
    public static async Task TellAnsweredAsync(UnitOfWork work, CurrentUser decider, long collection, string outcome, string reason, DateOnly? dueBefore, OpenAsk? ask, CancellationToken ct)
    {
        await (outcome is "waived" or "waiverUndone" ? work.SettleAsync(EvidenceMails.Subject(collection), ct: ct) : SettleAskAsync(work, collection, ct));
        var facts = (await EvidenceMails.FactsAsync(work, [collection], ct))[0];
        long?[] told = [facts.OwnerHere ? facts.OwnerId : null, ask?.ByPerson];
        var step = await work.FirstAsync<string>("""
            select 'a' || coalesce((select max(id) from collection_acts where collection_id = @collection), 0) || 'n' || coalesce((select max(id) from collection_notes where collection_id = @collection), 0)
            """, new { collection }, ct);
        string[] outcomes = ["waived", "waiverDeclined", "waiverUndone", "dueMoved", "dueDeclined"];
        var model = new Dictionary<string, object?>(EvidenceMails.Model(facts)) { ["byName"] = decider.Name, ["comment"] = OneLine(reason), ["dueBeforeOn"] = dueBefore is { } on ? DateText.Iso(on) : null };
        foreach (var one in outcomes)
        {
            model[one] = one == outcome;
        }
        await work.TellManyAsync([.. told.OfType<long>().Distinct().Where(person => person != decider.PersonId).Select(person =>
            new Notice($"{Answered}:{collection}:{step}:{person}", Answered, person, EvidenceMails.Subject(collection)) { DueOn = facts.DueOn, Model = model })], ct);
    }

    /// <summary>To whom it names; else to the other side: from the owner to the reviewer, from the reviewer to the owner, from others to both.</summary>
    public static async Task TellCommentAsync(UnitOfWork work, CurrentUser writer, long collection, long comment, string words, IReadOnlyList<long> mentioned, CancellationToken ct)
    {
        var facts = (await EvidenceMails.FactsAsync(work, [collection], ct))[0];
        long?[] told = [facts.OwnerHere ? facts.OwnerId : null, facts.ReviewerHere ? facts.ReviewerId : null];
        var model = new Dictionary<string, object?>(EvidenceMails.Model(facts)) { ["byName"] = writer.Name, ["comment"] = OneLine(words), ["minutes"] = null };
        await work.TellManyAsync([.. mentioned.Concat(told.OfType<long>()).Distinct().Where(person => person != writer.PersonId)
            .Select(person => (Person: person, Mail: mentioned.Contains(person) ? Mentioned : Commented))
            .Select(one => new Notice($"{one.Mail}:{comment}:{one.Person}", one.Mail, one.Person, Comment(comment)) { DueOn = facts.DueOn, Model = model })], ct);
    }

    /// <summary>What was taken back is not told any more.</summary>
    public static Task SettleCommentAsync(UnitOfWork work, long comment, CancellationToken ct) => work.SettleAsync(Comment(comment), ct: ct);

    /// <summary>Whoever has read what names them needs no mail about it.</summary>
    public static Task SettleMentionsAsync(UnitOfWork work, IEnumerable<long> comments, long person, CancellationToken ct) => work.SettleManyAsync([.. comments.Select(Comment)], [Mentioned], person, ct);

    private static string Comment(long id) => $"comment:{id}";

    /// <summary>Nobody has to decide any more.</summary>
    public static Task SettleAskAsync(UnitOfWork work, long collection, CancellationToken ct) => work.SettleAsync(EvidenceMails.Subject(collection), [Asked], ct: ct);

    /// <summary>Compliance managers of today.</summary>
    internal static Task<IReadOnlyList<long>> ManagersAsync(UnitOfWork work, CancellationToken ct) => work.QueryAsync<long>("""
        select distinct a.person_id from role_grants g join accounts a on a.id = g.account_id join people p on p.id = a.person_id
        where g.role = 'complianceManager' and @Today between g.from_on and coalesce(g.to_on, 'infinity') and a.disabled_at is null and (p.left_on is null or p.left_on >= @Today)
        order by 1
        """, new { work.Today }, ct);

    internal static string OneLine(string words) => string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
