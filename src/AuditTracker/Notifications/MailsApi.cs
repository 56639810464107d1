using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Notifications;

/// <summary>The wire of the mail ledger: reports of mail servers come in.</summary>
public static class MailsApi
{
    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/api/mails/bounces", async (HttpContext http, TakeBounce take, CancellationToken ct) =>
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int read; (read = await http.Request.Body.ReadAsync(buffer, ct)) > 0 && message.Length <= TakeBounce.Longest;)
        {
            message.Write(buffer, 0, read);
        }
        var isWhole = message.Length <= TakeBounce.Longest;
        message.Position = 0;
        var taken = await take.RunAsync(Actor.Of(http.CurrentUser()), "", isWhole ? message.ToArray() : null, await TakeBounce.HashAsync(message, ct), ct);
        return Results.Ok(new { mail = taken.Mail, action = taken.Action, status = taken.Status, reason = taken.Reason, isNew = taken.IsNew });
    }).May(Role.ComplianceManager, Role.Administrator).WithTags("mails");
}
