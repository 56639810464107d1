using System.Globalization;
using System.Reflection;
using AuditTracker.Accounts;
using AuditTracker.Evidence;
using AuditTracker.Health;
using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Training;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.Extensions.Localization;

namespace AuditTracker;

/// <summary>The words of the menu and of what stands around every page (<c>MenuWords.resx</c>, <c>MenuWords.en.resx</c>).</summary>
public sealed class MenuWords;

/// <summary>
/// What stands around every page: company, menu, counts, footer (face.md §3). The menu is the user's work; an entry appears when its page
/// exists and the reader may open it, as the page itself says, so the two cannot drift apart.
/// </summary>
public sealed class Menu(Db db, EndpointDataSource endpoints, PageLoader pages, SystemLines lines, WriteInstant write, TimeProvider time, Settings settings, IStringLocalizer<MenuWords> words)
{
    private const string ToReview = "/evidence/review";

    private static readonly (string? Group, (string Path, string Word)[] Entries)[] All =
    [
        (null, [("/", "Today"), (ToReview, "ToReview"), ("/training/mine", "MyTrainings")]),
        ("Collect",
        [
            ("/evidence/requests", "EvidenceRequests"),
            ("/evidence/year", "YearPlan"),
            ("/controls/coverage", "Coverage"),
            ("/controls", "Controls"),
        ]),
        ("RunTheYear",
        [
            ("/training", "Training"),
        ]),
        ("FaceTheAudit", [("/reports", "Reports")]),
        ("KeepInOrder",
        [
            ("/people", "People"),
            ("/mails", "MailLedger"),
            ("/trail", "Trail"),
            ("/accounts", "Accounts"),
            ("/company", "Company"),
            ("/settings", "Settings"),
            ("/webhooks", "Webhooks"),
            ("/health", "Health"),
        ]),
    ];

    /// <summary>The menu of the person's name.</summary>
    private static readonly (string Path, string Word)[] Own = [("/profile", "Profile"), ("/tokens", "Tokens")];

    private static readonly string Version = typeof(Menu).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
    private readonly Lock once = new();
    private Task<IReadOnlyDictionary<string, MayAttribute>>? doors;

    private sealed record Around(string NameJa, string NameEn, string SecretariatName, string SecretariatContact, bool IsDemo, DateTime Now, long Mine, long Waiting, long Approvals, long Asks, long Unread);

    /// <summary>Loads the shell of one request.</summary>
    public async Task<Shell> LoadAsync(HttpContext http)
    {
        // A page may be at work on the same request beside this: all that is wanted of it is read before the first wait.
        var (user, here, session, aborted) = (http.Caller(), http.Request.Path, http.Features.Get<CallerSession>(), http.RequestAborted);
        var (asked, told) = (AskAsync(user, aborted), user is null or { MustEnrol: true } ? null : lines.LoadAsync(user, aborted));
        var around = await asked;
        var language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
        var company = language == "en" && around.NameEn.Length > 0 || around.NameJa.Length == 0 ? around.NameEn : around.NameJa;
        var contact = string.Join(' ', new[] { around.SecretariatName, around.SecretariatContact }.Where(part => part.Length > 0));
        if (user is null or { MustEnrol: true })
        {
            return Shell.Unknown with { Company = company, SecretariatContact = contact, PersonName = user?.Name };
        }
        var open = await DoorsAsync();
        return new Shell(company, Groups(user, open, here, around), user.Name, (int)around.Waiting,
            around.IsDemo ? words["DemoNotice", write(around.Now, "table")].Value : null, around.Now, Version, contact,
            HasSearch: open.TryGetValue("/search", out var search) && search.Allows(user),
            Lines: told is null ? null : await told,
            Unread: open.ContainsKey("/inbox") && user.PersonId is not null ? (int)around.Unread : null,
            Session: session is not null ? new((int)session.Left(time.GetUtcNow().UtcDateTime, settings.SessionIdle).TotalSeconds, user.AccountId) : null,
            Personal: [.. Own.Where(entry => open.ContainsKey(entry.Path)).Select(entry => new MenuEntry(entry.Path, words[entry.Word], null, here == entry.Path))]);
    }

