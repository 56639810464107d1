using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Company.Pages;

/// <summary>A setting in words.</summary>
/// <param name="Name">Key of its name in the room's words; <c>Effect</c> before it is the key of what it does.</param>
public sealed record SettingRow(string Name, string Value, string Default);

/// <summary>Where settings are: the company's for the compliance manager, the operator's, read only, for the administrator.</summary>
[May(Role.Administrator, Role.ComplianceManager)]
public sealed class SettingsModel(Db db, Settings settings, NameActors names, TrailWords trail, IStringLocalizer<Words> words) : PageModel
{
    public bool Manages => HttpContext.CurrentUser().Is(Role.ComplianceManager);
    public bool Operates => HttpContext.CurrentUser().Is(Role.Administrator);
    public CompanyProfile Company { get; private set; } = new();
    public IReadOnlyList<SettingRow> Notices { get; private set; } = [];
    public NoticeRulesVersion? LastChange { get; private set; }
    public string LastChangeBy { get; private set; } = "";
    public IReadOnlyList<ShownSetting> Operators => Operates ? settings.Shown : [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (!Manages)
        {
            return;
        }
        await using var connection = await db.OpenAsync(ct);
        Company = await CompanyStore.LoadAsync(connection, ct);
        Notices = NoticeSettings.Of(await NoticeRules.LoadAsync(connection, null, ct), settings, words);
        LastChange = (await NoticeRules.VersionsAsync(connection, ct)).Where(version => version.FromOn != DateOnly.MinValue).MaxBy(version => version.At);
        LastChangeBy = LastChange is null ? "" : trail.Who(LastChange.ByActor, (await names([LastChange.ByActor], ct)).GetValueOrDefault(LastChange.ByActor));
    }

    public bool IsWorded(string setting) => !words[Key(setting)].ResourceNotFound;

    /// <summary>What an operator's setting does; in the words of the settings file where a newer one has no translation.</summary>
    public string EffectOf(ShownSetting setting) => IsWorded(setting.Name) ? words[Key(setting.Name)] : setting.Effect;

    private static string Key(string setting) => "Operator" + setting.Replace("_", "", StringComparison.Ordinal);
}

/// <summary>The rules of reminding, worded for a list.</summary>
public static class NoticeSettings
{
    public static IReadOnlyList<SettingRow> Of(NoticeRules rules, Settings settings, IStringLocalizer words) => [.. Values(rules, settings, words).Zip(Values(NoticeRules.Standard, settings, words), (now, standard) => new SettingRow(now.Name, now.Value, standard.Value))];

    private static IEnumerable<(string Name, string Value)> Values(NoticeRules rules, Settings settings, IStringLocalizer words) =>
    [
        ("SendWindow", words["WindowValue", (rules.SendFrom ?? settings.SendFrom).ToString("H:mm", System.Globalization.CultureInfo.InvariantCulture), (rules.SendUntil ?? settings.SendUntil).ToString("H:mm", System.Globalization.CultureInfo.InvariantCulture)]),
        ("SoonDays", words["BusinessDaysValue", rules.SoonDays]),
        ("DaysBefore", words["BusinessDaysValue", rules.DaysBefore]),
        ("FirstAfter", words["BusinessDaysValue", rules.FirstAfter]),
        ("SecondAfter", words["BusinessDaysValue", rules.SecondAfter]),
        ("RepeatDays", words["DaysValue", rules.RepeatDays]),
        ("GraceMonths", words["MonthsValue", rules.GraceMonths]),
    ];
}
