namespace AuditTracker.Calendar;

/// <summary>How recurrences are said. The language is "ja" or "en"; left out, it is the language of the page.</summary>
public static class RecurrenceText
{
    private static readonly string[] NthEn = ["", "1st", "2nd", "3rd", "4th", "last"];

    /// <summary>How often, for columns: 四半期, 毎月第2火曜日 · Quarterly, Monthly on the 2nd Tuesday.</summary>
    public static string Short(Recurrence recurrence, string? language = null) => DateText.IsEnglish(language) ? English(recurrence) : Japanese(recurrence);

    /// <summary>When it is due, to follow "by": 対象期間の末日から10営業日後 · 10 business days after the end of the period.</summary>
    public static string Offset(Recurrence recurrence, int offset, OffsetUnit unit, string? language = null)
    {
        var (count, business) = (Math.Abs(offset), unit == OffsetUnit.BusinessDays);
        if (DateText.IsEnglish(language))
        {
            var day = BaseEn(recurrence);
            return offset == 0 ? day : $"{count} {(business ? "business " : "")}{(count == 1 ? "day" : "days")} {(offset < 0 ? "before" : "after")} {(day == LastEn ? "the end of the period" : day)}";
        }
        var from = BaseJa(recurrence);
        var days = $"{count}{(business ? "営業日" : "日")}";
        return offset == 0 ? from : offset < 0 ? $"{from}の{days}前" : $"{from}から{days}後";
    }

    /// <summary>What becomes of a due date on a closed day: 休業日のときは前の営業日 · the business day before when that is closed.</summary>
    public static string Shift(DeadlineShift shift, string? language = null) => DateText.IsEnglish(language)
        ? shift switch { DeadlineShift.Previous => "the business day before when that is closed", DeadlineShift.Next => "the next business day when that is closed", _ => "also when that day is closed" }
        : shift switch { DeadlineShift.Previous => "休業日のときは前の営業日", DeadlineShift.Next => "休業日のときは次の営業日", _ => "休業日でも動かさない" };

    /// <summary>All of it in one sentence: 四半期。期限は対象期間の末日から10営業日後（休業日のときは前の営業日）。 · Quarterly, due 10 business days after the end of the period (…).</summary>
    public static string Sentence(Recurrence recurrence, int due, OffsetUnit unit, DeadlineShift shift, string? language = null) => DateText.IsEnglish(language)
        ? $"{English(recurrence)}, due {Offset(recurrence, due, unit, "en")} ({Shift(shift, "en")})."
        : $"{Japanese(recurrence)}。期限は{Offset(recurrence, due, unit, "ja")}（{Shift(shift, "ja")}）。";

    private const string LastEn = "the last day of the period";

    private static string Japanese(Recurrence recurrence)
    {
        var on = OnJa(recurrence);
        return recurrence.Every switch
        {
            Frequency.Day => recurrence.On == "all" ? "毎日（休業日も）" : "毎営業日",
            Frequency.Week => $"毎週{on}",
            Frequency.Month => $"毎月{on}",
            Frequency.Quarter => "四半期" + Within(on),
            Frequency.Half => "半期" + Within(on),
            Frequency.Year => "年1回" + Within(on),
            Frequency.Months => $"{recurrence.Months}か月ごと" + Within(on),
            _ => recurrence.On switch { "joined" => "入社のつど", "left" => "退職のつど", _ => "異動のつど" },
        };
        static string Within(string on) => on.Length == 0 ? "" : $"（最終月の{on}）";
    }

    private static string English(Recurrence recurrence)
    {
        var on = OnEn(recurrence);
        return recurrence.Every switch
        {
            Frequency.Day => recurrence.On == "all" ? "Every day, closed days too" : "Every business day",
            Frequency.Week => "Weekly" + (on.Length == 0 ? "" : $" on {on}"),
            Frequency.Month => "Monthly" + (on.Length == 0 ? "" : $" on {on}"),
            Frequency.Quarter => "Quarterly" + Within(on),
            Frequency.Half => "Half-yearly" + Within(on),
            Frequency.Year => "Yearly" + Within(on),
            Frequency.Months => $"Every {recurrence.Months} months" + Within(on),
            _ => recurrence.On switch { "joined" => "When somebody joins", "left" => "When somebody leaves", _ => "When somebody is transferred" },
        };
        static string Within(string on) => on.Length == 0 ? "" : $" ({on} of the last month)";
    }

    private static string OnJa(Recurrence recurrence) => recurrence switch
    {
        { DayOfMonth: > 0 and var day } => $"{day}日",
        { On: "lastBusinessDay" } => "最終営業日",
        { Weekly: (0, var day) } => $"{WeekdayJa(day)}曜日",
        { Weekly: (5, var day) } => $"最終{WeekdayJa(day)}曜日",
        { Weekly: (var nth, var day) } => $"第{nth}{WeekdayJa(day)}曜日",
        _ => "",
    };

    private static string OnEn(Recurrence recurrence) => recurrence switch
    {
        { DayOfMonth: > 0 and var day } => $"day {day}",
        { On: "lastBusinessDay" } => "the last business day",
        { Weekly: (0, var day) } => $"{day}",
        { Weekly: (var nth, var day) } => $"the {NthEn[nth]} {day}",
        _ => "",
    };

    private static string BaseJa(Recurrence recurrence) => recurrence.Every switch
    {
        Frequency.Day => "その日",
        Frequency.Event => recurrence.On switch { "joined" => "入社日", "left" => "退職日", _ => "異動日" },
        Frequency.Week => recurrence.On.Length == 0 ? "週の末日（日曜日）" : $"その週の{OnJa(recurrence)}",
        _ => OnJa(recurrence) is { Length: > 0 } on ? (recurrence.Every == Frequency.Month ? "その月の" : "最終月の") + on : "対象期間の末日",
    };

    private static string BaseEn(Recurrence recurrence) => recurrence.Every switch
    {
        Frequency.Day => "that day",
        Frequency.Event => recurrence.On switch { "joined" => "the first day of work", "left" => "the last day of work", _ => "the day of the transfer" },
        Frequency.Week => recurrence.On.Length == 0 ? "the Sunday that ends the week" : $"{OnEn(recurrence)} of the week",
        _ => OnEn(recurrence) is { Length: > 0 } on ? on + (recurrence.Every == Frequency.Month ? " of the month" : " of the period's last month") : LastEn,
    };

    private static string WeekdayJa(DayOfWeek day) => "日月火水木金土".Substring((int)day, 1);
}
