using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Company;

/// <summary>Changes when people are reminded, from a day on. Compliance managers only.</summary>
public sealed class ChangeNoticeRules(Db db)
{
    /// <param name="fromOn">Today or later: what was sent was sent by the rules of its day.</param>
    /// <exception cref="NotFound">The caller is no compliance manager.</exception>
    /// <exception cref="InvalidInput">A value is out of range; named at its field.</exception>
    public async Task RunAsync(CurrentUser user, NoticeRules rules, DateOnly fromOn, CancellationToken ct)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
        Check(rules);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (fromOn < work.Today)
        {
            throw InvalidInput.At<Words>("fromOn", "RulesNotInThePast");
        }
        await NoticeRules.AddAsync(work, rules, fromOn, ct);
        await work.ActAsync("company.noticeRulesChanged", "company:1", new Dictionary<string, string?> { ["from"] = DateText.Iso(fromOn) }, ct: ct);
        await work.CommitAsync(ct);
    }

    /// <exception cref="InvalidInput">A value is out of range.</exception>
    public static void Check(NoticeRules rules)
    {
        InRange(rules.SoonDays, "soonDays", 1, 20);
        InRange(rules.DaysBefore, "daysBefore", 1, 20);
        InRange(rules.FirstAfter, "firstAfter", 1, 20);
        InRange(rules.SecondAfter, "secondAfter", 2, 40);
        InRange(rules.RepeatDays, "repeatDays", 1, 60);
        InRange(rules.GraceMonths, "graceMonths", 0, 6);
        if (rules.SecondAfter <= rules.FirstAfter)
        {
            throw InvalidInput.At<Words>("secondAfter", "SecondBeforeFirst");
        }
        if (rules.SendFrom is null != rules.SendUntil is null || rules.SendUntil <= rules.SendFrom)
        {
            throw InvalidInput.At<Words>("sendUntil", "WindowWrong");
        }
    }

    private static void InRange(int value, string field, int least, int most)
    {
        if (value < least || value > most)
        {
            throw InvalidInput.At<Words>(field, "NumberOutOfRange", least, most);
        }
    }
}
