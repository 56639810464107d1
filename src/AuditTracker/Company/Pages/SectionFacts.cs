using Microsoft.Extensions.Localization;

namespace AuditTracker.Company.Pages;

/// <summary>A value of the master data as a page shows it.</summary>
/// <param name="Label">Key of its name in the room's words; also the name of the field.</param>
/// <param name="Value">Worded; empty when nothing was said.</param>
public sealed record SectionFact(string Label, string Value);

/// <summary>The values of each section, worded.</summary>
public static class SectionFacts
{
    public static IReadOnlyList<SectionFact> Of(CompanySection section, CompanyProfile said, IStringLocalizer words) => section switch
    {
        CompanySection.Name => [new("NameJa", said.NameJa), new("NameEn", said.NameEn), new("CorporateNumber", said.CorporateNumber)],
        CompanySection.Seat => [new("Address", said.Address), new("Representative", said.Representative), new("Sites", said.Sites)],
        CompanySection.Secretariat =>
        [
            new("SecretariatName", said.SecretariatName), new("SecretariatContact", said.SecretariatContact),
            new("SenderAddress", said.SenderAddress), new("ReplyTo", said.ReplyTo.Length > 0 ? said.ReplyTo : words["ReplyToSender"]),
        ],
        _ =>
        [
            new("FiscalStartMonth", words["MonthFirst", said.FiscalStartMonth]), new("StampOrder", Stamps(said.StampOrder, words)),
            new("EraDates", words[said.EraDates ? "DatesInEras" : "DatesWestern"]),
        ],
    };

    /// <summary>What a version changed against the one before it: 旧 → 新, by value.</summary>
    public static IEnumerable<(string Label, string Before, string After)> Changes(CompanyVersion version, CompanyVersion? before, IStringLocalizer words)
    {
        var was = before is null ? null : Of(version.Section, before.Said, words);
        return Of(version.Section, version.Said, words).Select((fact, i) => (fact.Label, was?[i].Value ?? "", fact.Value)).Where(pair => pair.Item2 != pair.Item3);
    }

    public static string Stamps(string order, IStringLocalizer words) => string.Join(words["StampBetween"], order.Split(',').Select(stamp => Stamp(stamp, words)));

    /// <summary>The name of a stamp box.</summary>
    public static string Stamp(string stamp, IStringLocalizer words) => stamp switch { "承認" => words["StampApproved"], "確認" => words["StampChecked"], "作成" => words["StampMade"], _ => stamp };
}
