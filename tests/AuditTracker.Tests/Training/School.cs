using System.Text.RegularExpressions;
using AuditTracker.Notifications;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Platform.Mail;
using AuditTracker.Tests.Support;
using AuditTracker.Training;

namespace AuditTracker.Tests.Training;

/// <summary>The room as its tests find it: 2 November 2026, eight people, Manami plans and Tom approves.</summary>
public sealed partial class School : IAsyncLifetime
{
    public TestApp App { get; } = new();
    public TestDatabase Database => App.Database;
    public static CurrentUser Manager => Desk.Manager;
    public static CurrentUser Top => Desk.User(Cast.Tom, Role.Management);

    public async Task InitializeAsync()
    {
        await App.InitializeAsync();
        await Database.SetClockAsync("2026-11-02 09:00");
    }

    public Task DisposeAsync() => App.DisposeAsync();

    public static DateOnly Day(string iso) => DateOnly.ParseExact(iso, "yyyy-MM-dd");

    public static CampaignInput Plan(string kind = "yearly", string opens = "2026-11-02", string due = "2026-11-30", string? cutoff = null, Audience? audience = null, string course = "all-staff") =>
        new("個人情報保護教育 2026", kind, course, "", cutoff is null ? null : Day(cutoff), Day(opens), Day(due), 5, Cast.Manami.EmployeeNo, audience ?? new(true, [], [], []));

    /// <summary>A campaign that runs.</summary>
    public async Task<long> RunAsync(CampaignInput? plan = null)
    {
        var id = await App.Get<PlanCampaign>().SaveAsync(Manager, null, plan ?? Plan());
        await App.Get<PlanCampaign>().ApproveAsync(Top, id);
        await App.Get<StartCampaigns>().RunAsync(default);
        return id;
    }

    public Task<long> RosterAsync(long campaign, Cast.Member member) =>
        Database.ScalarAsync<long>("select id from training_roster where campaign_id = @campaign and person_id = @PersonId", new { campaign, member.PersonId });

    public async Task<Numbers> NumbersAsync(long campaign, DateTime? asOf = null, CurrentUser? user = null) =>
        await App.Get<CampaignStore>().NumbersAsync(user ?? Manager, campaign, asOf ?? await NowAsync(), default);

    public async Task<DateTime> NowAsync() => (await App.Get<AuditTracker.Platform.Database.BusinessClock>().NowAsync()).Now;

    public static Taker As(Cast.Member member) => new(AuditTracker.Platform.Database.Actor.Of(Desk.User(member)), member.PersonId, null);

    /// <summary>Reads everything and answers; wrong answers where asked.</summary>
    /// <returns>Whether it passed.</returns>
    public async Task<bool> TakeAsync(Cast.Member member, long campaign, bool right = true)
    {
        var (take, roster, taker) = (App.Get<TakeTraining>(), await RosterAsync(campaign, member), As(member));
        var taking = (await take.FindAsync(taker, roster, default))!;
        var course = await take.CourseAsync(taking, default);
        await take.TurnAsync(taker, roster, course.Pages.Count);
        await take.BeginTestAsync(taker, roster, "ja");
        foreach (var answer in (await take.TestAsync(taker, roster, handedIn: false, default))!.Value.Answers)
        {
            var question = course.Find(answer.Question);
            await take.AnswerAsync(taker, roster, answer.Position, right ? question.Right : [question.Right.Contains("a") && !question.IsMultiple ? "b" : "a"]);
        }
        return await take.FinishAsync(taker, roster);
    }

    /// <summary>Sends what is queued; the path of the link in the newest mail to somebody.</summary>
    public async Task<string> LinkInMailToAsync(Cast.Member member)
    {
        await App.Get<SendMails>().RunAsync(default);
        var mail = new DirectoryInfo(Database.Installation.Settings.MailFolder).GetFiles("*.eml", SearchOption.AllDirectories).OrderByDescending(file => file.LastWriteTimeUtc)
            .Select(file => new ReadMail(File.ReadAllBytes(file.FullName))).First(read => read.Headers["To"].Contains(member.Mail, StringComparison.Ordinal));
        return new Uri(Link().Match(mail.Parts.First(part => part.Key.StartsWith("text/plain", StringComparison.Ordinal)).Value).Value).PathAndQuery;
    }

    public Task<long> NoticesAsync(string condition) => Database.ScalarAsync<long>($"select count(*) from notices where {condition}");

    [GeneratedRegex(@"https?://\S+/training/link\?token=\S+")]
    private static partial Regex Link();
}
