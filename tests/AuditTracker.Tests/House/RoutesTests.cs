using System.Net;
using System.Reflection;
using System.Text;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using static AuditTracker.Platform.Security.Role;

namespace AuditTracker.Tests.House;

/// <summary>
/// Every route × every role of design §7a and the anonymous visitor, by real requests. A route that is not in the table fails; what each role
/// sees behind a route is tested in its room.
/// </summary>
public sealed class RoutesTests(TestApp app) : IClassFixture<TestApp>
{
    private static readonly Role[] SignedIn = [Administrator, ComplianceManager, ControlOwner, Reviewer, InternalAuditor, Management, Employee];
    private static readonly Role[] SeeEvidence = [ComplianceManager, ControlOwner, Reviewer, InternalAuditor, Management];
    private static readonly Role[] SeeReports = [ComplianceManager, InternalAuditor, Management];
    private static readonly Role[] SeeTrail = [Administrator, ComplianceManager, InternalAuditor];
    private static readonly Role[] Operate = [Administrator, ComplianceManager];

    /// <summary>Method and pattern → who may. Pages answer GET and POST alike.</summary>
    private static readonly Dictionary<string, Role[]> Table = new()
    {
        ["GET /api/me"] = SignedIn,
        ["GET /api/people"] = SignedIn,
        ["GET /api/departments"] = SignedIn,
        ["POST /api/mails/bounces"] = Operate,
        ["POST /api/people/import"] = [ComplianceManager],
        ["GET /api/frameworks"] = SignedIn,
        ["GET /api/controls"] = SignedIn,
        ["PATCH /api/controls/{framework}/{itemRef}"] = [ComplianceManager],
        ["GET /api/evidence/requests"] = SeeEvidence,
        ["POST /api/evidence/requests"] = [ComplianceManager],
        ["PATCH /api/evidence/requests/{id:long}"] = [ComplianceManager],
        ["GET /api/evidence/collections"] = SeeEvidence,
        ["GET /api/evidence/collections/{id:long}"] = SeeEvidence,
        ["GET /api/evidence/deputies/{employeeNo}"] = SignedIn,
        ["PUT /api/evidence/deputies/{employeeNo}"] = SignedIn,
        ["GET /api/evidence/collections/{id:long}/items"] = SeeEvidence,
        ["POST /api/evidence/collections/{id:long}/submissions"] = [ComplianceManager, ControlOwner],
        ["DELETE /api/evidence/submissions/{id:long}"] = [ComplianceManager, ControlOwner],
        ["POST /api/evidence/collections/{id:long}/reviews"] = [ComplianceManager, Reviewer],
        ["POST /api/evidence/collections/{id:long}/items"] = [ComplianceManager],
        ["POST /api/evidence/collections/{id:long}/owner"] = [ComplianceManager, ControlOwner],
        ["POST /api/evidence/collections/{id:long}/comments"] = [ComplianceManager, ControlOwner, Reviewer],
        ["POST /api/evidence/collections/{id:long}/due"] = [ComplianceManager, ControlOwner, Reviewer],
        ["POST /api/evidence/collections/{id:long}/waiver"] = [ComplianceManager, ControlOwner],
        ["GET /api/evidence/{id:long}/file"] = SeeEvidence,
        ["POST /api/evidence/past"] = [ComplianceManager],
        ["GET /api/evidence/past/{id:long}"] = [ComplianceManager],
        ["GET /api/evidence/collections/{id:long}/samples"] = SeeEvidence,
        ["POST /api/evidence/collections/{id:long}/samples"] = [ComplianceManager, ControlOwner],
        ["GET /api/evidence/samples"] = SeeEvidence,
        ["GET /api/evidence/samples/{id:long}"] = SeeEvidence,
        ["GET /api/evidence/sample-rows/{id:long}"] = SeeEvidence,
        ["GET /api/evidence/sample-files/{id:long}/file"] = SeeEvidence,
        ["DELETE /api/evidence/sample-rows/{id:long}/files/{file:long}"] = [ComplianceManager, ControlOwner],
        ["POST /api/evidence/sample-rows/{id:long}/replacement"] = [ComplianceManager, ControlOwner],
        ["GET /api/evidence/samples/{id:long}/rows"] = SeeEvidence,
        ["GET /api/evidence/samples/{id:long}/population"] = SeeEvidence,
        ["POST /api/evidence/samples/{id:long}/draw"] = [ComplianceManager, ControlOwner],
        ["POST /api/evidence/samples/{id:long}/conclusion"] = [ComplianceManager, ControlOwner],
        ["POST /api/evidence/sample-rows/{id:long}/results"] = [ComplianceManager, ControlOwner],
        ["POST /api/reports/{kind}"] = [ComplianceManager, InternalAuditor],
        ["GET /api/reports/runs/{id:long}"] = SeeReports,
        ["GET /api/reports/runs/{id:long}/file"] = SeeReports,
        ["GET /api/trail"] = SeeTrail,
        ["GET /api/trail/head"] = SeeTrail,
        ["GET /api/health"] = [Administrator],
        ["GET /api/demo/clock"] = Operate,
        ["PUT /api/demo/clock"] = Operate,
        ["POST /api/demo/tick"] = Operate,
        ["GET /openapi/{documentName}.json"] = SignedIn,
        ["GET /evidence/{id:long}/file"] = SeeEvidence,
        ["GET /evidence/{id:long}/inline"] = SeeEvidence,
        ["PAGE /evidence/{id:long}/preview"] = SeeEvidence,
        ["GET /evidence/samples/{id:long}/population"] = SeeEvidence,
        ["GET /evidence/samples/{id:long}/original"] = SeeEvidence,
        ["GET /evidence/sample-files/{id:long}"] = SeeEvidence,
        ["GET /session"] = SignedIn,
        ["PAGE /"] = SignedIn,
        ["PAGE /accounts"] = Operate,
        ["PAGE /accounts/invite"] = Operate,
        ["PAGE /accounts/invite/check"] = Operate,
        ["PAGE /accounts/{id:long}"] = Operate,
        ["PAGE /profile"] = SignedIn,
        ["PAGE /profile/authenticator"] = SignedIn,
        ["PAGE /profile/calendar"] = SignedIn,
        ["PAGE /profile/password"] = SignedIn,
        ["PAGE /profile/second-factor"] = SignedIn,
        ["PAGE /tokens"] = SignedIn,
        ["PAGE /company"] = SeeReports,
        ["PAGE /company/appointments"] = SeeReports,
        ["PAGE /company/appointments/new"] = [ComplianceManager],
        ["PAGE /company/appointments/{id:long}"] = SeeReports,
        ["PAGE /company/calendar"] = SeeReports,
        ["PAGE /company/calendar/holidays"] = [ComplianceManager],
        ["PAGE /company/calendar/holidays/{id:long}"] = [ComplianceManager],
        ["PAGE /company/deadlines"] = SeeReports,
        ["PAGE /company/change/{section}"] = [ComplianceManager],
        ["PAGE /company/change-reports"] = SeeReports,
        ["PAGE /company/change-reports/{id:long}"] = SeeReports,
        ["PAGE /controls"] = [ComplianceManager, ControlOwner, InternalAuditor, Management],
        ["PAGE /controls/coverage"] = [ComplianceManager, ControlOwner, InternalAuditor, Management],
        ["PAGE /controls/coverage/ahead"] = [ComplianceManager, ControlOwner, InternalAuditor, Management],
        ["PAGE /controls/gaps"] = [ComplianceManager, ControlOwner, InternalAuditor, Management],
        ["PAGE /controls/gaps/adopt"] = [ComplianceManager],
        ["PAGE /controls/bulk"] = [ComplianceManager],
        ["PAGE /controls/{framework}/{itemRef}"] = [ComplianceManager, ControlOwner, InternalAuditor, Management],
        ["PAGE /evidence/year"] = [ComplianceManager, ControlOwner, InternalAuditor, Management],
        ["PAGE /evidence/requests"] = SeeEvidence,
        ["PAGE /evidence/requests/{id:long}"] = SeeEvidence,
        ["PAGE /evidence/requests/bulk"] = [ComplianceManager],
        ["PAGE /evidence/requests/new"] = [ComplianceManager],
        ["PAGE /evidence/requests/{id:long}/edit"] = [ComplianceManager],
        ["PAGE /evidence/library"] = [ComplianceManager],
        ["PAGE /evidence/collections"] = SeeEvidence,
        ["PAGE /evidence/collections/bulk"] = [ComplianceManager, Reviewer],
        ["PAGE /evidence/collections/{id:long}"] = SeeEvidence,
        ["PAGE /evidence/collections/{id:long}/hand-in"] = [ComplianceManager, ControlOwner],
        ["PAGE /evidence/collections/{id:long}/samples"] = SeeEvidence,
        ["PAGE /evidence/samples"] = SeeEvidence,
        ["PAGE /evidence/sample-sizes"] = SeeEvidence,
        ["PAGE /evidence/samples/{id:long}"] = SeeEvidence,
        ["PAGE /evidence/sample-rows/{id:long}"] = SeeEvidence,
        ["PAGE /evidence/files"] = SeeEvidence,
        ["PAGE /evidence/quarantine/{id:long}"] = [ComplianceManager],
        ["PAGE /evidence/destruction"] = [ComplianceManager],
        ["PAGE /evidence/destruction/check"] = [ComplianceManager],
        ["PAGE /evidence/retention"] = [ComplianceManager],
        ["PAGE /evidence/asks"] = [ComplianceManager, Reviewer],
        ["PAGE /evidence/collections/{id:long}/due"] = [ComplianceManager, ControlOwner, Reviewer],
        ["PAGE /evidence/collections/{id:long}/items"] = [ComplianceManager],
        ["PAGE /evidence/collections/{id:long}/owner"] = [ComplianceManager, ControlOwner],
        ["PAGE /evidence/collections/{id:long}/waiver"] = [ComplianceManager, ControlOwner],
        ["PAGE /evidence/past"] = [ComplianceManager],
        ["PAGE /evidence/past/{id:long}"] = [ComplianceManager],
        ["PAGE /evidence/review"] = [ComplianceManager, Reviewer],
        ["PAGE /health"] = [Administrator],
        ["PAGE /inbox"] = SignedIn,
        ["PAGE /mails"] = Operate,
        ["PAGE /mails/{id:long}"] = Operate,
        ["PAGE /mails/preview"] = [ComplianceManager],
        ["PAGE /mails/templates"] = Operate,
        ["PAGE /mails/templates/{room}/{mail}"] = Operate,
        ["PAGE /mails/templates/{room}/{mail}/{language}/{part}"] = Operate,
        ["PAGE /people"] = [Administrator, ComplianceManager, ControlOwner, InternalAuditor, Management],
        ["PAGE /people/{employeeNo}"] = SignedIn,
        ["PAGE /people/departments"] = [ComplianceManager, ControlOwner, InternalAuditor, Management],
        ["PAGE /people/departments/{code}/close"] = [ComplianceManager],
        ["PAGE /people/structure/{id:long?}"] = [ComplianceManager],
        ["PAGE /people/new"] = [ComplianceManager],
        ["PAGE /people/{employeeNo}/deputy"] = SignedIn,
        ["PAGE /people/{employeeNo}/hand-over"] = [ComplianceManager],
        ["PAGE /people/{employeeNo}/edit"] = [ComplianceManager],
        ["PAGE /people/import"] = [ComplianceManager],
        ["PAGE /people/import/{id:long}"] = [ComplianceManager],
        ["GET /people/import/{id:long}/errors"] = [ComplianceManager],
        ["PAGE /reports"] = SeeReports,
        ["PAGE /reports/filings"] = SeeReports,
        ["PAGE /reports/filings/{id:long}"] = SeeReports,
        ["PAGE /reports/runs/{id:long}"] = SeeReports,
        ["PAGE /search"] = SignedIn,
        ["PAGE /settings"] = Operate,
        ["PAGE /setup"] = [ComplianceManager],
        ["PAGE /settings/notices"] = [ComplianceManager],
        ["PAGE /trail"] = SeeTrail,
        ["PAGE /webhooks"] = [Administrator],
        ["PAGE /webhooks/new"] = [Administrator],
        ["PAGE /webhooks/{id:long}"] = [Administrator],
        ["PAGE /notices"] = [ComplianceManager, InternalAuditor],
        ["PAGE /training"] = SignedIn,
        ["PAGE /training/mine"] = SignedIn,
        ["PAGE /training/cadence"] = [ComplianceManager],
        ["PAGE /training/courses"] = SeeReports,
        ["PAGE /training/courses/{key}"] = SeeReports,
        ["PAGE /training/courses/{key}/preview"] = SeeReports,
        ["PAGE /training/courses/new"] = [ComplianceManager],
        ["PAGE /training/courses/import"] = [ComplianceManager],
        ["PAGE /training/courses/{key}/edit"] = [ComplianceManager],
        ["PAGE /training/courses/{key}/edit/pages/{number}"] = [ComplianceManager],
        ["PAGE /training/courses/{key}/edit/questions/{id}"] = [ComplianceManager],
        ["PAGE /training/campaigns/new"] = [ComplianceManager],
        ["PAGE /training/campaigns/{id:long}"] = SignedIn,
        ["PAGE /training/campaigns/{id:long}/attendance"] = [ComplianceManager],
        ["PAGE /training/campaigns/{id:long}/edit"] = [ComplianceManager],
        ["PAGE /training/campaigns/{id:long}/people"] = SignedIn,
        ["PAGE /training/campaigns/{id:long}/people/act"] = [ComplianceManager],
        ["PAGE /training/campaigns/{id:long}/remind"] = [ComplianceManager],
        ["PAGE /training/campaigns/{id:long}/report"] = SeeReports,
    };

