using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Training;

/// <summary>The plan of a campaign as somebody typed it.</summary>
/// <param name="Responsible">Employee number.</param>
/// <param name="Version">Of the plan that was changed; null for a new one.</param>
public sealed record CampaignInput(string Title, string Kind, string Course, string Purpose, DateOnly? CutoffOn, DateOnly? OpensOn, DateOnly? DueOn, int JoinerDays, string Responsible, Audience Audience, int? Version = null);

/// <summary>Writing a campaign's plan, and approving it by somebody else.</summary>
public sealed class PlanCampaign(Db db)
{
    /// <summary>Adds a plan, or changes one that is not approved yet; whoever changed it last is its author, and others are asked to approve.</summary>
    /// <exception cref="InvalidInput">At the field.</exception>
    /// <exception cref="Refusal">Approved already, or changed by somebody meanwhile.</exception>
    public async Task<long> SaveAsync(CurrentUser user, long? id, CampaignInput input, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
        if (id is { } changed)
        {
            var plan = await CampaignStore.LockAsync(work, user, changed, true, ct) ?? throw new NotFound();
            if (!plan.IsOpenToChange)
            {
                throw Refusal.Of<Words>("PlanApproved");
            }
            if (input.Version != plan.Version)
            {
                throw Refusal.Of<Words>("ChangedMeanwhile");
            }
        }
        var (cutoff, opens, due) = Check(input);
        var responsible = await work.FirstAsync<long?>("select id from people where employee_no = @Responsible and (left_on is null or left_on >= @Today)", new { input.Responsible, work.Today }, ct)
            ?? throw InvalidInput.At<Words>("responsible", "ResponsibleUnknown");
        var unknown = await work.FirstAsync<string>("select no from unnest(@people) no where not exists (select from people p where p.employee_no = no) limit 1", new { people = input.Audience.People.ToArray() }, ct);
        if (unknown is not null)
        {
            throw InvalidInput.At<Words>("people", "PersonUnknown", unknown);
        }
        var calendar = await BusinessCalendars.LoadAsync(work.Connection, ct);
        var saved = await work.FirstAsync<long?>("""
            with course as (select key, version from training_courses where key = @Course),
            changed as (update training_campaigns c set title = @Title, kind = @Kind, fiscal_year = @year, course = course.key, course_version = course.version, purpose = @Purpose,
                cutoff_on = @cutoff, opens_on = @opens, due_on = @due, joiner_days = @JoinerDays, responsible_id = @responsible, by_account = @AccountId, at = @Now, version = c.version + 1 from course where c.id = @id returning c.id),
            added as (insert into training_campaigns (title, kind, fiscal_year, course, course_version, purpose, cutoff_on, opens_on, due_on, joiner_days, responsible_id, by_account, at)
                select @Title, @Kind, @year, key, version, @Purpose, @cutoff, @opens, @due, @JoinerDays, @responsible, @AccountId, @Now from course where @id::bigint is null returning id)
            select id from changed union all select id from added
            """, new { id, Title = input.Title.Trim(), input.Kind, input.Course, Purpose = input.Purpose.Trim(), input.JoinerDays, year = calendar.Periods.YearOf(opens), cutoff, opens, due, responsible, user.AccountId, work.Now }, ct)
            ?? throw InvalidInput.At<Words>("course", "CourseUnknown");
        await AudienceStore.KeepAsync(work, saved, input.Kind == "joiners" ? new(true, [], [], []) : input.Audience, ct);
        await work.ActAsync(id is null ? "training.planned" : "training.planChanged", Subject(saved), ct: ct);
        await ApprovalMails.TellPlanAsync(work, user, saved, input.Title.Trim(), opens, input.Version ?? 0, ct);
        await work.CommitAsync(ct);
        return saved;
    }

    /// <summary>Approves the plan; from its opening day on the campaign starts by itself.</summary>
    public async Task ApproveAsync(CurrentUser user, long id, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var campaign = await CampaignStore.LockAsync(work, user, id, MayApprove(user), ct) ?? throw new NotFound();
        campaign.Approve(user.AccountId);
        try
        {
            await work.ExecuteAsync("update training_campaigns set state = 'approved', approved_by = @AccountId, approved_at = @Now, version = version + 1 where id = @id", new { id, user.AccountId, work.Now }, ct);
        }
        catch (Npgsql.PostgresException problem) when (problem.ConstraintName == "training_campaigns_one_for_joiners")
        {
            throw Refusal.Of<Words>("OneForJoiners");
        }
        await ApprovalMails.SettlePlanAsync(work, id, ct);
        await work.ActAsync("training.approved", Subject(id), ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Takes the approval back while nothing has started, so that the plan can be changed.</summary>
    public async Task ReopenAsync(CurrentUser user, long id, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (await CampaignStore.LockAsync(work, user, id, user.Is(Role.ComplianceManager), ct) is not { } campaign)
        {
            throw new NotFound();
        }
        if (campaign.State != "approved")
        {
            throw Refusal.Of<Words>("NotApproved");
        }
        await work.ExecuteAsync("update training_campaigns set state = 'planned', approved_by = null, approved_at = null, version = version + 1 where id = @id", new { id }, ct);
        await work.ActAsync("training.approvalTakenBack", Subject(id), ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Who approves plans, exemptions and reports of others (design §7a).</summary>
    public static bool MayApprove(CurrentUser user) => user.IsAny(Role.ComplianceManager, Role.Management);

    /// <summary>A campaign in the trail.</summary>
    public static string Subject(long id) => $"trainingCampaign:{id}";

    private static (DateOnly Cutoff, DateOnly Opens, DateOnly Due) Check(CampaignInput input)
    {
        if (input.Title.Trim().Length is 0 or > 120)
        {
            throw InvalidInput.At<Words>("title", "TitleLength", 120);
        }
        if (!Campaign.Kinds.Contains(input.Kind))
        {
            throw InvalidInput.At<Words>("kind", "KindUnknown");
        }
        if (input.Purpose.Length > 4000)
        {
            throw InvalidInput.At<Words>("purpose", "TextLength", 4000);
        }
        var opens = input.OpensOn ?? throw InvalidInput.At<Words>("opensOn", "OpensEmpty");
        var due = input.DueOn ?? throw InvalidInput.At<Words>("dueOn", "DueEmpty");
        var cutoff = input.CutoffOn ?? opens;
        if (cutoff > opens)
        {
            throw InvalidInput.At<Words>("cutoffOn", "CutoffAfterOpening");
        }
        if (due < opens || due > opens.AddYears(2))
        {
            throw InvalidInput.At<Words>("dueOn", "DueBeforeOpening");
        }
        if (input.JoinerDays is < 0 or > 30)
        {
            throw InvalidInput.At<Words>("joinerDays", "JoinerDaysRange");
        }
        if (input.Kind != "joiners" && input.Audience.IsEmpty)
        {
            throw InvalidInput.At<Words>("everyone", "AudienceEmpty");
        }
        return (cutoff, opens, due);
    }
}
