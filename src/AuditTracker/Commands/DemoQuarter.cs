using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;

namespace AuditTracker.Commands;

/// <summary>
/// Plays <c>quarter.yaml</c>: every business day the jobs run in the send window, and people hand in and review when the script says, all through
/// the use cases with the business clock set to that instant. Nothing is inserted.
/// </summary>
public sealed class DemoQuarter(IServiceProvider services, DemoCompany company)
{
    /// <summary>Where a fresh demo's clock stands (design §7).</summary>
    private static readonly DateTime Now = JapanTime.InstantOf(new DateOnly(2026, 11, 24), new TimeOnly(9, 0));
    private readonly Db db = services.GetRequiredService<Db>();

    public async Task PlayAsync(CancellationToken ct)
    {
        var acts = YamlFile.Read<QuarterFile>(Path.Combine(company.Folder, "quarter.yaml")).Acts;
        var first = JapanTime.DateOf(InstantOf(acts[0]));
        BusinessCalendar calendar;
        await using (var connection = await db.OpenAsync(ct))
        {
            calendar = await BusinessCalendars.LoadAsync(connection, ct);
        }
        var mornings = Enumerable.Range(0, 400).Select(first.AddDays).TakeWhile(day => day < JapanTime.DateOf(Now)).Where(calendar.IsBusinessDay)
            .Select(day => (At: JapanTime.InstantOf(day, new TimeOnly(9, 5)), Play: (Func<Task>)(() => MorningAsync(ct))));
        var deeds = acts.Select(act => (At: InstantOf(act), Play: (Func<Task>)(() => PlayAsync(act, ct))));
        foreach (var (at, play) in mornings.Concat(deeds).OrderBy(step => step.At))
        {
            await SetClockAsync(at, ct);
            await play();
        }
        await SetClockAsync(Now, ct);
    }

    private static DateTime InstantOf(QuarterAct act) => DateTimeOffset.Parse(act.At, CultureInfo.InvariantCulture).UtcDateTime;

    private async Task SetClockAsync(DateTime at, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Operator("demo"), ct);
        await BusinessClock.StartAtAsync(work, at, ct);
        await work.CommitAsync(ct);
    }

    private async Task MorningAsync(CancellationToken ct)
    {
        await services.GetRequiredService<ExtendPlans>().RunAsync(ct);
        await services.GetRequiredService<OpenDueCollections>().RunAsync(ct);
        await services.GetRequiredService<RemindOwners>().RunAsync(ct);
        await services.GetRequiredService<SendMails>().RunAsync(ct);
    }

    private async Task PlayAsync(QuarterAct act, CancellationToken ct)
    {
        long collection;
        await using (var connection = await db.OpenAsync(ct))
        {
            collection = await connection.FirstAsync<long>("select id from collections where request_id = @request and period_from = @period", new { request = company.Request(act.Request), period = DateOnly.Parse(act.Period, CultureInfo.InvariantCulture) }, ct);
        }
        if (act.Act == "submit")
        {
            var files = new List<UploadedFile>();
            foreach (var name in act.Files)
            {
                await using var content = File.OpenRead(Path.Combine(company.Folder, "files", name));
                files.Add(new UploadedFile("file", name, MediaTypes.Of(name), await services.GetRequiredService<BlobStore>().SaveAsync(content, long.MaxValue, ct)));
            }
            DateOnly? capturedOn = act.CapturedOn is null ? null : DateOnly.Parse(act.CapturedOn, CultureInfo.InvariantCulture);
            await services.GetRequiredService<HandIn>().SubmitAsync(company.User(act.By), collection, new HandInInput(act.Note ?? "", act.Links, act.Statement, capturedOn, act.OnBehalfOf, files), ct);
        }
        else
        {
            await services.GetRequiredService<ReviewCollection>().DecideAsync(company.User(act.By), collection, Enum.Parse<Decision>(act.Decision!, ignoreCase: true), act.Comment ?? "", ct);
        }
    }
}