    /// <summary>Open to anonymous visitors (design §7a).</summary>
    private static readonly string[] Open =
        ["GET /healthz", "HEAD /healthz", "GET /readyz", "HEAD /readyz", "GET /calendar/{secret}.ics", "HEAD /calendar/{secret}.ics", "GET /language", "GET /display", "POST /passkeys/challenge", "PAGE /sign-in", "PAGE /sign-in/code", "PAGE /sign-in/mail", "PAGE /sign-in/mail/code", "PAGE /sign-out", "PAGE /invitation", "PAGE /password-reset", "PAGE /first-administrator",
        // The training of one person: theirs when signed in, or by the session of a mail's link.
        "PAGE /training/link", "PAGE /training/mine/{id:long}", "PAGE /training/mine/{id:long}/test", "PAGE /training/mine/{id:long}/result", "PAGE /training/mine/{id:long}/certificate"];

    /// <summary>Each role by somebody of the cast who has no other that matters here.</summary>
    private static readonly Dictionary<Role, Cast.Member> Players = new()
    {
        [Administrator] = Cast.Adam,
        [ComplianceManager] = Cast.Manami,
        [ControlOwner] = Cast.Alice,
        [Reviewer] = Cast.Bob,
        [InternalAuditor] = Cast.Carol,
        [Management] = Cast.Tom,
        [Employee] = Cast.Mallory,
    };

