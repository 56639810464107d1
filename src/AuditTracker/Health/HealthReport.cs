namespace AuditTracker.Health;

/// <summary>What an operator looks at. All instants are of the system's clock, UTC.</summary>
public sealed record HealthReport(DateTime At, string Version, string Runtime, string System, DatabaseHealth Database, IReadOnlyList<ProcessHealth> Processes, IReadOnlyList<JobHealth> Jobs,
    IReadOnlyList<JobFailure> Failures, MailHealth Mails, DiskHealth Disk, FileHealth Files, BackupHealth? Backup, ScannerHealth Scanner, ScrubHealth Scrub, TrailHealth? Trail, CalendarHealth? Calendar = null)
{
    /// <summary>Nothing of it wants somebody's hand.</summary>
    public bool IsSound => Processes.Any(process => process is { Works: true, State: "running" }) && !Jobs.Any(job => job.HasFailed) && !Mails.IsHeld && !Mails.IsStopped && Mails.Texts?.Any(text => text.Problem is not null) != true && !Disk.IsLow && Backup is { Damaged: 0, IsOld: false } && Scanner.AwaySince is null && Scrub.Wrong.Count == 0 && Trail is not { IsSound: false };
}

/// <summary>The schedule outruns the announced holidays; null in the report: it does not.</summary>
/// <param name="KnownThrough">The last day whose holidays are in the table; null: there is none.</param>
/// <param name="Collections">Due after it.</param>
public sealed record CalendarHealth(DateOnly? KnownThrough, long Collections);

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
/// <param name="Via">The way mails leave by: folder, or the server.</param>
/// <param name="Aside">Reports of mail servers that could not be read or placed.</param>
/// <param name="AsideReason">Why the last of them was put aside.</param>
/// <param name="Texts">Changed mail texts that are passed over, or were put there by hand.</param>
/// <param name="Reply">What it said last to a mail that it did not take; null: the last attempt went well.</param>
public sealed record MailHealth(IReadOnlyDictionary<string, long> States, DateTime? HeldAt, bool IsStopped, string Via = "", string? Reply = null, long Aside = 0, string? AsideReason = null, IReadOnlyList<Notifications.TemplateState>? Texts = null)
{
    public bool IsHeld => HeldAt is not null;
}

public sealed record DiskHealth(long FreeBytes, long TotalBytes, bool IsLow);

/// <param name="SweptAt">When unused files were last removed.</param>
public sealed record FileHealth(long Count, long Bytes, DateTime? SweptAt);

/// <param name="IsOld">Taken longer ago than <see cref="HealthStore.BackupDays"/>; never of a demo.</param>
public sealed record BackupHealth(string Name, string Folder, DateTime TakenAt, DateTime EndedAt, long Blobs, long BlobBytes, long Copied, long DumpBytes, long Damaged, bool IsOld = false);

/// <summary>The virus scanner, and what is left of its work.</summary>
/// <param name="IsSet">False: files are not scanned at all.</param>
/// <param name="Version">Of the scanner and its signatures, as it says.</param>
/// <param name="AwaySince">Since when it does not answer; null: it does.</param>
/// <param name="Waiting">Contents it has not been asked about.</param>
/// <param name="Quarantined">Findings nobody has decided on.</param>
/// <param name="NotScanned">Contents that are not scanned, by reason.</param>
public sealed record ScannerHealth(bool IsSet, string Version, DateTime? AnsweredAt, DateTime? AwaySince, string? Failure, long Waiting, long Quarantined, IReadOnlyDictionary<string, long> NotScanned);

/// <summary>What reading every stored file again, by turns, has shown.</summary>
/// <param name="Read">Files read at least once.</param>
/// <param name="OldestAt">The longest ago that one of them was read.</param>
/// <param name="Wrong">Files that are missing or changed; at most fifty.</param>
public sealed record ScrubHealth(long Read, DateTime? OldestAt, IReadOnlyList<WrongFile> Wrong);

/// <param name="State">missing or changed.</param>
/// <param name="UsedIn">The collections that have it.</param>
public sealed record WrongFile(string Sha256, string State, DateTime Since, string UsedIn);

/// <summary>The last verification of the trail that ended.</summary>
/// <param name="State">done, or failed: it could not be carried through.</param>
public sealed record TrailHealth(string State, DateTime AskedAt, DateTime? FinishedAt, int Findings)
{
    public bool IsSound => State == "done" && Findings == 0;
}
