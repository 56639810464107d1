using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>Who attended a make-up session or answered on paper, typed or from a file; all lines or none.</summary>
[May(Role.ComplianceManager)]
[RequestSizeLimit(6 << 20)]
public sealed class AttendanceListModel(CampaignStore campaigns, RecordAttendance record, BusinessClock clock, IStringLocalizer<Words> words) : CampaignPage(campaigns, clock, words)
{
    [BindProperty] public Form Input { get; set; } = new();
    public IReadOnlyList<AttendanceProblem> Problems { get; private set; } = [];

    public sealed class Form
    {
        public string How { get; set; } = "session";
        public string? AttendedOn { get; set; }
        public string? Note { get; set; }
        public string? Numbers { get; set; }
        public IFormFile? File { get; set; }
    }

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await FindAsync(id, ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        if (!await FindAsync(id, ct))
        {
            return NotFound();
        }
        try
        {
            var (recorded, already, problems) = await record.RunAsync(Caller, id, await ReadAsync(ct), Input.How, Input.Note ?? "", ct);
            if (problems.Count == 0)
            {
                return this.Done(At, T["DoneRecorded", recorded, already]);
            }
            Problems = problems;
            return this.Invalid(Input.File is null ? "Input.Numbers" : "Input.File", T["AttendanceRefused", problems.Count]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }

    private async Task<Attendance> ReadAsync(CancellationToken ct)
    {
        var on = TypedDate.ReadOptional(Input.AttendedOn, "attendedOn");
        if (Input.File is not { Length: > 0 } file)
        {
            return Attendance.Typed(Input.Numbers ?? "") with { AttendedOn = on };
        }
        using var content = new MemoryStream();
        await file.CopyToAsync(content, ct);
        return Attendance.Of(content.ToArray()) with { AttendedOn = on };
    }
}
