using AuditTracker.Company;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Training;

/// <summary>Job: tells those who are not done, and those who can help, by the company's cadence; each step once. A person by hand: once a day.</summary>
public sealed class RemindTrainees(Db db)
{
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var told = 0;
        IReadOnlyList<long> running;
        await using (var connection = await db.OpenAsync(ct))
        {
            running = await connection.ListAsync<long>("select id from training_campaigns where state = 'running' order by id", ct: ct);
        }
        foreach (var id in running)
        {
            await using var work = await db.BeginAsync(Actor.Job(nameof(RemindTrainees)), ct);
            // Whoever closes the campaign meanwhile waits, and is not overtaken by a notice.
            if (await work.FirstAsync<bool>("select true from training_campaigns where id = @id and state = 'running' for share", new { id }, ct))
            {
                told += await RemindAsync(work, (await CampaignStore.OfAsync(work, id, ct))!, ct);
                await work.CommitAsync(ct);
            }
        }
        return told;
    }

    private static async Task<int> RemindAsync(UnitOfWork work, Campaign campaign, CancellationToken ct)
    {
        var calendar = await BusinessCalendars.LoadAsync(work.Connection, ct);
        var steps = await Cadence.LoadAsync(work.Connection, ct);
        var told = 0;
        var dues = await work.QueryAsync<DateOnly>($"select distinct r.own_due_on from ({Standings.Sql}) r where r.standing in ('notStarted', 'inProgress', 'retake')", new { campaign = campaign.Id, asOf = work.Now }, ct);
        foreach (var dueOn in dues)
        {
            if (Cadence.Newest(steps, "person", campaign.OpensOn, dueOn, work.Today, calendar) is { } day && await TakeStepAsync(work, campaign, dueOn, "person", day, ct))
            {
                told += await TrainingMails.TellReminderAsync(work, campaign, day, dueOn, ct);
            }
            if (Cadence.Newest(steps, "manager", campaign.OpensOn, dueOn, work.Today, calendar) is { IsLate: true } late && await TakeStepAsync(work, campaign, dueOn, "manager", late, ct))
            {
                told += await TrainingMails.TellManagersAsync(work, campaign, late, dueOn, ct);
            }
        }
        // Joiners have due dates of their own: told of are those for whom the step's day has come.
        foreach (var tells in new[] { "head", "privacyManager" })
        {
            var days = (campaign.IsForJoiners ? dues : [campaign.DueOn]).Select(dueOn => (DueOn: dueOn, Day: Cadence.Newest(steps, tells, campaign.OpensOn, dueOn, work.Today, calendar))).Where(pair => pair.Day is not null).ToList();
            if (days.Count > 0 && days.MaxBy(pair => (pair.Day!.On, pair.DueOn)).Day is { } newest && await TakeStepAsync(work, campaign, campaign.DueOn, tells, newest, ct))
            {
                told += await TrainingMails.TellNumbersAsync(work, campaign, newest, days.Max(pair => pair.DueOn), company: tells == "privacyManager", ct);
            }
        }
        return told;
    }

    /// <summary>
    /// Whether the step is still to be told. Where everybody has the campaign's own due date it is told to all of them in one go and marked; joiners and those back from leave have dates of
    /// their own, and somebody may come to share one, so there the keys of the notices decide alone.
    /// </summary>
    private static async Task<bool> TakeStepAsync(UnitOfWork work, Campaign campaign, DateOnly dueOn, string tells, CadenceDay day, CancellationToken ct) =>
        campaign.IsForJoiners || dueOn != campaign.DueOn
        || await work.ExecuteAsync("insert into training_steps (campaign_id, due_on, tells, step, at) values (@Id, @dueOn, @tells, @Step, @Now) on conflict do nothing", new { campaign.Id, dueOn, tells, day.Step, work.Now }, ct) == 1;

    /// <summary>Tells these people again with their next mail, at most once a day; compliance managers only.</summary>
    /// <param name="rosters">Null: everybody who is not done.</param>
    /// <returns>How many are told.</returns>
    public async Task<int> ByHandAsync(CurrentUser user, long id, IReadOnlyList<long>? rosters, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var campaign = await CampaignStore.LockAsync(work, user, id, user.Is(Role.ComplianceManager), ct) ?? throw new NotFound();
        if (!campaign.IsRunning)
        {
            throw Refusal.Of<Words>("NotRunning");
        }
        var told = await TrainingMails.TellByHandAsync(work, campaign, rosters, ct);
        await work.ActAsync("training.reminded", PlanCampaign.Subject(id), new Dictionary<string, string?> { ["count"] = $"{told}" }, ct: ct);
        await work.CommitAsync(ct);
        return told;
    }
}
