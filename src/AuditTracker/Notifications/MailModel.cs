using System.Globalization;
using System.Text.Json;
using AuditTracker.Calendar;
using AuditTracker.Company;

namespace AuditTracker.Notifications;

/// <summary>For whom and when a mail is written.</summary>
/// <param name="Address">The address of the service, without a slash at the end.</param>
/// <param name="Again">It was sent before.</param>
public sealed record MailContext(CompanyProfile Company, BusinessCalendar Calendar, DateOnly Today, string PersonName, string Language, string Address, bool Again);

/// <summary>A notice as the table holds it.</summary>
public sealed record TellingNotice(long Id, string Template, string Subject, int Urgency, DateOnly? DueOn, string Model);

/// <summary>Words a notice's plain values in the reader's language, by the names they have (README.md).</summary>
internal static class MailModel
{
    /// <summary>The names every mail may use.</summary>
    public static Dictionary<string, object?> Common(MailContext context, string link) => new()
    {
        ["personName"] = context.PersonName,
        ["company"] = context.Company.NameIn(context.Language),
        ["secretariat"] = new Dictionary<string, object?> { ["name"] = context.Company.SecretariatName, ["contact"] = context.Company.SecretariatContact },
        ["link"] = link,
        ["again"] = context.Again,
    };

    /// <summary>Everything one notice's template may use.</summary>
    /// <param name="link">Path, mask or null; null takes the model's own.</param>
    public static Dictionary<string, object?> Of(TellingNotice notice, MailContext context, string? link)
    {
        using var json = JsonDocument.Parse(notice.Model);
        var given = json.RootElement;
        var path = link ?? (given.TryGetProperty("link", out var own) && own.ValueKind == JsonValueKind.String ? own.GetString()! : "/");
        // Whom it was told to is known when they come by it (NoticeLinks); links with a secret say so by themselves.
        var model = Common(context, Absolute(link is null && notice.Id > 0 && path.StartsWith('/') && path.Length > 1 ? NoticeLinks.With(path, notice.Id, byMail: true) : path, context));
        // Notices that have waited since before there were deputies, parts, numbers of joiners, or words for chosen groups do not have them.
        model["standsInFor"] = null;
        model["rest"] = null;
        Date(model, "restByOn", null, context.Language);
        model["joiner"] = false;
        model["everyone"] = false;
        if (notice.DueOn is { } due)
        {
            Date(model, "dueOn", due, context.Language);
            var late = context.Today.DayNumber - due.DayNumber;
            model["overdueDays"] = late > 0 ? late : null;
            model["daysLeft"] = late < 0 ? Positive(context.Calendar.BusinessDaysBetween(context.Today, due)) : null;
        }
        foreach (var value in given.EnumerateObject())
        {
            Add(model, value.Name, value.Value, context);
        }
        if (!model.ContainsKey("shortTitle") && model.GetValueOrDefault("title") is string title)
        {
            model["shortTitle"] = Shorten($"{title} {model.GetValueOrDefault("period")}".TrimEnd(), context.Language == "en" ? 30 : 15);
        }
        return model;
    }

    /// <summary>What a notice is about, in one line; null: it has no thing, or cannot be worded.</summary>
    public static string? TitleOf(TellingNotice notice, MailContext context)
    {
        try
        {
            var model = Of(notice, context, "/");
            var title = string.Join(' ', new[] { "title", "period" }.Select(name => model.GetValueOrDefault(name) as string).Where(part => !string.IsNullOrEmpty(part)));
            return title.Length == 0 ? null : title;
        }
        catch (Exception problem) when (problem is FormatException or KeyNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>At most so many characters as people count them, cut with an ellipsis.</summary>
    public static string Shorten(string text, int most)
    {
        var characters = new StringInfo(text);
        return characters.LengthInTextElements <= most ? text : characters.SubstringByTextElements(0, most - 1).TrimEnd() + "…";
    }

    public static string Absolute(string path, MailContext context) => path.StartsWith('/') ? context.Address + path : path;

    private static void Add(Dictionary<string, object?> model, string name, JsonElement value, MailContext context)
    {
        var (language, other) = context.Language == "en" ? ("En", "Ja") : ("Ja", "En");
        if (name is "link" or "again" && !(name == "again" && value.ValueKind == JsonValueKind.True))
        {
            return;
        }
        if (name.EndsWith(other, StringComparison.Ordinal))
        {
            return;
        }
        if (name.EndsWith(language, StringComparison.Ordinal))
        {
            model[name[..^2]] = Plain(value);
        }
        else if (name.EndsWith("On", StringComparison.Ordinal) && value.ValueKind is JsonValueKind.String or JsonValueKind.Null)
        {
            Date(model, name, value.GetString() is { } text ? DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null, context.Language);
        }
        else if (name.EndsWith("At", StringComparison.Ordinal) && value.ValueKind == JsonValueKind.String)
        {
            var at = value.GetDateTimeOffset().UtcDateTime;
            model[name] = DateText.Spoken(JapanTime.DateOf(at), context.Language) + (context.Language == "en" ? ", " : "") + DateText.Time(at);
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            var (from, to) = (value.GetProperty("from").GetString()!, value.GetProperty("to").GetString()!);
            var period = new Period(DateOnly.Parse(from, CultureInfo.InvariantCulture), DateOnly.Parse(to, CultureInfo.InvariantCulture));
            model[name] = PeriodText.Label(period, context.Calendar.Periods, context.Language);
        }
        else
        {
            model[name] = Plain(value);
        }
    }

    private static void Date(Dictionary<string, object?> model, string name, DateOnly? on, string language)
    {
        model[name] = on is { } day ? DateText.Spoken(day, language) : null;
        model[name + "Short"] = on is { } same ? DateText.Subject(same, language) : null;
    }

    private static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? (object)whole : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static int? Positive(int number) => number > 0 ? number : null;
}
