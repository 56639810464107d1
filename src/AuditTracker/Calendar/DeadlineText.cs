namespace AuditTracker.Calendar;

/// <summary>How the rules of deadlines are said. The language is "ja" or "en"; left out, it is the language of the page.</summary>
public static class DeadlineText
{
    /// <summary>30日後（初日を1日目とする）· 30 days after, the first day counted as day one.</summary>
    public static string Amount(DeadlineRule rule, string? language = null)
    {
        var (count, before) = (Math.Abs(rule.Amount), rule.Amount < 0);
        if (DateText.IsEnglish(language))
        {
            var unit = rule.Unit switch
            {
                DeadlineUnit.Days => "day",
                DeadlineUnit.BusinessDays => "business day",
                DeadlineUnit.Weeks => "week",
                DeadlineUnit.Months => "month",
                DeadlineUnit.Years => "year",
                _ => "month",
            };
            return $"{count} {unit}{(count == 1 ? "" : "s")} {(before ? "before" : "after")}{(rule.Unit == DeadlineUnit.MonthEnds ? ", at the end of the month" : "")}"
                + (rule.FirstDayCounts ? ", that day counted as day one" : "") + (rule.ExtraDays == 0 ? "" : $", and {rule.ExtraDays} {(rule.ExtraDays == 1 ? "day" : "days")}");
        }
        var days = rule.Unit switch
        {
            DeadlineUnit.Days => "日",
            DeadlineUnit.BusinessDays => "営業日",
            DeadlineUnit.Weeks => "週間",
            DeadlineUnit.Years => "年",
            _ => "か月",
        };
        return $"{count}{days}{(before ? "前" : "後")}{(rule.Unit == DeadlineUnit.MonthEnds ? "の月末" : "")}" + (rule.FirstDayCounts ? "（その日を1日目とする）" : "") + (rule.ExtraDays == 0 ? "" : $"の{(rule.ExtraDays == 1 ? "翌日" : $"{rule.ExtraDays}日後")}");
    }

    /// <summary>次の営業日（土日・祝日・12/29～1/3を除く）· to the next business day (…).</summary>
    public static string Shift(DeadlineRule rule, string? language = null)
    {
        var english = DateText.IsEnglish(language);
        if (rule.Shift == DeadlineShift.None)
        {
            return english ? "not moved" : "動かさない";
        }
        var closed = (rule.Closed, english) switch
        {
            (ClosedDays.Company, false) => "会社の休業日を除く",
            (ClosedDays.Public, false) => "土日・祝日を除く",
            (ClosedDays.Government, false) => "土日・祝日・12/29～1/3を除く",
            (ClosedDays.Company, _) => "the company's closed days left out",
            (ClosedDays.Public, _) => "weekends and holidays left out",
            _ => "weekends, holidays and 29 Dec to 3 Jan left out",
        };
        return english ? $"to the {(rule.Shift == DeadlineShift.Next ? "next" : "previous")} business day ({closed})" : $"{(rule.Shift == DeadlineShift.Next ? "次" : "前")}の営業日（{closed}）";
    }
}
