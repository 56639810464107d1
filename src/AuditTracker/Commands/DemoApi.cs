using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Jobs;
using AuditTracker.Platform.Security;

namespace AuditTracker.Commands;

/// <summary>The demo's clock and tick; outside a demo they do not exist (404).</summary>
public static class DemoApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/demo").WithTags("demo");
        api.MapGet("/clock", async (Db db, BusinessClock clock, CancellationToken ct) =>
        {
            await RefuseOutsideDemoAsync(db, ct);
            return new WireClock(Japan((await clock.NowAsync(ct)).Now));
        }).May(Role.ComplianceManager, Role.Administrator);
        api.MapPut("/clock", async (HttpContext http, Db db, BusinessClock clock, WireClock body, CancellationToken ct) =>
        {
            await RefuseOutsideDemoAsync(db, ct);
            // Without an offset it would be read in the machine's own zone.
            if (!DateTimeOffset.TryParseExact(body.Now, ["yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"],
                CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var to))
            {
                return Results.Problem(title: "now: an instant such as 2026-12-01T09:00:00+09:00 is needed.", statusCode: 400);
            }
            await using var work = await db.BeginAsync(Actor.Of(http.CurrentUser()), ct);
            if (!await BusinessClock.SetAsync(work, to.UtcDateTime, ct))
            {
                return Results.Problem(title: "The demo's clock only goes forward.", statusCode: 409);
            }
            await work.CommitAsync(ct);
            return Results.Json(new WireClock(Japan((await clock.NowAsync(ct)).Now)));
        }).May(Role.ComplianceManager, Role.Administrator);
        api.MapPost("/tick", async (IServiceProvider services, Db db, WorksHere works, IReadOnlyList<Schedule> schedules, ILogger<Demo> log, CancellationToken ct) =>
        {
            await RefuseOutsideDemoAsync(db, ct);
            if (!works.Yes)
            {
                throw new NotFound();
            }
            var ran = new List<WireRan>();
            foreach (var schedule in schedules)
            {
                ran.Add(new WireRan(schedule.Name, await schedule.RunAsync(services, log, ct)));
            }
            return new WireTick(ran);
        }).May(Role.ComplianceManager, Role.Administrator);
    }

    private static string Japan(DateTime utc) => JapanTime.DateOf(utc).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + "T" + DateText.TimeToTheSecond(utc) + "+09:00";

    private static async Task RefuseOutsideDemoAsync(Db db, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        if (!await connection.FirstAsync<bool>("select is_demo from installation", ct: ct))
        {
            throw new NotFound();
        }
    }
}

public sealed record WireClock(string Now);
public sealed record WireRan(string Job, int Rows);
public sealed record WireTick(IReadOnlyList<WireRan> Ran);
