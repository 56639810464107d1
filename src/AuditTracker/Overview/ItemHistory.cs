using AuditTracker.Platform.Web.Tags;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview;

/// <summary>Says what each version of an item changed.</summary>
public static class ItemHistory
{
    /// <summary>One entry a version, in the order given (newest first).</summary>
    public static IEnumerable<HistoryEntry> Of(IReadOnlyList<ItemVersion> versions, IStringLocalizer words)
    {
        for (var i = 0; i < versions.Count; i++)
        {
            var now = versions[i];
            if (i == versions.Count - 1)
            {
                yield return new(now.At, now.By ?? words["Automatic"], words["ItemLoaded"]);
                continue;
            }
            var before = versions[i + 1];
            var changed = new List<string>();
            if (now.Applicable != before.Applicable)
            {
                changed.Add($"{words["Applicability"]} {Applicability(before)} → {Applicability(now)}");
            }
            if (now.OwnerName != before.OwnerName)
            {
                changed.Add($"{words["Owner"]} {before.OwnerName ?? words["NoOwner"]} → {now.OwnerName ?? words["NoOwner"]}");
            }
            if (now.Implementation != before.Implementation)
            {
                changed.Add(words["Implementation"]);
            }
            if (now.Reason != before.Reason)
            {
                changed.Add(words["Reason"]);
            }
            yield return new(now.At, now.By ?? words["Automatic"], words["ItemChanged", now.Version], string.Join(words["Comma"], changed), now.Reason.Length > 0 && now.Reason != before.Reason ? now.Reason : null);
        }

        string Applicability(ItemVersion version) => words[version.Applicable ? "Applicable" : "NotApplicable"];
    }
}
