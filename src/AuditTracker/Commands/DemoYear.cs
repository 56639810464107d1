using AuditTracker.Accounts;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Training;

namespace AuditTracker.Commands;

/// <summary>
/// Plays the demo's past: every business day on which something is due the jobs run in the send window, and people hand in and review when the story
/// says, all through the use cases with the business clock set to that instant. Nothing is inserted.
/// </summary>
public sealed class DemoYear(IServiceProvider services, DemoCompany company)
{
    /// <summary>Where a fresh demo's clock stands (design §7).</summary>
    private static readonly DateTime Now = JapanTime.InstantOf(new DateOnly(2026, 11, 24), new TimeOnly(9, 0));

    /// <summary>The day on which the secretariat brings in what was collected before this service.</summary>
    private static readonly DateOnly BroughtInOn = new(2026, 11, 18);
    private readonly Db db = services.GetRequiredService<Db>();
    private readonly BlobStore blobs = services.GetRequiredService<BlobStore>();
    private DemoPapers papers = null!;

    public async Task PlayAsync(CancellationToken ct)
    {
        BusinessCalendar calendar;
        await using (var connection = await db.OpenAsync(ct))
        {
            calendar = await BusinessCalendars.LoadAsync(connection, ct);
        }
        papers = new DemoPapers(YamlFile.Read<PapersFile>(Path.Combine(company.Folder, "papers.yaml")), calendar);
        var story = DemoStory.Of(company.Requests, YamlFile.Read<QuarterFile>(Path.Combine(company.Folder, "quarter.yaml")), YamlFile.Read<YearFile>(Path.Combine(company.Folder, "year.yaml")), calendar, Now);
        var last = JapanTime.DateOf(Now).DayNumber - DemoCompany.FoundedOn.DayNumber;
        var mornings = Enumerable.Range(0, last).Select(DemoCompany.FoundedOn.AddDays).Where(calendar.IsBusinessDay)
            .Select(day => (At: JapanTime.InstantOf(day, new TimeOnly(9, 5)), Play: (Func<Task>)(() => MorningAsync(day, calendar, ct))));
        var past = new (DateTime At, Func<Task> Play)[] { (JapanTime.InstantOf(BroughtInOn, new TimeOnly(15, 30)), () => BringInAsync(ct)) };
        var deeds = story.Select(act => (act.At, Play: (Func<Task>)(() => PlayAsync(act, ct))));
        var trainings = new DemoTraining(services, company).Steps(calendar, ct);
        foreach (var (at, play) in mornings.Concat(deeds).Concat(past).Concat(trainings).OrderBy(step => step.At))
        {
            await SetClockAsync(at, ct);
            await play();
        }
        await SetClockAsync(Now, ct);
        await services.GetRequiredService<ExtendPlans>().RunAsync(ct);
        await services.GetRequiredService<EraseMailBodies>().RunAsync(ct);
        await services.GetRequiredService<KeepCoverageDays>().RunAsync(ct);
    }

