namespace AuditTracker.Notifications;

/// <summary>The states of a mail; <see cref="Accepted"/> means that the next server took it over (受け渡し済み).</summary>
public enum MailState { Queued, Sending, Accepted, Deferred, Failed, Unknown }

/// <summary>A mail this worker holds: nobody else sends it while the lease lasts.</summary>
/// <param name="Attempts">With this one; an outcome of an older attempt changes nothing.</param>
public sealed record ClaimedMail(
    long Id, string Kind, long? PersonId, string ToName, string ToAddress, string Language, string MessageId, int Attempts, bool IsResend, bool WasAbandoned)
{
    public bool IsOfTheDay => Kind == "daily";
}

/// <summary>
/// Makes the secret link of a mail in the transaction that claims it, and gives the path; only the secret's hash may be stored. Called again
/// when the mail is tried again: the newest link counts.
/// </summary>
/// <param name="subject">The notice's subject: <c>invitation:7</c>.</param>
public delegate Task<string> MintSecret(Platform.Database.UnitOfWork work, string subject, CancellationToken ct);

/// <summary>Registered by a room whose mail carries a secret link.</summary>
/// <param name="Template">The mail: <c>accounts/invitation</c>.</param>
public sealed record SecretMail(string Template, MintSecret Mint);

/// <summary>What stands in a mail that is only looked at where a link of somebody's own will be.</summary>
internal static class MaskedLinks
{
    /// <summary>Masks by notice: for those whose link is made when the mail is sent, also where the inbox has another one for them.</summary>
    public static Dictionary<long, string> Of(IEnumerable<SecretMail> secrets, IEnumerable<TellingNotice> notices)
    {
        var minted = secrets.Select(secret => secret.Template).ToHashSet();
        return notices.Where(notice => minted.Contains(notice.Template) || !notice.Model.Contains("\"link\"", StringComparison.Ordinal)).ToDictionary(notice => notice.Id, _ => WriteMail.Mask);
    }
}
