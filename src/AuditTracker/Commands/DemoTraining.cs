using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Training;

namespace AuditTracker.Commands;

/// <summary>
/// The demo's training: the induction since October, and the yearly campaign of November, a good half done on the 24th. All of it through the use cases; <c>employee@</c> and
/// <c>owner@</c> have theirs still to take.
/// </summary>
internal sealed class DemoTraining(IServiceProvider services, DemoCompany company)
{
    private static readonly DateOnly Opens = new(2026, 11, 2), Due = new(2026, 11, 30), Last = new(2026, 11, 20);
    private static readonly string[] StillToTake = ["000110", "000035"];
    private readonly Db db = services.GetRequiredService<Db>();
    private readonly TakeTraining take = services.GetRequiredService<TakeTraining>();

    private sealed record Pupil(long Id, long PersonId, string EmployeeNo, string Department);

    /// <summary>Whether the jobs of training have anything to do on a morning: nothing before the first plan.</summary>
    public static bool IsOn(DateOnly day) => day >= new DateOnly(2026, 10, 1);

    public IEnumerable<(DateTime At, Func<Task> Play)> Steps(BusinessCalendar calendar, CancellationToken ct)
    {
        yield return (At(new(2026, 9, 24), 10), () => PlanAsync("入社時教育 2026年度下期", "joiners", "new-joiners", new(2026, 10, 1), new(2027, 3, 31), "", ct));
        yield return (At(new(2026, 10, 20), 10), () => PlanAsync("個人情報保護・情報セキュリティ教育 2026", "yearly", "all-staff", Opens, Due, "昨年は「委託」の設問で間違いが多かったため、教材4枚目を見直しました。内部監査での指摘（メール誤送信）も教材6枚目に反映しています。", ct));
        var days = Enumerable.Range(0, Last.DayNumber - Opens.DayNumber + 1).Select(Opens.AddDays).Where(calendar.IsBusinessDay).ToList();
        foreach (var (day, index) in days.Select((day, index) => (day, index)))
        {
            yield return (At(day, 12), () => LunchAsync(index, days.Count, ct));
        }
        yield return (At(new(2026, 11, 18), 15), () => SessionAsync(ct));
        yield return (At(new(2026, 11, 19), 11), () => ExemptAsync("away", "海外拠点へ出向中（12月に帰任後、受講する）", new(2026, 12, 18), approves: true, ct));
        yield return (At(new(2026, 11, 20), 16), () => ExemptAsync("leaving", "11月末で退職予定、有給休暇の取得中", new(2026, 11, 30), approves: false, ct));
    }

    private async Task PlanAsync(string title, string kind, string course, DateOnly opens, DateOnly due, string purpose, CancellationToken ct)
    {
        var plans = services.GetRequiredService<PlanCampaign>();
        var id = await plans.SaveAsync(company.Manager, null, new(title, kind, course, purpose, opens, opens, due, 5, company.Manager.EmployeeNo!, new(true, [], [], [])), ct);
        await plans.ApproveAsync(Top, id, ct);
    }

    private CurrentUser Top => company.User("000001");

    private async Task<(long Campaign, IReadOnlyList<Pupil> Open)> OpenAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var campaign = await connection.FirstAsync<long>("select id from training_campaigns where kind = 'yearly'", ct: ct);
        return (campaign, await connection.ListAsync<Pupil>("""
            select r.id, r.person_id, r.employee_no, r.department from training_roster r left join training_progress g on g.roster_id = r.id
            where r.campaign_id = @campaign and g.completed_at is null and r.employee_no <> all(@StillToTake)
              and not exists (select from training_exemptions x where x.roster_id = r.id and x.ended_at is null) order by r.id
            """, new { campaign, StillToTake }, ct));
    }

    /// <summary>Who takes it on a day follows from their number; some need a second test, a few only begin.</summary>
    private async Task LunchAsync(int day, int days, CancellationToken ct)
    {
        var (_, open) = await OpenAsync(ct);
        foreach (var pupil in open)
        {
            var chance = new Chance(pupil.EmployeeNo, Opens);
            var (on, luck) = (chance.Next(0, days * 2), chance.Next(0, 10));
            if (on != day)
            {
                continue;
            }
            var taker = new Taker(new Actor("visitor", $"demo-{pupil.EmployeeNo}"), pupil.PersonId, null);
            var taking = (await take.FindAsync(taker, pupil.Id, ct))!;
            var course = await take.CourseAsync(taking, ct);
            await take.TurnAsync(taker, pupil.Id, luck == 0 ? 4 : course.Pages.Count, ct);
            if (luck == 0 || (!await TestAsync(taker, pupil.Id, course, luck is 1 or 2 ? 3 : luck % 2, ct) && luck == 2))
            {
                continue;
            }
            if (luck == 1)
            {
                await TestAsync(taker, pupil.Id, course, 1, ct);
            }
        }
    }

    private async Task<bool> TestAsync(Taker taker, long id, Course course, int wrong, CancellationToken ct)
    {
        await take.BeginTestAsync(taker, id, "ja", ct);
        foreach (var answer in (await take.TestAsync(taker, id, handedIn: false, ct))!.Value.Answers)
        {
            var question = course.Find(answer.Question);
            await take.AnswerAsync(taker, id, answer.Position, answer.Position > wrong ? question.Right : [question.Right.Contains("a") && !question.IsMultiple ? "b" : "a"], ct);
        }
        return await take.FinishAsync(taker, id, ct);
    }

    private async Task SessionAsync(CancellationToken ct)
    {
        var (campaign, open) = await OpenAsync(ct);
        var room = open.GroupBy(pupil => pupil.Department).OrderByDescending(group => group.Count()).First().Take(8).Select(pupil => pupil.EmployeeNo);
        await services.GetRequiredService<RecordAttendance>().RunAsync(company.Manager, campaign, Attendance.Typed(string.Join(' ', room)), "session", "11月18日 本社会議室で補講。配布資料は教材と同じ版、小テストの回答は法務・コンプライアンス室で保管", ct);
    }

    private async Task ExemptAsync(string reason, string detail, DateOnly until, bool approves, CancellationToken ct)
    {
        var (campaign, open) = await OpenAsync(ct);
        var exemptions = services.GetRequiredService<ExemptPeople>();
        await exemptions.AskAsync(company.Manager, campaign, [open[^1].Id], reason, detail, null, until, ct);
        if (approves)
        {
            await exemptions.DecideAsync(Top, campaign, [.. (await exemptions.WaitingAsync(Top, campaign, ct)).Select(ask => ask.Id)], true, ct);
        }
    }

    private static DateTime At(DateOnly on, int hour) => JapanTime.InstantOf(on, new TimeOnly(hour, 10));
}
