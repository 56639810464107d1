using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;

namespace AuditTracker.Notifications;

/// <summary>
/// Links of notices carry the notice's number: <c>?notice=</c> in a mail, <c>?inbox=</c> in the inbox. It opens nothing. Whoever comes by it signed in, and is the one
/// who was told, has opened the notice; a mail scanner's request is sent on to the sign-in page and counts for nobody.
/// </summary>
public static class NoticeLinks
{
    private const string ByMail = "notice";
    private const string ByInbox = "inbox";

    /// <summary>A path of ours with the number of the notice that tells of it.</summary>
    public static string With(string path, long notice, bool byMail)
    {
        var cut = path.IndexOf('#', StringComparison.Ordinal);
        var (page, part) = cut < 0 ? (path, "") : (path[..cut], path[cut..]);
        return $"{page}{(page.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{(byMail ? ByMail : ByInbox)}={notice}{part}";
    }

    /// <summary>Behind the check of who may: notes the visit and takes the number out of the address.</summary>
    public static IApplicationBuilder UseNoticeLinks(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        var request = http.Request;
        if (!HttpMethods.IsGet(request.Method) || request.Path.StartsWithSegments("/api") || !request.Query.ContainsKey(ByMail) && !request.Query.ContainsKey(ByInbox) || http.GetEndpoint() is null || http.Caller() is not { } user)
        {
            await next(http);
            return;
        }
        var byMail = request.Query.ContainsKey(ByMail);
        if (long.TryParse(request.Query[byMail ? ByMail : ByInbox], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var notice))
        {
            await http.RequestServices.GetRequiredService<Inbox>().FollowAsync(user, notice, byMail, http.RequestAborted);
        }
        // A path of two slashes would name another machine.
        http.Response.Redirect(LocalPath.Or(request.WithoutAll([ByMail, ByInbox]), "/"));
    });
}
