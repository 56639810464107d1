using System.Globalization;
using System.Text.Json;
using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence;

/// <summary>The wire of evidence (design §7). Enters at the same use cases as the pages.</summary>
public static class EvidenceApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/evidence").WithTags("evidence");
        Role[] readers = [Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer];
        api.MapGet("/requests", ListRequests).May(readers);
        api.MapPost("/requests", AddRequest).May(Role.ComplianceManager).Produces<WireId>(StatusCodes.Status201Created).WithMetadata(new DescribedBody(typeof(NewRequestBody), "application/json"));
        api.MapPatch("/requests/{id:long}", ChangeRequest).May(Role.ComplianceManager).WithMetadata(new DescribedBody(typeof(RequestBody), "application/json"));
        api.MapGet("/collections", ListCollections).May(readers);
        api.MapGet("/collections/{id:long}", FindCollection).May(readers);
        api.MapPost("/collections/{id:long}/submissions", Submit).May(Role.ComplianceManager, Role.ControlOwner).DisableAntiforgery().Produces<WireHandedIn>(StatusCodes.Status201Created)
            .WithMetadata(new DescribedBody(typeof(SubmissionBody), "multipart/form-data"), new DescribedHeader("Idempotency-Key", "At most 200 characters; the same key with the same content answers the first result, with other content 409."));
        api.MapDelete("/submissions/{id:long}", Withdraw).May(Role.ComplianceManager, Role.ControlOwner).Produces(StatusCodes.Status204NoContent);
        api.MapPost("/collections/{id:long}/reviews", Review).May(Role.ComplianceManager, Role.Reviewer);
        api.MapPost("/collections/{id:long}/waiver", Waive).May(Role.ComplianceManager, Role.ControlOwner);
        api.MapPost("/collections/{id:long}/owner", Hand).May(Role.ComplianceManager, Role.ControlOwner).Produces(StatusCodes.Status204NoContent);
        api.MapPost("/collections/{id:long}/comments", AddComment).May(Role.ComplianceManager, Role.ControlOwner, Role.Reviewer).Produces<WireId>(StatusCodes.Status201Created);
        api.MapPost("/collections/{id:long}/due", MoveDue).May(Role.ComplianceManager, Role.ControlOwner, Role.Reviewer);
        api.MapGet("/collections/{id:long}/items", ListItems).May(readers);
        api.MapPost("/collections/{id:long}/items", Attach).May(Role.ComplianceManager);
        api.MapGet("/{id:long}/file", Download).May(readers).Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream");
    }

    private static async Task<WirePage<WireRequest>> ListRequests(HttpContext http, RequestStore requests, string? after, int? limit, string? q, string? framework, string? item, CancellationToken ct)
    {
        if (Given(after) is { } cursor && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw InvalidInput.At<Words>("after", "CursorUnknown", cursor);
        }
        var (rows, next) = await requests.ListAsync(http.CurrentUser(), Given(q), Given(framework), Given(item), Given(after), WireLimit.Of(limit), ct);
        return new([.. rows.Select(WireRequest.From)], next);
    }

    private static async Task<IResult> AddRequest(HttpContext http, SaveRequest save, JsonElement body, CancellationToken ct)
    {
        var id = await save.AddAsync(http.CurrentUser(), WireRequest.Read(body, null), ct: ct);
        return Results.Created($"/api/evidence/requests/{id}", new WireId(id));
    }

    private static async Task<WireRequest> ChangeRequest(HttpContext http, long id, SaveRequest save, RequestStore requests, JsonElement body, CancellationToken ct)
    {
        var current = await requests.FindAsync(http.CurrentUser(), id, ct) ?? throw new NotFound();
        var input = WireRequest.Read(body, current);
        await save.ChangeAsync(http.CurrentUser(), id, WireRequest.MadeOn(body) ?? current.Version, input, ct);
        return WireRequest.From((await requests.FindAsync(http.CurrentUser(), id, ct))!);
    }

    private static async Task<WirePage<WireCollection>> ListCollections(HttpContext http, CollectionStore collections, string? state, string? framework, string? assignee, string? dueBefore, long? request, string? after, int? limit, CancellationToken ct)
    {
        // An empty value means the same as none.
        CollectionState? wanted = Given(state) is not { } name ? null : States.TryGetValue(name, out var known) ? known : throw InvalidInput.At<Words>("state", "StateUnknown", name);
        DateOnly? before = Given(dueBefore) is not { } day ? null : DateOnly.TryParseExact(day, "yyyy-MM-dd", out var date) ? date : throw InvalidInput.At<Words>("dueBefore", "DateUnreadable", day);
        if (Given(after) is { } cursor && !CollectionStore.IsCursor(cursor))
        {
            throw InvalidInput.At<Words>("after", "CursorUnknown", cursor);
        }
        var (rows, next) = await collections.ListAsync(http.CurrentUser(), new CollectionFilter(wanted, Given(framework), Given(assignee), before, RequestId: request), Given(after), WireLimit.Of(limit), ct);
        return new([.. rows.Select(WireCollection.From)], next);
    }

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static async Task<WireCollectionDetail> FindCollection(HttpContext http, long id, CollectionStore collections, SubmissionStore submissions, CollectionNotes notes, FileStates files, CancellationToken ct)
    {
        var row = await collections.FindAsync(http.CurrentUser(), id, ct) ?? throw new NotFound();
        var states = await files.OfCollectionAsync(http.CurrentUser(), id, ct);
        var parts = await submissions.PartsAsync(http.CurrentUser(), id, ct);
        var (handIns, evidence, _) = await submissions.OfCollectionAsync(http.CurrentUser(), id, ct);
        return new WireCollectionDetail(row.Id, row.RequestId, row.Title, new WirePeriod(row.PeriodFrom, row.PeriodTo), row.OpensOn, row.DueOn, row.State.ToString().ToLowerInvariant(), row.Overdue, row.Assignee, row.Items,
            [.. handIns.Select(handIn => new WireSubmission(handIn.Id, handIn.ByNumber, handIn.By, handIn.OnBehalfOfNumber, handIn.OnBehalfOf, handIn.At, handIn.CapturedOn, handIn.Note, handIn.State,
                [.. evidence.Where(piece => piece.SubmissionId == handIn.Id).Select(piece => WireEvidence.From(piece, states.GetValueOrDefault(piece.Id)))],
                handIn.Decision is null ? null : new WireReview(handIn.Decision, handIn.DecidedByNumber, handIn.DecidedBy, handIn.DecidedAt!.Value, handIn.Comment),
                WireBroughtIn.From(handIn), handIn.Rest, handIn.RestBy, parts.Contains(handIn.Id) ? [.. parts[handIn.Id]] : null))],
            [.. (await notes.OfAsync(http.CurrentUser(), id, ct)).Where(note => note.Kind == "comment").Select(note => new WireComment(note.Id, note.By, note.At, note.TakenBack ? null : note.Words, note.TakenBack || note.For is null ? null : [.. note.Addressees.Select(one => one.Number)]))]);
    }

    private const int LongestKey = 200;
    private static readonly Dictionary<string, CollectionState> States = Enum.GetValues<CollectionState>().ToDictionary(state => state.ToString().ToLowerInvariant());

    private static async Task<IResult> Submit(HttpContext http, long id, HandIn handIn, DraftStore drafts, EvidenceFile files, BlobStore blobs, Settings settings, IStringLocalizerFactory texts, CancellationToken ct)
    {
        var user = http.CurrentUser();
        var key = Given(http.Request.Headers["Idempotency-Key"].ToString());
        if (key?.Length > LongestKey)
        {
            throw InvalidInput.At<Words>("Idempotency-Key", "KeyTooLong", LongestKey);
        }
        await handIn.CheckAsync(user, id, key, ct);
        var upload = await MultipartUpload.ReadAsync(http, blobs, new UploadLimits { MaxFileBytes = settings.UploadMaxBytes }, null, ct);
        if (upload.TooLarge.Count > 0)
        {
            throw InvalidInput.At<Words>("file", "FileTooLarge", upload.TooLarge[0], upload.Files.Count);
        }
        var (taken, refused) = await files.SortAsync(upload.Files, ct);
        if (refused.Count > 0 && taken.Count > 0)
        {
            // What can be taken is not sent twice: it waits in the caller's draft.
            var kept = await drafts.KeepAsync(user, id, taken, ct);
            throw InvalidInput.At<Words>("file", "FilesKept", string.Join(' ', refused.Select(why => why.In(texts))), kept.Count, string.Join(", ", kept.Select(file => file.Id)));
        }
        var handedIn = await handIn.SubmitAsync(user, id, HandInForm.Read(upload) with { IdempotencyKey = key }, ct);
        return Results.Created($"/api/evidence/collections/{id}", new WireHandedIn(handedIn.Id, [.. handedIn.Evidence.Select(WireEvidence.From)]));
    }

    private static async Task<IResult> Withdraw(HttpContext http, long id, HandIn handIn, CancellationToken ct)
    {
        await handIn.WithdrawAsync(http.CurrentUser(), id, ct);
        return Results.NoContent();
    }

    private static async Task<WireState> Review(HttpContext http, long id, WireDecision body, ReviewCollection review, CancellationToken ct)
    {
        var decision = body.Decision switch { "accept" => Decision.Accept, "return" => Decision.Return, "reopen" => Decision.Reopen, _ => throw InvalidInput.At<Words>("decision", "DecisionUnknown") };
        var after = await review.DecideAsync(http.CurrentUser(), id, decision, body.Comment ?? "", body.Submission, ct);
        return new WireState(after.ToString().ToLowerInvariant());
    }

    private static async Task<WireState> Waive(HttpContext http, long id, WireWaiver body, WaiveCollection waive, WithdrawAsk withdraw, CollectionStore collections, CancellationToken ct)
    {
        var user = http.CurrentUser();
        switch (body.Decision ?? (user.Is(Role.ComplianceManager) ? "waive" : "ask"))
        {
            case "waive":
                await waive.WaiveAsync(user, id, body.Reason, ct);
                break;
            case "ask":
                await waive.AskAsync(user, id, body.Reason, ct);
                break;
            case "decline":
                await waive.DeclineAsync(user, id, body.Reason, ct);
                break;
            case "withdraw":
                await withdraw.RunAsync(user, id, "askWaiver", ct);
                break;
            case "undo":
                await waive.UndoAsync(user, id, body.Reason, ct);
                break;
            default:
                throw InvalidInput.At<Words>("decision", "WaiverUnknown");
        }
        return new WireState((await collections.FindAsync(user, id, ct) ?? throw new NotFound()).State.ToString().ToLowerInvariant());
    }

    private static async Task<WireDue> MoveDue(HttpContext http, long id, WireMove body, MoveDueDate move, WithdrawAsk withdraw, CollectionStore collections, CancellationToken ct)
    {
        var user = http.CurrentUser();
        switch (body.Decision ?? (user.IsAny(Role.ComplianceManager, Role.Reviewer) ? "move" : "ask"))
        {
            case "move":
                await move.MoveAsync(user, id, body.DueOn, body.Reason, body.OpensOn, ct);
                break;
            case "ask":
                await move.AskAsync(user, id, body.DueOn, body.Reason, ct);
                break;
            case "decline":
                await move.DeclineAsync(user, id, body.Reason, ct);
                break;
            case "withdraw":
                await withdraw.RunAsync(user, id, "askDue", ct);
                break;
            default:
                throw InvalidInput.At<Words>("decision", "MoveUnknown");
        }
        var row = await collections.FindAsync(user, id, ct) ?? throw new NotFound();
        return new WireDue(row.DueOn, row.PlannedDueOn, row.OpensOn);
    }

    private static async Task<IResult> AddComment(HttpContext http, long id, WireWords body, CommentOnCollection comment, CancellationToken ct) =>
        Results.Created($"/api/evidence/collections/{id}", new WireId(await comment.AddAsync(http.CurrentUser(), id, body.Words, body.To, ct)));

    private static async Task<WireServed> ListItems(HttpContext http, long id, CollectionStore collections, AttachmentStore attachments, CancellationToken ct)
    {
        var user = http.CurrentUser();
        var row = await collections.FindAsync(user, id, ct) ?? throw new NotFound();
        var said = await attachments.OfCollectionAsync(user, id, ct);
        return new WireServed(row.Items, [.. said.Where(one => one is { Holds: true, Act: "confirm" }).Select(WireAttachment.From)],
            [.. (await attachments.ProposalsAsync(user, id, ct)).Select(one => new WireProposal(one.Item.Key, one.Strength))], [.. said.Select(WireAttachment.From)]);
    }

    private static async Task<WireServed> Attach(HttpContext http, long id, WireAttach body, AttachEvidence attach, CollectionStore collections, AttachmentStore attachments, CancellationToken ct)
    {
        var act = body.Decision switch { "confirm" => AttachAct.Confirm, "reject" => AttachAct.Reject, "takeBack" => AttachAct.TakeBack, _ => throw InvalidInput.At<Words>("decision", "AttachDecisionUnknown") };
        await attach.RunAsync(http.CurrentUser(), id, act, body.Items ?? [], body.Reason, ct);
        return await ListItems(http, id, collections, attachments, ct);
    }

    private static async Task<IResult> Hand(HttpContext http, long id, WireOwner body, ChangeOwner change, CancellationToken ct)
    {
        await change.RunAsync(http.CurrentUser(), id, body.Owner, body.Reason, body.Whole == true, ct);
        return Results.NoContent();
    }

    internal static async Task<IResult> Download(HttpContext http, long id, SubmissionStore submissions, BlobStore blobs, CancellationToken ct)
    {
        var file = await submissions.FileAsync(http.CurrentUser(), id, ct) ?? throw new NotFound();
        return new FileDownload(blobs, file.Sha256!, file.FileName!);
    }

    internal static async Task<IResult> Look(HttpContext http, long id, SubmissionStore submissions, BlobStore blobs, CancellationToken ct)
    {
        var file = await submissions.FileAsync(http.CurrentUser(), id, ct) ?? throw new NotFound();
        return new FileInline(blobs, file.Sha256!, file.FileName!);
    }
}

