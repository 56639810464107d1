using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Notifications;

/// <summary>One notice as its person sees it here; the same row that a mail tells of.</summary>
/// <param name="Title">What it is about; null: it has no thing.</param>
/// <param name="Link">Path of its thing; null: there is nothing to open.</param>
/// <param name="Place">Its place in the list it was read for.</param>
public sealed record InboxItem(long Id, string Template, string? Title, DateOnly? DueOn, DateTime At, DateTime? ReadAt, DateTime? ClosedAt, string? Link, string Place)
{
    /// <summary>A matter that is settled needs no reading.</summary>
    public bool IsUnread => ReadAt is null && ClosedAt is null;
}

/// <summary>The reader's own notices, and no one else's.</summary>
public sealed class Inbox(Db db, Settings settings)
{
    public static readonly ListOrder Newest = new("when", new SortKey("n.id")) { IsNewestFirst = true };

    /// <summary>What counts in the shell: not read, not settled. Secret links are for those who cannot sign in yet.</summary>
    public const string Unread = "n.person_id = @person and n.read_at is null and n.closed_at is null and " + Shown;

    private const string Shown = "n.template not in ('accounts/invitation', 'accounts/password-reset', 'accounts/sign-in-code')";

    public async Task<ListPage<InboxItem>> ListAsync(CurrentUser user, bool unread, ListSlice slice, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var parameters = new Dictionary<string, object?> { ["person"] = user.PersonId, ["limit"] = slice.Limit };
        var rows = await connection.ListAsync<Row>($"""
            select n.id, n.template, n.subject, n.urgency, n.due_on, n.model::text as model, n.created_at as at, n.read_at, n.closed_at, {slice.Order.Place} as place
            from notices n where {(unread ? Unread : $"n.person_id = @person and {Shown}")} {slice.Behind(parameters)} order by {slice.OrderBy} limit @limit
            """, parameters, ct);
        var page = slice.Page(rows, row => row.Place);
        var context = new MailContext(await CompanyStore.LoadAsync(connection, ct), await BusinessCalendars.LoadAsync(connection, ct), await connection.FirstAsync<DateOnly>("select tokyo_date(business_now())", ct: ct), user.Name, user.Language, settings.PublicAddress, Again: false);
        return new ListPage<InboxItem>([.. page.Rows.Select(row => Item(row, context))], page.Before, page.After);
    }

    /// <summary>How many there are, at most one more than <see cref="Platform.Web.ListQuery.Exact"/>.</summary>
    public async Task<long> CountAsync(CurrentUser user, bool unread, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>($"select count(*) from (select from notices n where {(unread ? Unread : $"n.person_id = @person and {Shown}")} limit {Platform.Web.ListQuery.Cap}) counted", new { person = user.PersonId }, ct);
    }

    /// <summary>The number of the reader's newest notice; 0: none.</summary>
    public async Task<long> NewestAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>("select coalesce(max(id), 0) from notices where person_id = @PersonId", user, ct);
    }

    /// <summary>Notes that the reader has seen one.</summary>
    /// <exception cref="NotFound">It is not theirs.</exception>
    public async Task ReadAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (await work.ExecuteAsync("update notices set read_at = coalesce(read_at, @Now) where id = @id and person_id = @PersonId", new { id, user.PersonId, work.Now }, ct) == 0)
        {
            throw new NotFound();
        }
        await work.CommitAsync(ct);
    }

    /// <summary>Notes that the reader has seen all.</summary>
    /// <param name="upTo">The newest they were shown: what came since stays unread.</param>
    /// <returns>How many were unread.</returns>
    public async Task<int> ReadAllAsync(CurrentUser user, long upTo, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var rows = await work.ExecuteAsync($"update notices n set read_at = @Now where n.id <= @upTo and {Unread}", new { upTo, person = user.PersonId, work.Now }, ct);
        await work.CommitAsync(ct);
        return rows;
    }

    /// <summary>The reader came by a notice's link. Only its own person counts, and the first time.</summary>
    /// <param name="byMail">By the link of the mail, not of the inbox.</param>
    public async Task FollowAsync(CurrentUser user, long id, bool byMail, CancellationToken ct)
    {
        if (user.PersonId is null)
        {
            return;
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (await work.ExecuteAsync("""
            update notices set read_at = coalesce(read_at, @Now), opened_at = coalesce(opened_at, case when @byMail and mail_id is not null then @Now end)
            where id = @id and person_id = @PersonId and (read_at is null or opened_at is null and @byMail and mail_id is not null)
            """, new { id, user.PersonId, byMail, work.Now }, ct) > 0)
        {
            await work.CommitAsync(ct);
        }
    }

    private static InboxItem Item(Row row, MailContext context)
    {
        var title = MailModel.TitleOf(new TellingNotice(row.Id, row.Template, row.Subject, row.Urgency, row.DueOn, row.Model), context);
        using var json = System.Text.Json.JsonDocument.Parse(row.Model);
        var link = json.RootElement.TryGetProperty("link", out var own) && own.ValueKind == System.Text.Json.JsonValueKind.String && own.GetString() is { } path && LocalPath(path) ? path
            : row.Template.StartsWith("training/", StringComparison.Ordinal) ? "/training/mine" : null;
        return new InboxItem(row.Id, row.Template, title, row.DueOn, row.At, row.ReadAt, row.ClosedAt, link, row.Place);
    }

    private static bool LocalPath(string path) => path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal);

    private sealed record Row(long Id, string Template, string Subject, int Urgency, DateOnly? DueOn, string Model, DateTime At, DateTime? ReadAt, DateTime? ClosedAt, string Place);
}
