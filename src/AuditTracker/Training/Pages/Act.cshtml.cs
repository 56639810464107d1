using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>The check page of what is done to several people of a roster: exempting, telling again, revoking links.</summary>
[May(Role.ComplianceManager)]
public sealed class ActModel(CampaignStore campaigns, ExemptPeople exemptions, RemindTrainees reminding, TrainingLinks links, BusinessClock clock, IStringLocalizer<Words> words) : CampaignPage(campaigns, clock, words)
{
    /// <summary>Names on the page; the others are counted.</summary>
    public const int Shown = 20;

    /// <summary>A form of ours takes so many values; all of a larger roster are told again by the page of the campaign.</summary>
    public const int Most = 900;

    [FromQuery(Name = "act")] public string Act { get; set; } = "exempt";
    [FromQuery(Name = "id")] public List<long> Picked { get; set; } = [];
    [FromQuery(Name = "all")] public bool All { get; set; }
    [FromQuery(Name = "q")] public string? Search { get; set; }
    [FromQuery(Name = "standing")] public string? Standing { get; set; }
    [FromQuery(Name = "department")] public string? Department { get; set; }
    [FromQuery(Name = "type")] public string? Type { get; set; }
    [BindProperty] public List<long> Ids { get; set; } = [];
    [BindProperty] public Form Input { get; set; } = new();
    public IReadOnlyList<PickedPerson> People { get; private set; } = [];

    /// <summary>More were meant than the page takes.</summary>
    public bool IsCut { get; private set; }
    public string TitleWord => Act switch { "remind" => "RemindAgain", "revoke" => "RevokeLinks", _ => "MakeExempt" };

    public string LeadWord => Act switch { "remind" => "RemindAgainLead", "revoke" => "RevokeLinksLead", _ => "MakeExemptLead" };

    public sealed class Form
    {
        public string Reason { get; set; } = "leaving";
        public string? Detail { get; set; }
        public string? FromOn { get; set; }
        public string? ToOn { get; set; }
    }

    public async Task<IActionResult> OnGetAsync([FromRoute] long id, CancellationToken ct) => await LoadAsync(id, Picked, ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync([FromRoute] long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, Ids, ct))
        {
            return NotFound();
        }
        return await ActAsync(async () =>
        {
            switch (Act)
            {
                case "remind":
                    return T["DoneReminded", await reminding.ByHandAsync(Caller, id, Ids, ct)];
                case "revoke":
                    return T["DoneRevoked", await links.RevokeAsync(Caller, id, Ids, ct)];
                default:
                    return T["DoneAsked", await exemptions.AskAsync(Caller, id, Ids, Input.Reason, Input.Detail ?? "", TypedDate.ReadOptional(Input.FromOn, "fromOn"), TypedDate.ReadOptional(Input.ToOn, "toOn"), ct)];
            }
        }, $"/training/campaigns/{id}", () => LoadAsync(id, Ids, ct));
    }

    public string StateOf(PickedPerson row) => "training." + (row.DueOn < Today ? "overdue" : row.Standing);

    /// <summary>Those chosen who are not done; by the filters of the list when all of it was meant.</summary>
    private async Task<bool> LoadAsync(long id, List<long> picked, CancellationToken ct)
    {
        if (!await FindAsync(id, ct))
        {
            return false;
        }
        var everybody = All && Ids.Count == 0;
        var filter = everybody ? new StandingFilter(PeopleModel.Standings.Contains(Standing) ? Standing : null, Told.Given(Department), Told.Given(Type), Told.Given(Search)) : new(null, null, null, null);
        var found = await Campaigns.StillOpenAsync(Caller, id, filter, everybody ? null : picked, Most + 1, Now, ct);
        (People, IsCut) = ([.. found.Take(Most)], found.Count > Most);
        return true;
    }
}
