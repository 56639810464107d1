using System.Security.Cryptography;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Trail;

/// <summary>
/// The job that has the newest head stamped by the authority of the settings (RFC 3161). Without an authority it does nothing; one that does not answer
/// stops nothing: the next run asks again.
/// </summary>
public sealed partial class AnchorTrail(Db db, Settings settings, ILogger<AnchorTrail> log)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromSeconds(30) };

    private sealed record Newest(long Number, byte[] Head);

    /// <returns>1 when a head was stamped.</returns>
    public async Task<int> RunAsync(CancellationToken ct = default)
    {
        if (settings.TimeStampAuthority is not { } authority)
        {
            return 0;
        }
        Newest? newest;
        await using (var connection = await db.OpenAsync(ct))
        {
            newest = await connection.FirstAsync<Newest?>("""
                select number, head from trail.seals where number = (select max(number) from trail.seals) and number > coalesce((select max(number) from trail.anchors), 0)
                """, ct: ct);
        }
        if (newest is null)
        {
            return 0;
        }
        try
        {
            var (token, stampedAt) = await TimeStamps.RequestAsync(Http, authority, newest.Head, ct);
            await using var work = await db.BeginAsync(Actor.Job(nameof(AnchorTrail)), ct);
            var kept = await work.FirstAsync<bool>("select trail.anchor(@Number, @authority, @stampedAt, @token)", new { newest.Number, authority = authority.Host, stampedAt, token }, ct);
            await work.CommitAsync(ct);
            return kept ? 1 : 0;
        }
        catch (Exception fault) when (fault is HttpRequestException or CryptographicException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            LogNoStamp(log, authority.Host, fault.Message);
            return 0;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Authority} gave no time stamp ({Reason}). It is asked again at the next run; nothing else waits for it.")]
    private static partial void LogNoStamp(ILogger log, string authority, string reason);
}
