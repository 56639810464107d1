using AuditTracker.Platform;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>What can be done to many requests at once.</summary>
public enum RequestsAct { Owner, End }

/// <summary>What a change of many requests would do, or did; those it leaves alone with the key of the reason.</summary>
public sealed record RequestsPlan(IReadOnlyList<RequestRow> Can, IReadOnlyList<(RequestRow Row, string Reason)> Cannot);

/// <summary>Gives many requests to somebody else, or ends them: each by its own new version, as its form would make it. Compliance managers only.</summary>
public sealed class ChangeRequests(RequestStore requests, SaveRequest save)
{
    /// <summary>Each is planned anew in a transaction of its own.</summary>
    public const int Most = 200;

    /// <param name="owner">Employee number of the new owner, once chosen.</param>
    /// <param name="endOn">The last day, once chosen.</param>
    /// <exception cref="NotFound">The user may not.</exception>
    /// <exception cref="InvalidInput">Too many at once.</exception>
    public async Task<RequestsPlan> PrepareAsync(CurrentUser user, RequestsAct act, RequestFilter filter, string? owner, DateOnly? endOn, CancellationToken ct)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
        var rows = (await requests.PageAsync(user, filter, new(RequestOrders.Title, Descending: false, Most + 1), ct)).Rows;
        if (rows.Count > Most)
        {
            throw InvalidInput.At<Words>("", "BulkTooMany", Most);
        }
        var judged = rows.Select(row => (Row: row, Reason: Cannot(row, act, owner, endOn))).ToList();
        return new([.. judged.Where(pair => pair.Reason is null).Select(pair => pair.Row)], [.. judged.Where(pair => pair.Reason is not null).Select(pair => (pair.Row, pair.Reason!))]);
    }

    /// <summary>Changes them one by one; what was changed by somebody else meanwhile is left alone and told.</summary>
    public async Task<RequestsPlan> RunAsync(CurrentUser user, RequestsAct act, RequestFilter filter, string? owner, DateOnly? endOn, CancellationToken ct)
    {
        var plan = await PrepareAsync(user, act, filter, owner, endOn, ct);
        var (can, cannot) = (new List<RequestRow>(), plan.Cannot.ToList());
        foreach (var row in plan.Can)
        {
            var input = new RequestInput(row.Title, row.Guidance, row.Minutes, row.Items, act == RequestsAct.Owner ? owner! : row.Owner, row.Reviewer, row.Recurrence, row.OpensOffset, row.DueOffset, row.Unit, row.StartOn,
                act == RequestsAct.End ? endOn : row.EndOn, row.Shift);
            try
            {
                await save.ChangeAsync(user, row.Id, row.Version, input, ct);
                can.Add(row);
            }
            catch (Exception refused) when (refused is Refusal or NotFound)
            {
                cannot.Add((row, refused switch { InvalidInput { Field: "owner" or "reviewer" } => "BulkPeopleLeft", Refusal { Key: "RequestChangedMeanwhile" } => "BulkChangedMeanwhile", _ => "BulkOpenItFirst" }));
            }
        }
        return new(can, cannot);
    }

    private static string? Cannot(RequestRow row, RequestsAct act, string? owner, DateOnly? endOn) => act switch
    {
        RequestsAct.Owner => owner == row.Owner ? "BulkAlreadyTheirs" : owner == row.Reviewer ? "BulkReviewsIt" : row.ReviewerLeft ? "BulkReviewerLeft" : null,
        _ => row.OwnerLeft || row.ReviewerLeft ? "BulkPeopleLeft" : row.EndOn is { } ended && (endOn is null || ended <= endOn) ? "BulkEnded" : endOn < row.StartOn ? "BulkNotBegun" : null,
    };
}