    private List<MenuGroup> Groups(CurrentUser user, IReadOnlyDictionary<string, MayAttribute> open, PathString here, Around around)
    {
        // Whoever is only an employee has one list to look at, and no menu.
        var plain = user.Roles.All(role => role == Role.Employee);
        return [.. All
            .Select(group => new MenuGroup(group.Group is { } title ? words[title].Value : null, [.. group.Entries
                .Where(entry => open.TryGetValue(entry.Path, out var may) && may.Allows(user) && (!plain || entry.Path is "/" or "/training/mine"))
                // Whoever has the training room finds their own in it.
                .Where(entry => entry.Path != "/training/mine" || plain)
                // Whoever has the settings finds the company in them.
                .Where(entry => entry.Path != "/company" || !(open.TryGetValue("/settings", out var settings) && settings.Allows(user)))
                .Select(entry => new MenuEntry(entry.Path, words[entry.Word], CountOf(entry.Path, around), IsHere(entry.Path, here)))]))
            .Where(group => group.Entries.Count > 0)];
    }

    private static int? CountOf(string path, Around around) => path switch
    {
        "/" => (int)(around.Mine + around.Waiting + around.Approvals + around.Asks),
        ToReview => (int)around.Waiting,
        _ => null,
    };

    /// <summary>Whether an entry leads to where the reader is: its page, or one that has no entry of its own and belongs to it.</summary>
    private static bool IsHere(string path, PathString here) => path switch
    {
        "/" => here == "/",
        // Collections, files, the library and all else about evidence.
        "/evidence/requests" => here.StartsWithSegments("/evidence") && !here.StartsWithSegments("/evidence/year") && !here.StartsWithSegments(ToReview),
        // What nobody is asked for is a gap of the coverage.
        "/controls/coverage" => here.StartsWithSegments(path) || here.StartsWithSegments("/controls/gaps"),
        // What people are told, and how often.
        "/mails" => here.StartsWithSegments(path) || here.StartsWithSegments("/notices"),
        "/controls" => here.StartsWithSegments(path) && !IsHere("/controls/coverage", here),
        "/settings" => here.StartsWithSegments(path) || here.StartsWithSegments("/company") || here.StartsWithSegments("/setup"),
        _ => here.StartsWithSegments(path),
    };

    private async Task<Around> AskAsync(CurrentUser? user, CancellationToken ct)
    {
        var parameters = user is null ? null : CollectionScope.Parameters(user);
        parameters?.TryAdd("mayApprove", true);
        parameters?.TryAdd("account", user!.AccountId);
        parameters?.TryAdd("person", user!.PersonId);
        var counts = user is null ? "0::bigint as mine, 0::bigint as waiting, 0::bigint as approvals, 0::bigint as asks, 0::bigint as unread" : $"""
            (select count(*) from collections c where {CollectionScope.Mine} and c.state in ('open', 'returned')) + (select count(*) from training_roster r where {TakeTraining.ToDo}) as mine,
            (select count(*) from (select from collections c where {CollectionScope.Waiting} limit 1000) w) as waiting,
            {(PlanCampaign.MayApprove(user) ? $"(select count(*) from ({ApprovalStore.Sql}) a)" : "0::bigint")} as approvals,
            {(CollectionNotes.MayDecide(user) ? $"(select count(*) from (select 1 {CollectionNotes.Waiting} limit 1000) k)" : "0::bigint")} as asks,
            (select count(*) from (select from notices n where {Inbox.Unread} limit 1000) u) as unread
            """;
        await using var connection = await db.OpenAsync(ct);
        return (await connection.FirstAsync<Around>($"""
            select o.name_ja, o.name_en, o.secretariat_name, o.secretariat_contact, i.is_demo, business_now() as now, {counts} from company o cross join installation i
            """, parameters, ct))!;
    }

    /// <summary>Who may open the pages that exist, by path; read from the pages once.</summary>
    private Task<IReadOnlyDictionary<string, MayAttribute>> DoorsAsync()
    {
        lock (once)
        {
            return doors is null or { IsFaulted: true } ? doors = ReadDoorsAsync() : doors;
        }
    }

    private async Task<IReadOnlyDictionary<string, MayAttribute>> ReadDoorsAsync()
    {
        var found = new Dictionary<string, MayAttribute>();
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            // What a page's model says stands on its endpoint only when a request comes for it, so the model itself is asked.
            if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page && endpoint.RoutePattern.RawText is { } path && !path.Contains('{')
                && (await pages.LoadAsync(page, endpoint.Metadata)).HandlerTypeInfo.GetCustomAttribute<MayAttribute>() is { } may)
            {
                found["/" + path.Trim('/')] = may;
            }
        }
        return found;
    }
}