/// <summary>The fields of a hand-in, the same on the page and the wire.</summary>
public static class HandInForm
{
    /// <param name="named">How the form calls a field of the wire; null: as the wire does.</param>
    /// <param name="runningYear">For dates without a year; the wire has none.</param>
    /// <exception cref="InvalidInput">The date cannot be read.</exception>
    public static HandInInput Read(Upload upload, Func<string, string>? named = null, Period? runningYear = null)
    {
        string Field(string name) => upload.Fields.TryGetValue(named?.Invoke(name) ?? name, out var values) ? values.ToString() : "";
        DateOnly? Day(string name) => TypedDate.ReadOptional(Field(name), name, runningYear);
        IEnumerable<string> links = upload.Fields.TryGetValue(named?.Invoke("link") ?? "link", out var given) ? given.SelectMany(value => (value ?? "").Split('\n')) : [];
        return new HandInInput(Field("note"), [.. links], Field("statement"), Day("capturedOn"), Field("onBehalfOf"), upload.Files)
        {
            Nothing = Field("nothing"),
            IsPart = Field("isPart").Trim() is var part && (part == "true" || (part is "" or "false" ? false : throw InvalidInput.At<Words>("isPart", "PartUnknown"))),
            Rest = Field("rest"),
            RestBy = Day("restBy"),
            UsedParts = upload.Fields.TryGetValue(named?.Invoke("usedPart") ?? "usedPart", out var used) ? [.. used.Select(id => long.TryParse(id, out var known) ? known : -1).Where(id => id != 0)] : null,
            Drafts = upload.Fields.TryGetValue(named?.Invoke("draft") ?? "draft", out var drafts) ? [.. drafts.Select(id => long.TryParse(id, out var known) ? known : 0)] : [],
        };
    }
}
