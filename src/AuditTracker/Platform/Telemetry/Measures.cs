using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AuditTracker.Platform.Telemetry;

/// <summary>The product's own measures. They cost next to nothing while nobody listens.</summary>
public static class Measures
{
    public const string Name = "AuditTracker";

    private static readonly Meter Meter = new(Name);
    private static readonly ActivitySource Source = new(Name);

    private static readonly Histogram<double> JobDuration = Meter.CreateHistogram<double>("audit_tracker.job.duration", "s", "How long a run of a job took");
    private static readonly Counter<long> JobRows = Meter.CreateCounter<long>("audit_tracker.job.rows", "{row}", "Rows that jobs touched");
    private static readonly Counter<long> Mails = Meter.CreateCounter<long>("audit_tracker.mail.attempts", "{mail}", "Mails handed over or turned away");
    private static readonly Histogram<long> Uploads = Meter.CreateHistogram<long>("audit_tracker.upload.size", "By", "Files taken in");
    private static readonly Counter<long> Reports = Meter.CreateCounter<long>("audit_tracker.report.runs", "{run}", "Workbooks built or given up");

    /// <summary>A span around a job's run.</summary>
    public static Activity? StartJob(string job) => Source.StartActivity($"job {job}");

    /// <param name="failure">What kind of fault ended it, or null.</param>
    public static void JobEnded(string job, TimeSpan took, int rows, string? failure)
    {
        JobDuration.Record(took.TotalSeconds, new("job", job), new("outcome", failure is null ? "done" : "failed"));
        JobRows.Add(rows, new KeyValuePair<string, object?>("job", job));
        if (failure is not null)
        {
            Activity.Current?.SetStatus(ActivityStatusCode.Error, failure);
        }
    }

    /// <param name="outcome">accepted, deferred, failed or unknown.</param>
    public static void MailEnded(string outcome) => Mails.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Uploaded(long bytes) => Uploads.Record(bytes);

    /// <param name="outcome">done or failed.</param>
    public static void ReportEnded(string outcome) => Reports.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Lengths of queues, asked whenever metrics are sent.</summary>
    /// <param name="read">Answers from what was last read; must not wait.</param>
    public static void ObserveQueues(Func<IEnumerable<Measurement<long>>> read) => Meter.CreateObservableGauge("audit_tracker.queue.length", read, "{row}", "Rows that wait for a worker");
}
