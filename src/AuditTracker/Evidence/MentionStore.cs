using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>A comment that names the reader and that they have not opened yet.</summary>
public sealed record MentionRow(long NoteId, long CollectionId, string Title, DateOnly PeriodFrom, DateOnly PeriodTo, string By, DateTime At, string Words);

/// <summary>SQL of who is named in comments. Nobody is named who may not see the collection.</summary>
public sealed class MentionStore(Db db)
{
    private const string IsEmployed = "(p.left_on is null or p.left_on >= tokyo_date(business_now()))";

    // Alias m, n: not opened since, and not taken back.
    private const string IsNew = """
        not exists (select 1 from comment_mentions_seen s where s.note_id = m.note_id and s.person_id = m.person_id)
        and not exists (select 1 from collection_notes u where u.answers = m.note_id and u.kind = 'uncomment')
        """;

    /// <summary>The people a comment on a locked collection is for, each once.</summary>
    /// <param name="to">Employee numbers that were chosen beside the words.</param>
    /// <exception cref="InvalidInput">See <see cref="CommentOnCollection.AddAsync"/>.</exception>
    public static async Task<IReadOnlyList<long>> MeantAsync(UnitOfWork work, long collection, string words, IReadOnlyList<string> to, CancellationToken ct)
    {
        var typed = Mentions.In(words);
        if (typed.Count == 0 && to.Count == 0)
        {
            return [];
        }
        if (typed.Count + to.Count > Mentions.Most)
        {
            throw InvalidInput.At<Words>("words", "MentionTooMany", Mentions.Most);
        }
        var may = await work.QueryAsync<Addressee>($"select p.id, p.employee_no, p.name from people p where p.id = any({CollectionScope.Readers}) and {IsEmployed} order by p.id", new { collection }, ct);
        var others = typed.Count == 0 ? [] : await work.QueryAsync<(string Number, string Name)>($"select p.employee_no, p.name from people p where {IsEmployed} and (replace(p.name_key, ' ', '') like any(@begins) or lower(p.employee_no) = any(@numbers))",
            new { begins = typed.Select(Mentions.Begins).ToArray(), numbers = typed.Select(Mentions.Number).OfType<string>().ToArray() }, ct);
        var found = to.Select(number => may.FirstOrDefault(one => one.EmployeeNo == number) ?? throw InvalidInput.At<Words>("to", "MentionMayNotSee")).ToList();
        foreach (var mention in typed.Select(one => Mentions.Read(one, may, [.. others.Select(other => other.Name)], [.. others.Select(other => other.Number)])).Where(one => one.IsName))
        {
            found.Add(mention.Who.Count switch
            {
                1 => mention.Who[0],
                0 => throw InvalidInput.At<Words>("words", "MentionNobody", mention.Typed),
                _ => throw InvalidInput.At<Words>("words", "MentionSeveral", mention.Typed, string.Join("、", mention.Who.Take(5).Select(one => $"{one.Name} {one.EmployeeNo}"))),
            });
        }
        return [.. found.Select(one => one.Id).Distinct()];
    }

    /// <summary>Writes down whom a comment is for.</summary>
    public static Task AddAsync(UnitOfWork work, long note, IReadOnlyList<long> people, CancellationToken ct) => people.Count == 0 ? Task.CompletedTask
        : work.ExecuteAsync("insert into comment_mentions (note_id, person_id) select @note, person from unnest(@people) person", new { note, people = people.ToArray() }, ct);

    /// <summary>What names the reader and waits to be opened, oldest first.</summary>
    public async Task<IReadOnlyList<MentionRow>> NewAsync(CurrentUser user, int limit, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["limit"] = limit;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<MentionRow>($"""
            select n.id as note_id, c.id as collection_id, {CollectionScope.Title} as title, c.period_from, c.period_to, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, n.at, n.words
            from comment_mentions m join collection_notes n on n.id = m.note_id join collections c on c.id = n.collection_id join request_versions v on v.request_id = c.request_id and v.version = c.version
            left join people p on p.id = n.by_person left join accounts a on a.id = n.by_account
            where m.person_id = @person and n.by_person is distinct from @person and {IsNew} and {CollectionScope.Condition}
            order by n.id limit @limit
            """, parameters, ct);
    }

    /// <summary>The reader has the collection open: what names them there is seen, and its mail, if it has not left, need not be sent.</summary>
    public async Task LookAsync(CurrentUser user, long collection, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        (parameters["collection"], parameters["now"]) = (collection, work.Now);
        var seen = await work.QueryAsync<long>($"""
            insert into comment_mentions_seen (note_id, person_id, at)
            select m.note_id, m.person_id, @now from comment_mentions m join collection_notes n on n.id = m.note_id join collections c on c.id = n.collection_id
            where m.person_id = @person and c.id = @collection and {IsNew} and {CollectionScope.Condition}
            on conflict do nothing returning note_id
            """, parameters, ct);
        if (seen.Count > 0)
        {
            await WorkingMails.SettleMentionsAsync(work, seen, user.PersonId!.Value, ct);
        }
        await work.CommitAsync(ct);
    }
}
