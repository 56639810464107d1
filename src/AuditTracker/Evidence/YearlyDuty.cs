using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>A fiscal year of a yearly duty.</summary>
/// <param name="DoneOn">The first completion for it, also when it came after the year's end; null: none (yet).</param>
/// <param name="DueOn">The last day on which it is not missed yet: the year's end, or the due date of its evidence where that is later.</param>
public sealed record DutyYear(int Number, Period Year, DateOnly? DoneOn, DateOnly DueOn);

/// <summary>A period of a yearly request that was opened.</summary>
/// <param name="PeriodTo">Its last day; the fiscal year in which it lies is the one it counts for.</param>
/// <param name="DueOn">As first planned.</param>
/// <param name="DoneOn">The day on which the evidence that was accepted was captured, where none was given on which it was handed in; null: none accepted.</param>
public sealed record DutyPeriod(DateOnly PeriodTo, DateOnly DueOn, DateOnly? DoneOn);

/// <summary>
/// "Once a year" read in both ways auditors read it (domain.md §3.6): for every fiscal year of the company, by the period the evidence is of, and at most twelve months
/// and a grace between two completions, by the days on which they happened. Pure.
/// </summary>
/// <param name="Years">From the year in which the request began, through the running one.</param>
/// <param name="Last">The newest completion.</param>
/// <param name="NextBy">The day through which the second reading still holds; null before the first completion.</param>
/// <param name="LongestGap">The pair of completions, one after the other, that lay too far apart; the newest such pair.</param>
public sealed record YearlyDuty(IReadOnlyList<DutyYear> Years, DateOnly? Last, DateOnly? NextBy, (DateOnly From, DateOnly To)? LongestGap, DateOnly Today)
{
    /// <summary>Done in the running year.</summary>
    public bool IsDoneThisYear => Years.Count > 0 && Years[^1].DoneOn is not null;

    /// <summary>Years that are over without it, and so is the time to hand it in.</summary>
    public IEnumerable<DutyYear> Missed => Years.Where(year => year.DoneOn is null && year.DueOn < Today);

    /// <summary>Longer ago than twelve months and the grace.</summary>
    public bool IsTooLong => NextBy < Today;

    /// <param name="periods">In any order.</param>
    /// <param name="graceMonths">0 to 12.</param>
    public static YearlyDuty Of(IEnumerable<DutyPeriod> periods, DateOnly startOn, DateOnly? endOn, DateOnly today, FiscalPeriods fiscal, int graceMonths)
    {
        var byYear = periods.ToLookup(period => fiscal.YearOf(period.PeriodTo));
        var done = byYear.SelectMany(year => year).Select(period => period.DoneOn).OfType<DateOnly>().Where(day => day <= today).Order().ToList();
        var first = byYear.Where(year => year.Any(period => period.DoneOn <= today)).Select(year => year.Key).Append(fiscal.YearOf(startOn)).Min();
        var last = endOn < today ? endOn.Value : today;
        var years = new List<DutyYear>();
        for (var number = first; number <= fiscal.YearOf(last); number++)
        {
            var year = fiscal.Year(number);
            years.Add(new DutyYear(number, year, byYear[number].Where(period => period.DoneOn <= today).Min(period => period.DoneOn), byYear[number].Select(period => period.DueOn).Append(year.To).Max()));
        }
        var apart = done.Zip(done.Skip(1)).Where(pair => pair.Second > pair.First.AddMonths(12 + graceMonths)).Select(pair => ((DateOnly, DateOnly)?)pair).LastOrDefault();
        DateOnly? newest = done.Count == 0 ? null : done[^1];
        return new YearlyDuty(years, newest, newest?.AddMonths(12 + graceMonths), apart, today);
    }
}

/// <summary>A yearly request with how it stands.</summary>
public sealed record YearlyRequest(long Id, string Title, YearlyDuty Duty);

/// <summary>Reads when yearly requests were completed.</summary>
public sealed class YearlyDuties(Db db)
{
    private sealed record Row(long Id, string Title, DateOnly StartOn, DateOnly? EndOn, DateOnly? PeriodTo, DateOnly? DueOn, DateOnly? DoneOn);

    /// <summary>Every request of the reader that comes once a year, by title; ended ones are left out unless asked for by id.</summary>
    /// <param name="framework">Only those that serve it; null: all.</param>
    public async Task<IReadOnlyList<YearlyRequest>> ListAsync(CurrentUser user, CompanyDay day, string? framework, long? request, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        (parameters["framework"], parameters["request"], parameters["today"]) = (framework, request, day.Today);
        await using var connection = await db.OpenAsync(ct);
        var grace = (await NoticeRules.LoadAsync(connection, day.Today, ct)).GraceMonths;
        var rows = await connection.ListAsync<Row>($"""
            select r.id, r.title, v.start_on, v.end_on, c.period_to, c.planned_due_on as due_on, done.on as done_on
            from evidence_requests r join request_versions v on v.request_id = r.id and v.version = r.version
            left join collections c on c.request_id = r.id and c.state <> 'planned'
            left join lateral (
                select coalesce(s.captured_on, x.claimed_submitted_on, tokyo_date(s.at)) as on from submissions s left join past_evidence_pieces x on x.submission_id = s.id
                where s.collection_id = c.id and c.state = 'accepted' order by s.id desc limit 1) done on true
            where (v.every = 'year' or v.every_months = 12) and (@request::bigint is null or r.id = @request) and (@request::bigint is not null or v.start_on <= @today and (v.end_on is null or v.end_on >= @today))
              and (@framework::text is null or exists (select 1 from request_items i where i.request_id = r.id and i.version = r.version and i.framework = @framework))
              and {CollectionScope.RequestCondition}
            order by r.title_key, r.id
            """, parameters, ct);
        return [.. rows.GroupBy(row => row.Id).Select(group => new YearlyRequest(group.Key, group.First().Title,
            YearlyDuty.Of(group.Where(row => row.PeriodTo is not null).Select(row => new DutyPeriod(row.PeriodTo!.Value, row.DueOn!.Value, row.DoneOn)), group.First().StartOn, group.First().EndOn, day.Today, day.Calendar.Periods, grace)))];
    }
}
