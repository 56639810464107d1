using AuditTracker.Accounts;
using AuditTracker.Calendar;
using AuditTracker.Commands;
using AuditTracker.Company;
using AuditTracker.Controls;
using AuditTracker.Evidence;
using AuditTracker.Health;
using AuditTracker.Notifications;
using AuditTracker.Overview;
using AuditTracker.People;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Jobs;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Reports;
using AuditTracker.Trail;
using AuditTracker.Training;
using Npgsql;

namespace AuditTracker;

/// <summary>The map of the house: every room, every schedule and the menu on one page.</summary>
public static class Rooms
{
    private const string EveryMinute = "0 * * * * ?";

    /// <summary>Who has something to hand in or to review, now or by a request that goes on, or heads a department.</summary>
    private const string OpenWork = """
        exists (select from collections where assignee_id = @person and state in ('open', 'returned', 'submitted')) or exists (select from collections where reviewer_id = @person and state in ('open', 'returned', 'submitted'))
        or exists (select from collections where deputy_id = @person and state in ('open', 'returned', 'submitted'))
        or exists (select from evidence_requests where @person in (owner_id, reviewer_id) and clock.today <= coalesce(end_on, 'infinity'))
        or exists (select from department_versions where head_id = @person and clock.today between from_on and coalesce(to_on, 'infinity'))
        """;

    /// <summary>Every job, in the order in which a tick runs them: what opens and reminds comes before what sends.</summary>
    public static IReadOnlyList<Schedule> Schedules { get; } =
    [
        new(nameof(EndLeaversAccounts), EveryMinute, (services, ct) => services.GetRequiredService<EndLeaversAccounts>().RunAsync(ct)),
        new(nameof(ExtendPlans), "0 5 0 * * ?", (services, ct) => services.GetRequiredService<ExtendPlans>().RunAsync(ct)),
        new(nameof(ReplanForCalendar), EveryMinute, (services, ct) => services.GetRequiredService<ReplanForCalendar>().RunAsync(ct)),
        new(nameof(PlanEvents), EveryMinute, (services, ct) => services.GetRequiredService<PlanEvents>().RunAsync(ct)),
        new(nameof(OpenDueCollections), EveryMinute, (services, ct) => services.GetRequiredService<OpenDueCollections>().RunAsync(ct)),
        new(nameof(HandOverLeavers), EveryMinute, (services, ct) => services.GetRequiredService<HandOverLeavers>().RunAsync(ct)),
        new(nameof(LetDeputiesStandIn), EveryMinute, (services, ct) => services.GetRequiredService<LetDeputiesStandIn>().RunAsync(ct)),
        new(nameof(RemindOwners), EveryMinute, (services, ct) => services.GetRequiredService<RemindOwners>().RunAsync(ct)),
        new(nameof(KeepCoverageDays), "0 10 * * * ?", (services, ct) => services.GetRequiredService<KeepCoverageDays>().RunAsync(ct)),
        new(nameof(BringInPastEvidence), "5/10 * * * * ?", (services, ct) => services.GetRequiredService<BringInPastEvidence>().RunAsync(ct)),
        new(nameof(ScanFiles), EveryMinute, (services, ct) => services.GetRequiredService<ScanFiles>().RunAsync(ct)),
        new(nameof(ScrubFiles), "30 * * * * ?", (services, ct) => services.GetRequiredService<ScrubFiles>().RunAsync(ct)),
        new(nameof(DestroyFiles), "0 15 2 * * ?", (services, ct) => services.GetRequiredService<DestroyFiles>().RunAsync(ct)),
        new(nameof(BuildReports), "0/10 * * * * ?", (services, ct) => services.GetRequiredService<BuildReports>().RunAsync(ct)),
        new(nameof(BuildPapers), "5/10 * * * * ?", (services, ct) => services.GetRequiredService<BuildPapers>().RunAsync(ct)),
        new(nameof(BuildFilings), EveryMinute, (services, ct) => services.GetRequiredService<BuildFilings>().RunAsync(ct)),
        new(nameof(StartCampaigns), EveryMinute, (services, ct) => services.GetRequiredService<StartCampaigns>().RunAsync(ct)),
        new(nameof(FollowPeopleEvents), EveryMinute, (services, ct) => services.GetRequiredService<FollowPeopleEvents>().RunAsync(ct)),
        new(nameof(RemindTrainees), EveryMinute, (services, ct) => services.GetRequiredService<RemindTrainees>().RunAsync(ct)),
        new(nameof(SendMails), EveryMinute, (services, ct) => services.GetRequiredService<SendMails>().RunAsync(ct)),
        new(nameof(SendWebhooks), "3/10 * * * * ?", (services, ct) => services.GetRequiredService<SendWebhooks>().RunAsync(ct)),
        new(nameof(ReadBounces), "20 * * * * ?", (services, ct) => services.GetRequiredService<ReadBounces>().RunAsync(ct)),
        new(nameof(EraseMailBodies), "0 30 3 * * ?", (services, ct) => services.GetRequiredService<EraseMailBodies>().RunAsync(ct)),
        new(nameof(SweepDrafts), "0 45 3 * * ?", (services, ct) => services.GetRequiredService<SweepDrafts>().RunAsync(ct)),
        new(nameof(SealTrail), "0/5 * * * * ?", (services, ct) => services.GetRequiredService<SealTrail>().RunAsync(ct)),
        new(nameof(AnchorTrail), "0 10 * * * ?", (services, ct) => services.GetRequiredService<AnchorTrail>().RunAsync(ct)),
        new(nameof(RunVerifications), "7/10 * * * * ?", (services, ct) => services.GetRequiredService<RunVerifications>().RunAsync(ct)),
        new(nameof(SweepBlobs), "0 0 4 * * ?", (services, ct) => services.GetRequiredService<SweepBlobs>().RunAsync(ct)),
    ];

