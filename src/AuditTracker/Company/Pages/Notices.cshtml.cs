using System.Globalization;
using System.Text;
using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Company.Pages;

/// <summary>期限と通知: when people are reminded, from a day on.</summary>
[May(Role.ComplianceManager)]
public sealed class NoticesModel(Db db, BusinessClock clock, Settings settings, ChangeNoticeRules change, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    /// <summary>The first day of rules entered for the future; null when there are none.</summary>
    public DateOnly? Coming { get; private set; }
    public string OperatorWindow => $"{Text(settings.SendFrom)}～{Text(settings.SendUntil)}";

    /// <summary>As typed.</summary>
    public sealed class Form
    {
        public string? SendFrom { get; set; }
        public string? SendUntil { get; set; }
        public string? SoonDays { get; set; }
        public string? DaysBefore { get; set; }
        public string? FirstAfter { get; set; }
        public string? SecondAfter { get; set; }
        public string? RepeatDays { get; set; }
        public string? GraceMonths { get; set; } = $"{NoticeRules.Standard.GraceMonths}";
        public string? FromOn { get; set; }

        internal NoticeRules ToRules() => new()
        {
            SendFrom = Time(SendFrom, "sendFrom"),
            SendUntil = Time(SendUntil, "sendUntil"),
            SoonDays = Number(SoonDays),
            DaysBefore = Number(DaysBefore),
            FirstAfter = Number(FirstAfter),
            SecondAfter = Number(SecondAfter),
            RepeatDays = Number(RepeatDays),
            GraceMonths = Number(GraceMonths, none: -1),
        };

        // What is no number is out of every range, and said so at its field.
        private static int Number(string? typed, int none = 0) => int.TryParse((typed ?? "").Normalize(NormalizationForm.FormKC).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : none;

        private static TimeOnly? Time(string? typed, string field) => string.IsNullOrWhiteSpace(typed) ? null
            : TimeOnly.TryParseExact(typed.Normalize(NormalizationForm.FormKC).Trim(), ["H:mm", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : throw InvalidInput.At<Words>(field, "TimeWrong", typed);
    }

    public async Task OnGetAsync(CancellationToken ct)
    {
        var today = await LoadAsync(ct);
        await using var connection = await db.OpenAsync(ct);
        var rules = await NoticeRules.LoadAsync(connection, today, ct);
        Input = new Form
        {
            SendFrom = Text(rules.SendFrom),
            SendUntil = Text(rules.SendUntil),
            SoonDays = $"{rules.SoonDays}",
            DaysBefore = $"{rules.DaysBefore}",
            FirstAfter = $"{rules.FirstAfter}",
            SecondAfter = $"{rules.SecondAfter}",
            RepeatDays = $"{rules.RepeatDays}",
            GraceMonths = $"{rules.GraceMonths}",
            FromOn = DateText.Plain(today, "ja"),
        };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        try
        {
            var from = TypedDate.Read(Input.FromOn, "fromOn");
            await change.RunAsync(HttpContext.CurrentUser(), Input.ToRules(), from, ct);
            return this.Done("/settings", words["RulesChanged", DateText.Full(from)]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }

    /// <summary>What a number does, and what it is unless changed.</summary>
    public string HintOf(string name) => $"{words["Effect" + name]} {words["DefaultIs", NoticeSettings.Of(NoticeRules.Standard, settings, words).Single(row => row.Name == name).Default]}";

    private static string? Text(TimeOnly? time) => time?.ToString("H:mm", CultureInfo.InvariantCulture);

    private async Task<DateOnly> LoadAsync(CancellationToken ct)
    {
        var (_, today) = await clock.NowAsync(ct);
        await using var connection = await db.OpenAsync(ct);
        var coming = (await NoticeRules.VersionsAsync(connection, ct)).Where(version => version.FromOn > today).ToList();
        Coming = coming.Count == 0 ? null : coming[^1].FromOn;
        return today;
    }
}
