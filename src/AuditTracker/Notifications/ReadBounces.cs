using AuditTracker.Platform.Database;

namespace AuditTracker.Notifications;

/// <summary>
/// Job: reads the reports that the mail system leaves in a folder: a Maildir's <c>new</c>, or the folder's own <c>.eml</c> files. What is read goes to <c>cur</c> (<c>read</c>
/// beside a plain folder's files), what cannot be read or placed to <c>aside</c>. The row comes first: a worker that dies before the file has moved is followed by one that only moves it.
/// </summary>
public sealed class ReadBounces(TakeBounce take, Settings settings, ILogger<ReadBounces> log)
{
    private const int Batch = 500;

    // A file that is still being written is left alone; a Maildir's own are whole.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    /// <returns>How many files were dealt with.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (settings.MailBounces is not { } folder)
        {
            return 0;
        }
        var maildir = Path.Combine(folder, "new");
        var isMaildir = Directory.Exists(maildir);
        var files = isMaildir ? Directory.EnumerateFiles(maildir) : Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.eml").Where(file => DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > Settled) : [];
        var count = 0;
        foreach (var file in files.Order(StringComparer.Ordinal).Take(Batch).ToList())
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                var taken = await TakeAsync(file, ct);
                var target = Path.Combine(folder, taken.Reason is not null ? "aside" : isMaildir ? "cur" : "read");
                Directory.CreateDirectory(target);
                var name = Path.GetFileName(file) + (isMaildir && taken.Reason is null && !file.Contains(":2,", StringComparison.Ordinal) ? ":2,S" : "");
                File.Move(file, Free(target, name));
                count++;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                log.LogWarning("The report {File} could not be read or moved: {Reason}", Path.GetFileName(file), problem.Message);
            }
        }
        return count;
    }

    private async Task<BounceTaken> TakeAsync(string file, CancellationToken ct)
    {
        string sha256;
        byte[]? message = null;
        await using (var content = File.OpenRead(file))
        {
            sha256 = await TakeBounce.HashAsync(content, ct);
            if (content.Length <= TakeBounce.Longest)
            {
                content.Position = 0;
                message = new byte[content.Length];
                await content.ReadExactlyAsync(message, ct);
            }
        }
        return await take.RunAsync(Actor.Job(nameof(ReadBounces)), Path.GetFileName(file), message, sha256, ct);
    }

    private static string Free(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? Path.Combine(folder, $"{Guid.NewGuid():N}-{name}") : path;
    }
}