    [Fact]
    public async Task Every_route_is_in_the_table_and_says_the_same()
    {
        var routes = await RoutesAsync();
        Assert.Equal(Table.Keys.Concat(Open).Order(), routes.Select(route => route.Route).Order());
        foreach (var (route, may, anonymous) in routes)
        {
            Assert.True(anonymous == Open.Contains(route), route);
            if (!anonymous)
            {
                Assert.True(may is not null, $"{route} says nothing about who may");
                Assert.True(Table[route].Order().SequenceEqual((may.Roles.Count == 0 ? SignedIn : may.Roles).Order()), $"{route}: {string.Join(", ", may.Roles)}");
            }
        }
    }

    [Fact]
    public async Task Every_route_answers_every_role_as_the_table_says()
    {
        var ids = await ArrangeAsync();
        var wrong = new List<string>();
        var clients = new Dictionary<Role, (HttpClient Api, HttpClient Pages)>();
        foreach (var (role, member) in Players)
        {
            clients[role] = (app.As(member), await app.PagesAsAsync(member));
        }
        foreach (var (route, may) in Table)
        {
            var isApi = route.Contains(" /api/") || route.Contains(" /openapi/");
            var anonymous = await AskAsync(app.Anonymous(), route, ids);
            if (isApi ? anonymous.StatusCode != HttpStatusCode.Unauthorized : !(anonymous.StatusCode == HttpStatusCode.Redirect && anonymous.Headers.Location!.OriginalString.StartsWith("/sign-in?back=")))
            {
                wrong.Add($"{route} anonymous: {(int)anonymous.StatusCode}");
            }
            foreach (var role in SignedIn)
            {
                var answer = await AskAsync(isApi ? clients[role].Api : clients[role].Pages, route, ids);
                var expectation = !may.Contains(role) ? answer.StatusCode == HttpStatusCode.NotFound
                    : route.Contains('{') || route[..4] is not ("GET " or "PAGE") ? answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.InternalServerError)
                    // Outside a demo its doors do not exist for anybody.
                    : answer.StatusCode == (route.Contains("/demo/") ? HttpStatusCode.NotFound : HttpStatusCode.OK);
                if (!expectation)
                {
                    wrong.Add($"{route} {role}: {(int)answer.StatusCode}");
                }
            }
        }
        Assert.Empty(wrong);
    }

    /// <summary>Rows behind the ids of the routes, so that a 404 says "not yours" and not merely "not there".</summary>
    private async Task<Dictionary<string, long>> ArrangeAsync()
    {
        var request = await app.AddRequestAsync();
        await app.OpenAsync();
        var collection = (await app.CollectionAsync(request)).Id();
        var handedIn = await app.SubmitAsync(Cast.Alice, collection);
        handedIn.EnsureSuccessStatusCode();
        return new()
        {
            ["requests"] = request,
            ["collections"] = collection,
            ["accounts"] = Cast.Alice.AccountId,
            ["submissions"] = await app.Database.ScalarAsync<long>("select max(id) from submissions"),
            ["evidence"] = await app.Database.ScalarAsync<long>("select max(id) from evidence"),
            ["mails"] = await app.Database.ScalarAsync<long>("select max(id) from mails"),
        };
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, string route, Dictionary<string, long> ids)
    {
        var (method, pattern) = (route.Split(' ')[0], route.Split(' ')[1]);
        var noun = pattern.Split('/').TakeWhile(part => !part.StartsWith("{id", StringComparison.Ordinal)).LastOrDefault() ?? "";
        var path = pattern.Replace("{framework}", "iso27001-2022").Replace("{itemRef}", "A.5.18").Replace("{documentName}", "v1").Replace("{key}", "all-staff").Replace("{kind}", "evidence").Replace("/{id:long?}", "").Replace("{employeeNo}", Cast.Alice.EmployeeNo)
            .Replace("{section}", "name")
            .Replace("{id:long}", $"{ids.GetValueOrDefault(noun, 1)}").Replace("{file:long}", "1");
        var request = new HttpRequestMessage(method == "PAGE" ? HttpMethod.Get : HttpMethod.Parse(method), path);
        if (method is "POST" or "PATCH" or "PUT")
        {
            // Another type than the route takes would be answered by routing (415) before anybody asks who may.
            request.Content = pattern.EndsWith("/import", StringComparison.Ordinal) || pattern.EndsWith("/submissions", StringComparison.Ordinal)
                ? new MultipartFormDataContent { { new StringContent("x"), "x" } }
                : new StringContent("{}", Encoding.UTF8, "application/json");
        }
        return client.SendAsync(request);
    }

    private async Task<List<(string Route, MayAttribute? May, bool Anonymous)>> RoutesAsync()
    {
        var routes = new List<(string, MayAttribute?, bool)>();
        foreach (var endpoint in app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var may = endpoint.Metadata.GetMetadata<MayAttribute>();
            var anonymous = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page)
            {
                // What a page's model says stands on its endpoint only when a request comes for it.
                var model = (await app.Services.GetRequiredService<PageLoader>().LoadAsync(page, endpoint.Metadata)).HandlerTypeInfo;
                (may, anonymous) = (model.GetCustomAttribute<MayAttribute>(), model.GetCustomAttribute<AllowAnonymousAttribute>() is not null);
            }
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["PAGE"])
            {
                routes.Add(($"{method} /{(endpoint.RoutePattern.RawText ?? "").Trim('/')}", may, anonymous));
            }
        }
        return routes;
    }
}
