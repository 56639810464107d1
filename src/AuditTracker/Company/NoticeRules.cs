using System.Globalization;
using AuditTracker.Platform.Database;
using Npgsql;

namespace AuditTracker.Company;

/// <summary>When people are reminded and mailed; versioned data of the company, never a constant in the rooms that remind.</summary>
public sealed record NoticeRules
{
    /// <summary>What ships: three business days before; one and three over, then every seven days.</summary>
    public static NoticeRules Standard { get; } = new();

    /// <summary>Business days before the due date from which a collection is called due soon.</summary>
    public int SoonDays { get; init; } = 3;

    /// <summary>Business days before the due date on which the owner is reminded.</summary>
    public int DaysBefore { get; init; } = 3;

    /// <summary>Business days over on which the owner is reminded first.</summary>
    public int FirstAfter { get; init; } = 1;

    /// <summary>Business days over on which the owner is reminded again, and the manager told from then on.</summary>
    public int SecondAfter { get; init; } = 3;

    /// <summary>Days between the reminders after that.</summary>
    public int RepeatDays { get; init; } = 7;

    /// <summary>Months beyond twelve that may lie between two completions of a yearly duty.</summary>
    public int GraceMonths { get; init; } = 1;

    /// <summary>Start of the send window in Japan; null: as the operator set it.</summary>
    public TimeOnly? SendFrom { get; init; }

    /// <summary>End of the send window, not included; null with <see cref="SendFrom"/>.</summary>
    public TimeOnly? SendUntil { get; init; }

    /// <summary>What holds on a day; null: on the business day. Works on the connection of a unit of work too.</summary>
    public static async Task<NoticeRules> LoadAsync(NpgsqlConnection connection, DateOnly? on = null, CancellationToken ct = default) =>
        (await connection.FirstAsync<Row>($"select {Columns} from notice_rules where from_on <= coalesce(@on::date, tokyo_date(business_now())) order by from_on desc, id desc limit 1", new { on }, ct))?.Said ?? Standard;

    /// <summary>Every version, the newest first.</summary>
    public static async Task<IReadOnlyList<NoticeRulesVersion>> VersionsAsync(NpgsqlConnection connection, CancellationToken ct = default) =>
        [.. (await connection.ListAsync<Row>($"select {Columns} from notice_rules order by from_on desc, id desc", ct: ct)).Select(row => new NoticeRulesVersion(row.FromOn, row.ByActor, row.At, row.Said))];

    internal static Task<int> AddAsync(UnitOfWork work, NoticeRules rules, DateOnly fromOn, CancellationToken ct) => work.ExecuteAsync("""
        insert into notice_rules (from_on, send_from, send_until, soon_days, days_before, first_after, second_after, repeat_days, grace_months, by_actor, at)
        values (@fromOn, @from::time, @until::time, @SoonDays, @DaysBefore, @FirstAfter, @SecondAfter, @RepeatDays, @GraceMonths, @by, @Now)
        """, new { fromOn, from = Text(rules.SendFrom), until = Text(rules.SendUntil), rules.SoonDays, rules.DaysBefore, rules.FirstAfter, rules.SecondAfter, rules.RepeatDays, rules.GraceMonths, by = work.Actor.Name, work.Now }, ct);

    private const string Columns = "from_on, by_actor, at, to_char(send_from, 'HH24:MI') as send_from, to_char(send_until, 'HH24:MI') as send_until, soon_days, days_before, first_after, second_after, repeat_days, grace_months";

    private static string? Text(TimeOnly? time) => time?.ToString("HH:mm", CultureInfo.InvariantCulture);

    private sealed record Row(DateOnly FromOn, string ByActor, DateTime At, string? SendFrom, string? SendUntil, int SoonDays, int DaysBefore, int FirstAfter, int SecondAfter, int RepeatDays, int GraceMonths)
    {
        public NoticeRules Said => new()
        {
            SoonDays = SoonDays,
            DaysBefore = DaysBefore,
            FirstAfter = FirstAfter,
            SecondAfter = SecondAfter,
            RepeatDays = RepeatDays,
            GraceMonths = GraceMonths,
            SendFrom = SendFrom is null ? null : TimeOnly.ParseExact(SendFrom, "HH:mm", CultureInfo.InvariantCulture),
            SendUntil = SendUntil is null ? null : TimeOnly.ParseExact(SendUntil, "HH:mm", CultureInfo.InvariantCulture),
        };
    }
}

/// <summary>The rules from a day on, and who entered them.</summary>
public sealed record NoticeRulesVersion(DateOnly FromOn, string ByActor, DateTime At, NoticeRules Rules);
