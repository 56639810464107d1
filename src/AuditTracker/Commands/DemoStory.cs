using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Evidence;

namespace AuditTracker.Commands;

/// <summary>Something that happens in the demo's past.</summary>
/// <param name="Kind">adopt, change, submit or review.</param>
/// <param name="Period">The collection's, of a submit or review.</param>
/// <param name="By">Employee number; null: whoever the collection is assigned to, or the reviewer.</param>
internal sealed record DemoAct(DateTime At, string Kind, string Request, Period Period, string? By = null)
{
    /// <summary>Named files of <c>templates/demo/files</c>; empty: a paper is made.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
    public IReadOnlyList<string> Links { get; init; } = [];
    public string? Statement { get; init; }
    public DateOnly? CapturedOn { get; init; }
    public string Note { get; init; } = "";
    public string? OnBehalfOf { get; init; }
    public Decision Decision { get; init; }
    public string Comment { get; init; } = "";

    /// <summary>Of a change: the new owner, or null.</summary>
    public string? Owner { get; init; }

    /// <summary>Of a change: the new end, or null.</summary>
    public DateOnly? EndOn { get; init; }

    /// <summary>First hand-in of the period or a later one: another paper.</summary>
    public int Round { get; init; }
}

/// <summary>
/// What happened in the demo company, in order: the acts of <c>quarter.yaml</c> word for word, and for every other collection what the habit and
/// <c>year.yaml</c> say. Pure; the same files give the same story.
/// </summary>
internal static class DemoStory
{
    private static readonly string[] Comments = ["確認しました。", "前回との差も読み取れました。", "期限内のご提出ありがとうございます。", "抽出した分の記録まで確認しました。"];

    /// <param name="now">Where the demo's clock stands in the end; nothing happens behind it.</param>
    public static IReadOnlyList<DemoAct> Of(IReadOnlyList<RequestEntry> requests, QuarterFile quarter, YearFile year, BusinessCalendar calendar, DateTime now)
    {
        var told = quarter.Acts.Select(act => Told(act, requests, calendar)).ToList();
        var named = told.Select(act => (act.Request, act.Period.From)).ToHashSet();
        var otherwise = year.Otherwise.ToDictionary(entry => (entry.Request, Day(entry.Period)));
        var habits = from request in requests
                     let last = year.Ends.FirstOrDefault(end => end.Request == request.Id)
                     from planned in Plan.Of(request.Period, request.Opens.Offset, request.Due.Offset, request.DueUnit, request.StartsOn, last is null ? JapanTime.DateOf(now).AddYears(1) : Day(last.EndOn), calendar)
                     where !named.Contains((request.Id, planned.Period.From))
                     from act in Lived(request, planned, otherwise.GetValueOrDefault((request.Id, planned.Period.From)), calendar, now)
                     select act;
        var changes = year.Handovers.Select(change => new DemoAct(At(Day(change.On), 8, 40), "change", change.Request, default) { Owner = change.To })
            .Concat(year.Ends.Select(change => new DemoAct(At(Day(change.On), 8, 45), "change", change.Request, default) { EndOn = Day(change.EndOn) }));
        return [.. requests.Select(request => new DemoAct(At(request.StartsOn, 8, 30), "adopt", request.Id, default))
            .Concat(changes).Concat(told).Concat(habits).Where(act => act.At < now).OrderBy(act => act.At).ThenBy(act => act.Request, StringComparer.Ordinal)];
    }

    private static DemoAct Told(QuarterAct act, IReadOnlyList<RequestEntry> requests, BusinessCalendar calendar)
    {
        var period = calendar.Periods.Containing(requests.Single(request => request.Id == act.Request).Period, Day(act.Period));
        return new DemoAct(DateTimeOffset.Parse(act.At, CultureInfo.InvariantCulture).UtcDateTime, act.Act, act.Request, period, act.By)
        {
            Files = act.Files,
            Links = act.Links,
            Statement = act.Statement,
            CapturedOn = act.CapturedOn is null ? null : Day(act.CapturedOn),
            Note = act.Note ?? "",
            OnBehalfOf = act.OnBehalfOf,
            Decision = act.Decision is null ? default : Enum.Parse<Decision>(act.Decision, ignoreCase: true),
            Comment = act.Comment ?? "",
        };
    }

    private static IEnumerable<DemoAct> Lived(RequestEntry request, PlannedPeriod planned, OtherwiseEntry? otherwise, BusinessCalendar calendar, DateTime now)
    {
        var chance = new Chance(request.Id, planned.Period.From);
        var opens = calendar.ShiftToNext(planned.OpensOn);
        if (otherwise?.Until == "left" || At(opens, 9, 5) >= now)
        {
            yield break;
        }
        var room = calendar.BusinessDaysBetween(opens, planned.DueOn);
        var on = otherwise?.Late is { } late ? calendar.AddBusinessDays(planned.DueOn, late) : calendar.AddBusinessDays(opens, Math.Max(1, room * chance.Next(35, 96) / 100));
        for (var round = 0; round < (otherwise?.Returned is null ? 1 : 2); round++)
        {
            yield return new DemoAct(Time(on, chance), "submit", request.Id, planned.Period, otherwise?.Behalf)
            {
                Round = round,
                Statement = otherwise?.Statement,
                CapturedOn = calendar.AddBusinessDays(on, -chance.Next(1, 4)),
                Note = round == 0 && otherwise?.Returned is not null ? "" : otherwise?.Note ?? "",
            };
            if (otherwise?.Until == "waiting")
            {
                yield break;
            }
            on = calendar.AddBusinessDays(on, chance.Next(1, 4));
            var returns = round == 0 && otherwise?.Returned is not null;
            yield return new DemoAct(Time(on, chance), "review", request.Id, planned.Period)
            {
                Decision = returns ? Decision.Return : Decision.Accept,
                Comment = returns ? otherwise!.Returned! : chance.Next(0, 5) == 0 ? Comments[chance.Next(0, Comments.Length)] : "",
            };
            if (otherwise?.Until == "returned")
            {
                yield break;
            }
            on = calendar.AddBusinessDays(on, 2);
        }
    }

    private static DateTime Time(DateOnly on, Chance chance) => At(on, chance.Next(10, 17), 5 * chance.Next(0, 12));

    private static DateTime At(DateOnly on, int hour, int minute) => JapanTime.InstantOf(on, new TimeOnly(hour, minute));

    private static DateOnly Day(string iso) => DateOnly.ParseExact(iso, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>Numbers that look like chance and are the same on every machine and in every run.</summary>
internal sealed class Chance(string request, DateOnly period, int round = 0)
{
    private ulong state = request.Aggregate(14695981039346656037UL + (ulong)(period.DayNumber * 31 + round), (hash, letter) => (hash ^ letter) * 1099511628211UL);

    /// <summary>At least <paramref name="least"/>, less than <paramref name="most"/>.</summary>
    public int Next(int least, int most)
    {
        // SplitMix64.
        var mixed = state += 0x9E3779B97F4A7C15UL;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return least + (int)((mixed ^ (mixed >> 31)) % (ulong)(most - least));
    }
}