    /// <summary>Registers every room, in the order in which they may use each other.</summary>
    public static IServiceCollection AddRooms(this IServiceCollection services, Installation installation) => services
        .AddSingleton(installation).AddSingleton(installation.Settings).AddSingleton(installation.App)
        .AddSingleton<Db>().AddSingleton<BusinessClock>().AddSingleton(TimeProvider.System)
        .AddSingleton(new BlobStore(Path.Combine(installation.Settings.Data, "blobs"))).AddSingleton<SweepBlobs>()
        .AddSingleton(Schedules).AddSingleton<IJobEngine, QuartzEngine>()
        .AddTexts()
        .AddSingleton<WriteDate>((on, form) => form switch { "long" => DateText.Full(on), "short" => DateText.Table(on), _ => DateText.Table(on) })
        .AddSingleton<WriteInstant>((at, form) => form == "clock" || !EraDates.AreOn ? PlainDates.Instant(at, form)
            : $"{(form == "long" ? DateText.Full(JapanTime.DateOf(at)) : DateText.Table(JapanTime.DateOf(at)))} {(form == "ledger" ? DateText.TimeToTheSecond(at) : PlainDates.Instant(at, "clock"))}")
        .AddTrail()
        .AddPeople()
        .AddCompany()
        .AddNotifications()
        .AddSingleton<IReadOnlyList<NamedRole>>([.. ControlsRoom.NamedRoles, .. EvidenceRoom.NamedRoles])
        .AddSingleton(new ReviewScopeSource("select key, short_ja as name_ja, short_en as name_en from frameworks where not archived and not reference order by position"))
        .AddSingleton(new OwingSource(OpenWork))
        .AddAccounts()
        .AddSingleton<ActorNames>()
        .AddSingleton<NameActors>(provider => provider.GetRequiredService<ActorNames>().NameAsync)
        .AddSingleton<TellVerification>(TrailMails.TellAsync)
        .AddSingleton<FindActors>(provider => provider.GetRequiredService<ActorNames>().FindAsync)
        .AddControls()
        .AddEvidence()
        .AddTraining()
        .AddReports()
        .AddOverview()
        .AddHealth()
        .AddSingleton<LoadShell>(all => ActivatorUtilities.CreateInstance<Menu>(all).LoadAsync);

    /// <summary>The jobs run in this process, until it stops.</summary>
    public static IServiceCollection AddWorker(this IServiceCollection services) => services.AddHostedService<Jobs>();

    public static void MapRooms(this IEndpointRouteBuilder app)
    {
        app.MapTrail();
        app.MapPeople();
        app.MapNotifications();
        app.MapAccounts();
        app.MapEvidence();
        app.MapReports();
        app.MapOverview();
        app.MapHealth();
        DemoApi.Map(app);
    }

    /// <summary>Loads what ships with the program, after every migration: the job engine's tables, the calendar's days, the frameworks.</summary>
    public static async Task ProvisionAsync(Installation installation, CancellationToken ct)
    {
        await using (var owner = NpgsqlDataSource.Create(installation.Owner))
        {
            await QuartzSchema.ProvisionAsync(owner, installation.AppRole, ct);
        }
        var db = new Db(installation.App);
        await LoadHolidays.RunAsync(db, Settings.Templates, ct);
        await LoadAppointmentKinds.RunAsync(db, Settings.Templates, ct);
        await new LoadFrameworks(db).RunAsync(ct: ct);
        await new LoadCourses(db).RunAsync(ct: ct);
    }

    private sealed class Jobs(IJobEngine engine) : IHostedService
    {
        public Task StartAsync(CancellationToken ct) => engine.StartAsync(ct);

        public Task StopAsync(CancellationToken ct) => engine.StopAsync(ct);
    }
}
