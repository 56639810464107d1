using AuditTracker.Platform.Security;

namespace AuditTracker.Trail;

/// <summary>
/// The page of what an entry is about. Its rooms lie above this one, so it is looked up among the pages that are mapped, and linked
/// only for readers who may open it.
/// </summary>
public sealed class SubjectLinks(IEnumerable<EndpointDataSource> endpoints)
{
    private static readonly Dictionary<string, string> Pages = new()
    {
        ["collection"] = "evidence/collections",
        ["request"] = "evidence/requests",
        ["control"] = "controls",
        ["account"] = "accounts",
        ["report"] = "reports/runs",
        ["past"] = "evidence/past",
        ["mail"] = "mails",
        ["webhook"] = "webhooks",
        ["import"] = "people/imports",
        ["appointment"] = "company/appointments",
        ["trainingCampaign"] = "training/campaigns",
        ["filing"] = "reports/filings",
        ["course"] = "training/courses",
    };

    /// <summary>Rows of these tables are about the same things.</summary>
    private static readonly Dictionary<string, string> Tables = new()
    {
        ["collections"] = "collection",
        ["evidence_requests"] = "request",
        ["accounts"] = "account",
        ["report_runs"] = "report",
        ["mails"] = "mail",
        ["people_imports"] = "import",
        ["appointments"] = "appointment",
        ["training_campaigns"] = "trainingCampaign",
        ["filings"] = "filing",
    };

    /// <summary>A local path, or null when there is no such page for this reader.</summary>
    /// <param name="subject"><c>collection:12</c>, <c>control:KEY/REF</c>, or a row's <c>collections/12</c>.</param>
    public string? Of(CurrentUser user, string subject)
    {
        var cut = subject.IndexOfAny([':', '/']);
        if (cut < 1)
        {
            return null;
        }
        var (kind, id) = (subject[..cut], subject[(cut + 1)..]);
        kind = subject[cut] == ':' ? kind : Tables.GetValueOrDefault(kind, "");
        if (!Pages.TryGetValue(kind, out var page) || id.Length == 0 || !id.All(c => char.IsAsciiLetterOrDigit(c) || "-._/".Contains(c, StringComparison.Ordinal)) || id.Contains("..", StringComparison.Ordinal))
        {
            return null;
        }
        var depth = page.Split('/').Length + id.Split('/').Length;
        return endpoints.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Any(endpoint =>
            endpoint.RoutePattern.PathSegments.Count == depth
            && endpoint.RoutePattern.RawText?.TrimStart('/').StartsWith($"{page}/{{", StringComparison.Ordinal) == true
            && endpoint.Metadata.GetMetadata<MayAttribute>()?.Allows(user) == true)
            ? $"/{page}/{id}" : null;
    }
}