    private async Task SetClockAsync(DateTime at, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Operator("demo"), ct);
        await BusinessClock.StartAtAsync(work, at, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>The jobs, as far as they have something to do: most days of a year they have not.</summary>
    private async Task MorningAsync(DateOnly today, BusinessCalendar calendar, CancellationToken ct)
    {
        bool opens, reminds, ends;
        await using (var connection = await db.OpenAsync(ct))
        {
            (opens, reminds, ends) = await connection.FirstAsync<(bool, bool, bool)>("""
                select exists (select from collections where state = 'planned' and opens_on <= @today),
                       exists (select from collections where state in ('open', 'returned') and due_on <= @horizon),
                       exists (select from accounts a join people p on p.id = a.person_id where a.disabled_at is null and p.left_on < @today)
                """, new { today, horizon = calendar.AddBusinessDays(today, NoticeRules.Standard.DaysBefore) }, ct);
        }
        if (ends)
        {
            await services.GetRequiredService<EndLeaversAccounts>().RunAsync(ct);
        }
        if (opens)
        {
            // New plans are needed no earlier than the next opening.
            await services.GetRequiredService<ExtendPlans>().RunAsync(ct);
            await services.GetRequiredService<OpenDueCollections>().RunAsync(ct);
        }
        if (reminds)
        {
            await services.GetRequiredService<RemindOwners>().RunAsync(ct);
        }
        if (DemoTraining.IsOn(today))
        {
            await services.GetRequiredService<StartCampaigns>().RunAsync(ct);
            await services.GetRequiredService<FollowPeopleEvents>().RunAsync(ct);
            await services.GetRequiredService<RemindTrainees>().RunAsync(ct);
        }
        await using (var connection = await db.OpenAsync(ct))
        {
            if (!await connection.FirstAsync<bool>("select exists (select from notices where mail_id is null and closed_at is null) or exists (select from mails where state in ('queued', 'deferred'))", ct: ct))
            {
                return;
            }
        }
        await services.GetRequiredService<SendMails>().RunAsync(ct);
    }

    /// <summary>The folder <c>past</c> with its list: seen, asked for, brought in, and all but the last accepted by the reviewer named in the request.</summary>
    private async Task BringInAsync(CancellationToken ct)
    {
        var (check, manager) = (services.GetRequiredService<CheckPastEvidence>(), company.Manager);
        var files = new List<UploadedFile>();
        foreach (var path in Directory.GetFiles(Path.Combine(company.Folder, "past")).Order(StringComparer.Ordinal))
        {
            await using var content = File.OpenRead(path);
            files.Add(new UploadedFile("file", Path.GetFileName(path), MediaTypes.Of(path), await blobs.SaveAsync(content, long.MaxValue, ct)));
        }
        await check.ApplyAsync(manager, await check.CheckAsync(manager, files, ct), skipsErrors: false, ct);
        await services.GetRequiredService<BringInPastEvidence>().RunAsync(ct);
        IReadOnlyList<(long Collection, long Reviewer)> brought;
        await using (var connection = await db.OpenAsync(ct))
        {
            brought = await connection.ListAsync<(long, long)>("select s.collection_id, c.reviewer_id from past_evidence_pieces x join submissions s on s.id = x.submission_id join collections c on c.id = s.collection_id order by x.position", ct: ct);
        }
        foreach (var (collection, reviewer) in brought.SkipLast(1))
        {
            await services.GetRequiredService<ReviewCollection>().DecideAsync(company.User(reviewer), collection, Decision.Accept, "共有フォルダーの原本と照合しました。", ct: ct);
        }
    }

    private async Task PlayAsync(DemoAct act, CancellationToken ct)
    {
        switch (act.Kind)
        {
            case "adopt":
                await company.AdoptAsync(company.Requests.Single(request => request.Id == act.Request), ct);
                return;
            case "change":
                await company.ChangeAsync(act.Request, act.Owner, act.EndOn, ct);
                return;
        }
        long collection, assignee, reviewer;
        string department;
        await using (var connection = await db.OpenAsync(ct))
        {
            (collection, assignee, reviewer, department) = await connection.FirstAsync<(long, long, long, string)>("""
                select c.id, c.assignee_id, c.reviewer_id, coalesce((select v.name from posts o join department_versions v on v.department_id = o.department_id
                    where o.person_id = c.assignee_id and @on between o.from_on and coalesce(o.to_on, 'infinity') and @on between v.from_on and coalesce(v.to_on, 'infinity') order by o.id limit 1), '')
                from collections c where c.request_id = @request and c.period_from = @From
                """, new { request = company.Request(act.Request), act.Period.From, on = JapanTime.DateOf(act.At) }, ct);
        }
        if (act.Kind == "submit")
        {
            var owner = company.User(assignee);
            var by = act.By is null ? owner : company.User(act.By);
            await services.GetRequiredService<HandIn>().SubmitAsync(by, collection, new HandInInput(act.Note, act.Links, act.Statement, act.CapturedOn, act.OnBehalfOf, await FilesAsync(act, owner.Name, department, ct)), ct);
        }
        else
        {
            await services.GetRequiredService<ReviewCollection>().DecideAsync(act.By is null ? company.User(reviewer) : company.User(act.By), collection, act.Decision, act.Comment, ct: ct);
        }
    }

    private async Task<IReadOnlyList<UploadedFile>> FilesAsync(DemoAct act, string who, string department, CancellationToken ct)
    {
        var files = new List<UploadedFile>();
        foreach (var name in act.Files)
        {
            await using var content = File.OpenRead(Path.Combine(company.Folder, "files", name));
            files.Add(new UploadedFile("file", name, MediaTypes.Of(name), await blobs.SaveAsync(content, long.MaxValue, ct)));
        }
        if (act.Files.Count + act.Links.Count == 0 && act.Statement is null)
        {
            foreach (var (name, bytes) in await papers.OfAsync(act, who, department))
            {
                using var content = new MemoryStream(bytes);
                files.Add(new UploadedFile("file", name, MediaTypes.Of(name), await blobs.SaveAsync(content, long.MaxValue, ct)));
            }
        }
        return files;
    }
}
