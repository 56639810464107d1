using System.Globalization;
using System.Resources;
using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Trail;

namespace AuditTracker.Accounts;

/// <summary>What administrators and compliance managers are told of the trail, at once: their next mail of the day may be too late.</summary>
public static class TrailMails
{
    private const string Unsound = "accounts/trail-unsound";
    private static readonly ResourceManager Texts = new(typeof(Trail.Words));

    /// <summary>That a verification found something or could not be carried through; once a verification and person.</summary>
    public static async Task TellAsync(UnitOfWork work, long verification, int findings, Finding? first, CancellationToken ct)
    {
        await work.AnnounceAsync(new Announcement("trail.unsound", $"verification:{verification}", "", "/trail"), ct);
        foreach (var watcher in await AccountStore.WatchersAsync(work, ct))
        {
            await work.TellNowAsync(new Notice($"{Unsound}:{verification}:{watcher.AccountId}", Unsound, watcher.PersonId, $"verification:{verification}")
            {
                Model = new Dictionary<string, object?>
                {
                    ["count"] = findings == 0 ? null : findings,
                    ["faultJa"] = Word(first, "ja"),
                    ["faultEn"] = Word(first, "en"),
                    ["foundAt"] = work.Now,
                    ["link"] = "/trail",
                },
            }, watcher.PersonId is null ? new Recipient(watcher.Name, watcher.SignIn, watcher.Language) : null, ct);
        }
    }

    private static string Word(Finding? first, string language)
    {
        var culture = CultureInfo.GetCultureInfo(language);
        return first is null ? Texts.GetString("VerificationFailed", culture)! : string.Format(new OneOrMany(CultureInfo.InvariantCulture), Texts.GetString($"Finding{first.Kind}", culture)!, first.Where, first.Detail);
    }
}
