namespace AuditTracker.Health;

/// <summary>What an operator looks at. All instants are of the system's clock, UTC.</summary>
public sealed record HealthReport(DateTime At, string Version, string Runtime, string System, DatabaseHealth Database, IReadOnlyList<ProcessHealth> Processes, IReadOnlyList<JobHealth> Jobs,
    IReadOnlyList<JobFailure> Failures, MailHealth Mails, DiskHealth Disk, FileHealth Files, BackupHealth? Backup)
{
    /// <summary>Nothing of it wants somebody's hand.</summary>
    public bool IsSound => Processes.Any(process => process is { Works: true, State: "running" }) && !Jobs.Any(job => job.HasFailed) && !Mails.IsHeld && !Mails.IsStopped && !Disk.IsLow && Backup is { Damaged: 0 };
}

/// <param name="IsPrivate">The server in the data folder, not one's own.</param>
/// <param name="TrailIsProtected">Whether the role we run as cannot rewrite the trail.</param>
public sealed record DatabaseHealth(string Version, long Bytes, int Connections, int MaxConnections, string Schema, bool IsPrivate = false, bool TrailIsProtected = false);

/// <param name="State">running, silent (no beat for three minutes) or stopped.</param>
public sealed record ProcessHealth(string Kind, string Machine, string Version, DateTime StartedAt, DateTime BeatAt, DateTime? StoppedAt, string State)
{
    public bool Works => Kind != "web";
}

/// <param name="State">done, failed, running, or waiting: never ran yet.</param>
public sealed record JobHealth(string Name, string State, DateTime? StartedAt, DateTime? EndedAt, long Rows, string? Failure, string? Incident, DateTime? SucceededAt, DateTime? NextAt)
{
    public bool HasFailed => State == "failed";
}

public sealed record JobFailure(string Job, DateTime StartedAt, DateTime EndedAt, string Failure, string Incident);

/// <param name="States">Mails in each state.</param>
/// <param name="HeldAt">Since when nothing is sent after a restore; null = not held.</param>
/// <param name="IsStopped">The last three attempts, at several mails, were turned away to be tried later.</param>
public sealed record MailHealth(IReadOnlyDictionary<string, long> States, DateTime? HeldAt, bool IsStopped)
{
    public bool IsHeld => HeldAt is not null;
}

public sealed record DiskHealth(long FreeBytes, long TotalBytes, bool IsLow);

/// <param name="SweptAt">When unused files were last removed.</param>
public sealed record FileHealth(long Count, long Bytes, DateTime? SweptAt);

public sealed record BackupHealth(string Name, string Folder, DateTime TakenAt, DateTime EndedAt, long Blobs, long BlobBytes, long Copied, long DumpBytes, long Damaged);
