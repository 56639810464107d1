using AuditTracker.Platform.Database;
using AuditTracker.Platform.Mail;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Notifications;

/// <summary>Sends the caller a mail that says nothing, to see whether mail is sent at all.</summary>
public sealed class SendTestMail(Db db, IMailTransport transport)
{
    /// <returns>The mail's id: there stands what the other side says to it.</returns>
    public async Task<long> RunAsync(CurrentUser user, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var notice = new Notice($"test/{user.AccountId}/{work.Now:O}", "notifications/test", user.PersonId, $"account:{user.AccountId}")
        {
            Model = new Dictionary<string, object?> { ["sentAt"] = work.Now, ["transport"] = transport.Name, ["link"] = "/mails" },
        };
        await work.TellNowAsync(notice, user.PersonId is null ? new Recipient(user.Name, user.SignIn, user.Language) : null, ct);
        var id = await work.FirstAsync<long>("select mail_id from notices where key = @Key", notice, ct);
        await work.ActAsync("mail.test", $"account:{user.AccountId}", ct: ct);
        await work.CommitAsync(ct);
        return id;
    }
}
