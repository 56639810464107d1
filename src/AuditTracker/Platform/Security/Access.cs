using Microsoft.AspNetCore.Authorization;

namespace AuditTracker.Platform.Security;

/// <summary>
/// Who may use a page or an endpoint at all; which rows they then see is decided by each statement's WHERE.
/// Every endpoint carries this or <see cref="AllowAnonymousAttribute"/>; one that carries neither answers 404 to everybody.
/// </summary>
/// <param name="roles">Any one of these; none named = every signed-in person.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class MayAttribute(params Role[] roles) : Attribute
{
    public IReadOnlyList<Role> Roles { get; } = roles;
    public bool Allows(CurrentUser user) => Roles.Count == 0 || Roles.Any(user.Is);
}

/// <summary>Opens also to those whose role asks for a second factor that they do not have yet: the pages where they get one.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BeforeSecondFactorAttribute : Attribute;

/// <summary>Middleware behind routing: not signed in → sign-in page or 401, lacking the role → 404.</summary>
public static class Access
{
    public const string SignInPath = "/sign-in";

    /// <summary>Where those are led who must have a second factor first.</summary>
    public const string EnrolPath = "/profile/second-factor";

    public static TBuilder May<TBuilder>(this TBuilder endpoint, params Role[] roles) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new MayAttribute(roles));

    /// <summary>The signed-in caller; only for endpoints behind <see cref="MayAttribute"/>.</summary>
    public static CurrentUser CurrentUser(this HttpContext http) =>
        http.Features.Get<CurrentUser>() ?? throw new InvalidOperationException("This endpoint is open to anonymous visitors and must not ask for the caller.");

    /// <summary>The caller, or null for an anonymous visitor.</summary>
    public static CurrentUser? Caller(this HttpContext http) => http.Features.Get<CurrentUser>();

    /// <summary>Routing's own answer for a known path (405, 415); it has no metadata and reveals nothing.</summary>
    private static bool IsRoutingsAnswer(Endpoint endpoint) => endpoint is not RouteEndpoint;

    public static IApplicationBuilder UseAccess(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        var endpoint = http.GetEndpoint();
        if (endpoint is null || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            await next(http);
            return;
        }
        var isApi = http.Request.Path.StartsWithSegments("/api") || http.Request.Path.StartsWithSegments("/openapi");
        if (IsRoutingsAnswer(endpoint) && (!isApi || http.Caller() is not null))
        {
            await next(http);
            return;
        }
        if (http.Caller() is not { } user)
        {
            if (isApi || !HttpMethods.IsGet(http.Request.Method))
            {
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                if (isApi)
                {
                    http.Response.Headers.WWWAuthenticate = "Bearer";
                }
                return;
            }
            http.Response.Redirect($"{SignInPath}?back={Uri.EscapeDataString(http.Request.PathBase + http.Request.Path + http.Request.QueryString)}");
            return;
        }
        if (endpoint.Metadata.GetMetadata<MayAttribute>() is not { } may || !may.Allows(user))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        if (user.MustEnrol && endpoint.Metadata.GetMetadata<BeforeSecondFactorAttribute>() is null)
        {
            http.Response.Redirect(EnrolPath);
            return;
        }
        await next(http);
    });
}
