using System.Diagnostics;
using AuditTracker.Platform.Files;

namespace AuditTracker.Evidence;

/// <summary>
/// Job: has every content that is evidence scanned, one after the other: new ones first, then what could not be scanned, then by age with newer
/// signatures. Each is written down by itself, so a worker killed anywhere is followed by one that goes on.
/// </summary>
public sealed class ScanFiles(ScanStore store, BlobStore blobs, Settings settings, ILogger<ScanFiles> log)
{
    // A round makes way for the next tick, in which the scanner's version is read again.
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(50);

    /// <returns>How many contents were asked about.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (settings.Clamd is not { } address)
        {
            return await LookOnlyAsync(ct);
        }
        var clamd = new Clamd(address, settings.ScanPatience, settings.ScanMaxBytes);
        var (watch, asked) = (Stopwatch.StartNew(), 0);
        try
        {
            var version = await clamd.VersionAsync(ct);
            await store.ReachedAsync(version, ct);
            for (; watch.Elapsed < Round && await store.NextAsync(ct) is { } turn; asked++)
            {
                await ScanAsync(clamd, turn.Sha256, version, ct);
            }
        }
        catch (ScannerAwayException away)
        {
            log.LogWarning("The virus scanner does not answer: {Reason}", away.Message);
            await store.AwayAsync(away.Message, ct);
        }
        return asked;
    }

    private async Task ScanAsync(Clamd clamd, string sha256, string version, CancellationToken ct)
    {
        if (!blobs.Exists(sha256))
        {
            await store.KeepAsync(sha256, null, "gone", false, "", ct);
            return;
        }
        bool locked;
        ScanResult result;
        try
        {
            locked = await IsLockedAsync(sha256, ct);
            await using var content = blobs.Open(sha256);
            result = await clamd.ScanAsync(content, ct);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            log.LogError(unreadable, "The file {Sha256} cannot be read", sha256);
            await store.KeepAsync(sha256, null, "unreadable", false, "", ct);
            return;
        }
        var reason = result.Outcome switch
        {
            ScanOutcome.TooLarge => "tooLarge",
            ScanOutcome.Locked => "locked",
            ScanOutcome.Refused => "refused",
            ScanOutcome.NoAnswer => "noAnswer",
            ScanOutcome.Clean when locked => "locked",
            _ => null,
        };
        await store.KeepAsync(sha256, result, reason, locked || result.Outcome == ScanOutcome.Locked, version, ct);
    }

    private async Task<int> LookOnlyAsync(CancellationToken ct)
    {
        await store.UnsetAsync(ct);
        var (watch, looked) = (Stopwatch.StartNew(), 0);
        for (; watch.Elapsed < Round && await store.NextAsync(ct) is { } turn; looked++)
        {
            await store.KeepUnaskedAsync(turn.Sha256, await IsKnownLockedAsync(turn.Sha256, ct), ct);
        }
        return looked;
    }

    private async Task<bool> IsKnownLockedAsync(string sha256, CancellationToken ct)
    {
        try
        {
            return blobs.Exists(sha256) && await IsLockedAsync(sha256, ct);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            log.LogError(unreadable, "The file {Sha256} cannot be read", sha256);
            return false;
        }
    }

    private async Task<bool> IsLockedAsync(string sha256, CancellationToken ct)
    {
        await using var content = blobs.Open(sha256);
        return (await FileLook.AtAsync(content, "", new FileRules { TakesPrograms = true, TakesMacros = true }, ct)).IsLocked;
    }
}
