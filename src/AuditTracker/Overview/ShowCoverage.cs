using AuditTracker.Controls;
using AuditTracker.Evidence;
using AuditTracker.Platform.Security;

namespace AuditTracker.Overview;

/// <summary>Some items counted by state: a framework, a theme, what an owner has.</summary>
/// <param name="Key">Of the theme or owner; null: items that have none.</param>
public sealed record Share(string? Key, string Name, IReadOnlyDictionary<CoverageState, int> States)
{
    /// <summary>How many more of these items are covered than at the last month's end; null where that day was not kept.</summary>
    public int? Change { get; init; }

    /// <summary>The same items at the month-ends of the trend, oldest first, then now; null for a day that was not kept. Empty where the reader sees no trend.</summary>
    public IReadOnlyList<Share?> Trend { get; init; } = [];

    public int In(CoverageState state) => States.GetValueOrDefault(state);
    public int Covered => In(CoverageState.Covered);
    public int Applicable => States.Where(state => state.Key != CoverageState.Excluded).Sum(state => state.Value);

    /// <summary>Rounded down; 100 only when all are covered.</summary>
    public int Percent => Applicable == 0 ? 0 : 100 * Covered / Applicable;

    public static Share Of(string? key, string name, IEnumerable<CoveredItem> items) =>
        new(key, name, items.Where(item => item.Coverage is not null).CountBy(item => item.Coverage!.State).ToDictionary());
}

/// <summary>A framework's items now, and how many more are covered than at the last month's end.</summary>
/// <param name="Change">Null when that day was not kept.</param>
public sealed record FrameworkShare(Framework Framework, Share Now, int? Change);

/// <summary>A point of the trend: a month's end, or now.</summary>
/// <param name="Day">Null: now.</param>
/// <param name="Shares">By framework; frameworks of which nothing was kept are missing.</param>
public sealed record TrendPoint(DateOnly? Day, IReadOnlyDictionary<string, Share> Shares);

/// <summary>Everything the page of coverage says.</summary>
/// <param name="ByTheme">Of the framework chosen, in the order of its file.</param>
/// <param name="ByOwner">Of the framework chosen, most gaps first.</param>
/// <param name="Gaps">Items not covered, next due date first; those nobody is asked for last.</param>
/// <param name="Trend">Oldest first; empty for readers who do not see the whole company.</param>
/// <param name="Reuse">Items that one request supports on average; null without requests.</param>
/// <param name="Arrangements">What nobody is asked for, owns, or has but by the mapping, of all frameworks.</param>
public sealed record CoverageNow(IReadOnlyList<FrameworkShare> Frameworks, Framework? Chosen, IReadOnlyList<Share> ByTheme, IReadOnlyList<Share> ByOwner,
    IReadOnlyList<CoveredItem> Gaps, IReadOnlyList<TrendPoint> Trend, decimal? Reuse, Gaps Arrangements)
{
    /// <summary>Yearly requests of the framework chosen, in both readings of "once a year".</summary>
    public IReadOnlyList<YearlyRequest> Yearly { get; init; } = [];

    /// <summary>Of the framework chosen, by the department of the items' owners, most gaps first.</summary>
    public IReadOnlyList<Share> ByDepartment { get; init; } = [];

    /// <summary>Of the framework chosen, by class of safety measures; an item may stand in several classes or in none.</summary>
    public IReadOnlyList<Share> ByMeasure { get; init; } = [];
}

/// <summary>Would we pass today, and is it getting better? Coverage by framework, theme and owner, over time, and what is missing.</summary>
public sealed class ShowCoverage(ShowItems items, ControlStore controls, CoverageDays days, YearlyDuties yearly, ShowGaps gaps, ItemStore store)
{
    public static bool IsGap(CoveredItem item) => item.Coverage is { State: not (CoverageState.Covered or CoverageState.Excluded) };

    /// <param name="framework">The key of the framework looked at closely; null or unknown: the first.</param>
    public async Task<CoverageNow> RunAsync(CurrentUser user, string? framework, CompanyDay day, CancellationToken ct)
    {
        var listed = await items.ListAsync(user, new ItemFilter(), ct);
        var all = listed.ToLookup(item => item.Item.Framework);
        var counted = (await controls.FrameworksAsync(ct)).Where(known => known.IsCounted && all.Contains(known.Key)).ToList();
        var shares = counted.ToDictionary(known => known.Key, known => Share.Of(known.Key, known.Key, all[known.Key]));
        var trend = user.SeesAllEvidence ? await TrendAsync(day.Today, shares, ct) : [];
        var before = trend.Count > 1 ? trend[^2].Shares : new Dictionary<string, Share>();
        var chosen = counted.Find(known => known.Key == framework) ?? counted.FirstOrDefault();
        var inside = chosen is null ? [] : all[chosen.Key].ToList();
        var then = chosen is not null && trend.Count > 0 ? await ItemsThenAsync(chosen.Key, day.Today, ct) : [];
        var themes = chosen is null ? [] : await controls.ThemesAsync(chosen.Key, ct);
        var language = System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
        return new(
            [.. counted.Select(known => new FrameworkShare(known, shares[known.Key], before.TryGetValue(known.Key, out var then) ? shares[known.Key].Covered - then.Covered : null))],
            chosen,
            [.. themes.Select(theme => Grouped(theme.Key, theme.Title(language), inside.Where(item => item.Item.Theme == theme.Key), then)).Where(share => share.States.Count > 0)],
            [.. inside.GroupBy(item => (item.Item.Owner, item.Item.OwnerName)).Select(group => Grouped(group.Key.Owner, group.Key.OwnerName ?? "", group, then)).Where(share => share.Applicable > 0)
                .OrderByDescending(share => share.Applicable - share.Covered).ThenBy(share => share.Key, StringComparer.Ordinal)],
            [.. inside.Where(IsGap).OrderBy(item => item.Coverage!.NextDueOn ?? DateOnly.MaxValue).ThenByDescending(item => item.Coverage!.State).ThenBy(item => item.Item.Position)],
            trend,
            ReuseOf(counted.SelectMany(known => all[known.Key])),
            await gaps.OfAsync(user, listed, null, ct))
        {
            ByDepartment = chosen is null ? [] : await DepartmentsAsync(user, chosen.Key, inside, then, ct),
            ByMeasure = chosen is null ? [] : await MeasuresAsync(user, chosen.Key, inside, then, ct),
            Yearly = chosen is null ? [] : await yearly.ListAsync(user, day, chosen.Key, null, ct),
        };
    }

