using AuditTracker.Platform;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>The wire of deputies: who stands in while somebody is on leave. Enters at the same use case as the page.</summary>
public static class DeputyApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/evidence/deputies").WithTags("evidence");
        api.MapGet("/{employeeNo}", Find).May();
        api.MapPut("/{employeeNo}", Name).May();
    }

    private static async Task<WireDeputy> Find(HttpContext http, string employeeNo, NameDeputy deputies, CancellationToken ct) =>
        WireDeputy.Of(employeeNo, await deputies.FindAsync(http.CurrentUser(), employeeNo.Replace("\0", ""), ct) ?? throw new NotFound());

    private static async Task<WireDeputy> Name(HttpContext http, string employeeNo, WireDeputyName body, NameDeputy deputies, CancellationToken ct)
    {
        await deputies.RunAsync(http.CurrentUser(), employeeNo.Replace("\0", ""), body.Deputy, ct);
        return await Find(http, employeeNo, deputies, ct);
    }
}

/// <param name="Deputy">Employee number; null: whoever comes next up the line.</param>
public sealed record WireDeputyName(string? Deputy);

/// <summary>Somebody's leave, now or next, and who stands in; people by employee number.</summary>
/// <param name="To">Its last day; null: until further notice.</param>
/// <param name="Deputy">Named for this leave, or null.</param>
/// <param name="Next">Who comes next up the line today; null: nobody.</param>
public sealed record WireDeputy(string Person, DateOnly From, DateOnly? To, string? Deputy, string? Next)
{
    internal static WireDeputy Of(string person, LeaveDeputy leave) => new(person, leave.FromOn, leave.ToOn, leave.DeputyNo, leave.NextNo);
}
