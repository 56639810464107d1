using AuditTracker.Accounts;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>The door of the room.</summary>
public static class EvidenceRoom
{
    public static IServiceCollection AddEvidence(this IServiceCollection services) => services
        .AddSingleton<RequestStore>()
        .AddSingleton<CollectionStore>()
        .AddSingleton<SubmissionStore>()
        .AddSingleton<CoverageStore>()
        .AddSingleton<Library>()
        .AddSingleton<Choices>()
        .AddSingleton<CompanyDays>()
        .AddSingleton<ShowCollection>()
        .AddSingleton<SaveRequest>()
        .AddSingleton<HandIn>()
        .AddSingleton<EvidenceFile>()
        .AddSingleton<FileStates>()
        .AddSingleton<FileList>()
        .AddSingleton<ScanStore>()
        .AddSingleton<ScanFiles>()
        .AddSingleton<Quarantine>()
        .AddSingleton<ScrubFiles>()
        .AddSingleton<DueFiles>()
        .AddSingleton<DecideRetention>()
        .AddSingleton<DestroyFiles>()
        .AddSingleton<ReviewCollection>()
        .AddSingleton<HandOverLeavers>()
        .AddSingleton<LetDeputiesStandIn>()
        .AddSingleton<NameDeputy>()
        .AddSingleton<HandOver>()
        .AddSingleton<ChangeBatch>()
        .AddSingleton<ChangeRequests>()
        .AddSingleton<AdoptFromLibrary>()
        .AddSingleton<CollectionNotes>()
        .AddSingleton<WaiveCollection>()
        .AddSingleton<MoveDueDate>()
        .AddSingleton<WithdrawAsk>()
        .AddSingleton<ChangeOwner>()
        .AddSingleton<CommentOnCollection>()
        .AddSingleton<MentionStore>()
        .AddSingleton<TakeReview>()
        .AddSingleton<PreviewEvidence>()
        .AddSingleton<SampleStore>()
        .AddSingleton<SampleQueries>()
        .AddSingleton<SampleList>()
        .AddSingleton<SetSampleSizes>()
        .AddSingleton<TakePopulation>()
        .AddSingleton<DrawSample>()
        .AddSingleton<JudgeSample>()
        .AddSingleton<SampleSheet>()
        .AddSingleton<DraftStore>()
        .AddSingleton<SweepDrafts>()
        .AddSingleton<ExtendPlans>()
        .AddSingleton<ReplanForCalendar>()
        .AddSingleton<PlanEvents>()
        .AddSingleton<YearlyDuties>()
        .AddSingleton<OpenDueCollections>()
        .AddSingleton<RemindOwners>()
        .AddSingleton<CoverageDays>()
        .AddSingleton<AttachmentStore>()
        .AddSingleton<Care>()
        .AddSingleton<AttachEvidence>()
        .AddSingleton<KeepCoverageDays>()
        .AddSingleton<ForecastMails>()
        .AddSingleton<PastEvidenceStore>()
        .AddSingleton<CheckPastEvidence>()
        .AddSingleton<BringInPastEvidence>();

    /// <summary>Roles that follow from being named in this room's rows.</summary>
    public static IEnumerable<NamedRole> NamedRoles =>
    [
        new(Role.ControlOwner, "exists (select 1 from collections where assignee_id = @person) or exists (select 1 from collections where deputy_id = @person) or exists (select 1 from evidence_requests where owner_id = @person)"),
        new(Role.Reviewer, "exists (select 1 from collections where reviewer_id = @person) or exists (select 1 from evidence_requests where reviewer_id = @person)"),
    ];

    public static void MapEvidence(this IEndpointRouteBuilder app)
    {
        EvidenceApi.Map(app);
        PastEvidenceApi.Map(app);
        SampleApi.Map(app);
        DeputyApi.Map(app);
        // The pages' own door to the same files; the API's takes tokens only.
        app.MapGet("/evidence/{id:long}/file", EvidenceApi.Download)
            .May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer).ExcludeFromDescription();
        app.MapGet("/evidence/{id:long}/inline", EvidenceApi.Look)
            .May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer).ExcludeFromDescription();
    }
}