    /// <summary>The items as they are grouped today, now and then.</summary>
    private static Share Grouped(string? key, string name, IEnumerable<CoveredItem> group, IReadOnlyList<IReadOnlyDictionary<string, CoverageState>?> then)
    {
        var items = group.ToList();
        var share = Share.Of(key, name, items);
        if (then.Count == 0)
        {
            return share;
        }
        // An item that was not there then counts in nothing.
        var past = then.Select(day => day is null ? null : new Share(key, name, items.Where(item => day.ContainsKey(item.Item.Ref)).CountBy(item => day[item.Item.Ref]).ToDictionary())).ToList();
        return share with { Change = past[^1] is { } last ? share.Covered - last.Covered : null, Trend = [.. past, share] };
    }

    /// <summary>The month-ends of the trend, oldest first.</summary>
    private static List<DateOnly> MonthEnds(DateOnly today)
    {
        var first = new DateOnly(today.Year, today.Month, 1);
        return [.. Enumerable.Range(0, KeepCoverageDays.Months).Select(back => first.AddMonths(-back).AddDays(-1)).Reverse()];
    }

    private async Task<List<IReadOnlyDictionary<string, CoverageState>?>> ItemsThenAsync(string framework, DateOnly today, CancellationToken ct)
    {
        var ends = MonthEnds(today);
        var kept = (await days.ItemsAsync(framework, ends, ct)).ToLookup(row => row.Day);
        return [.. ends.Select(end => kept.Contains(end) ? kept[end].ToDictionary(row => row.Ref, row => row.State) : null)];
    }

    private async Task<IReadOnlyList<Share>> DepartmentsAsync(CurrentUser user, string framework, IReadOnlyList<CoveredItem> inside, IReadOnlyList<IReadOnlyDictionary<string, CoverageState>?> then, CancellationToken ct)
    {
        var departments = (await store.DepartmentsAsync(user, framework, ct)).ToDictionary(row => row.Ref);
        return [.. inside.GroupBy(item => departments.GetValueOrDefault(item.Item.Ref)?.Key).Select(group => Grouped(group.Key, group.Key is null ? "" : departments[group.First().Item.Ref].Name, group, then)).Where(share => share.Applicable > 0)
            .OrderByDescending(share => share.Applicable - share.Covered).ThenBy(share => share.Key, StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<Share>> MeasuresAsync(CurrentUser user, string framework, IReadOnlyList<CoveredItem> inside, IReadOnlyList<IReadOnlyDictionary<string, CoverageState>?> then, CancellationToken ct)
    {
        var byRef = inside.ToDictionary(item => item.Item.Ref);
        return [.. (await store.MeasuresAsync(user, framework, ct)).GroupBy(row => (row.Key, row.Name)).Select(group => Grouped(group.Key.Key, group.Key.Name, group.Select(row => byRef[row.Ref]), then)).Where(share => share.States.Count > 0)];
    }

    private static decimal? ReuseOf(IEnumerable<CoveredItem> items)
    {
        var pairs = items.Where(item => item.Coverage is { State: not CoverageState.Excluded }).SelectMany(item => item.Coverage!.Requests.Concat(item.Coverage.Attached).Select(request => request.RequestId)).ToList();
        return pairs.Count == 0 ? null : Math.Floor(10m * pairs.Count / pairs.Distinct().Count()) / 10;
    }

    private async Task<IReadOnlyList<TrendPoint>> TrendAsync(DateOnly today, IReadOnlyDictionary<string, Share> now, CancellationToken ct)
    {
        var ends = MonthEnds(today);
        var kept = (await days.ListAsync(ends, ct)).ToLookup(row => row.Day);
        return [.. ends.Select(end => new TrendPoint(end, kept[end].GroupBy(row => row.Framework).ToDictionary(group => group.Key,
                group => new Share(group.Key, group.Key, group.ToDictionary(row => row.State, row => row.Items))))),
            new TrendPoint(null, now)];
    }
}
