using System.Security.Cryptography;
using System.Text;
using AuditTracker.Platform.Files;

namespace AuditTracker.Platform.Mail;

/// <summary>
/// Leaves every mail as an <c>.eml</c> file in a folder, for demos, tests and servers that collect mail from one, at any moment. A mail handed over again after a crash is
/// noticed by what a hidden folder beside it remembers, not by its file, which may have been collected.
/// </summary>
/// <remarks>
/// The whole mail is first laid into the hidden folder, then a note of its name, and then one rename makes it visible. So a note without the mail beside it
/// says that it was visible, a note with it that it never was, whenever the worker was killed.
/// </remarks>
public sealed class PickupFolder : IMailTransport
{
    private readonly string folder;
    private readonly string hidden;
    private readonly bool syncs;
    // Of all folders of the process: there is one.
    private static readonly SemaphoreSlim OneAtATime = new(1);

    /// <param name="folder">Created when missing.</param>
    /// <param name="syncs">False leaves out every fsync, as in <see cref="BlobStore"/>.</param>
    public PickupFolder(string folder, bool syncs = true)
    {
        this.syncs = syncs;
        this.folder = Path.GetFullPath(folder);
        hidden = Path.Combine(this.folder, ".handed");
        DurableFiles.CreateDirectory(hidden);
    }

    public bool CanRepeat => true;
    public string Name => "folder";

    private string NoteOf(string name) => Path.Combine(hidden, name + ".note");
    private string WaitingOf(string name) => Path.Combine(hidden, name + ".part");

    public bool HasTaken(string messageId)
    {
        var name = NameOf(messageId);
        return File.Exists(NoteOf(name)) && !File.Exists(WaitingOf(name)) || File.Exists(Path.Combine(folder, name));
    }

    public void Forget(string messageId)
    {
        var name = NameOf(messageId);
        try
        {
            File.Delete(NoteOf(name));
            File.Delete(WaitingOf(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A note that stays costs nothing: no other mail has its name.
        }
    }

    public async Task<SendResult> SendAsync(OutgoingMail mail, CancellationToken cancel)
    {
        byte[] bytes;
        try
        {
            bytes = MimeText.Compose(mail);
        }
        catch (ArgumentException e)
        {
            return new SendResult.Failed(e.Message) { Fault = MailFault.Mail };
        }

        var name = NameOf(mail.MessageId);
        var temporary = Path.Combine(hidden, $"{Guid.NewGuid():N}.tmp");
        var isVisible = false;
        await OneAtATime.WaitAsync(cancel);
        try
        {
            if (HasTaken(mail.MessageId))
            {
                return new SendResult.Accepted($"{name} was already handed over");
            }
            if (Directory.Exists(folder) && !Directory.Exists(hidden)) // tidied away while we run; without the folder itself nothing is made up
            {
                DurableFiles.CreateDirectory(hidden);
            }
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await RandomAccess.WriteAsync(file, bytes, 0, cancel);
                if (syncs)
                {
                    DurableFiles.Sync(file);
                }
            }

            // Three steps, each on the disk before the next; one that an earlier attempt did not get beyond is taken up with the newer mail.
            File.Move(temporary, WaitingOf(name), overwrite: true);
            Synced(hidden);
            File.OpenHandle(NoteOf(name), FileMode.OpenOrCreate, FileAccess.Write).Dispose();
            Synced(hidden);
            File.Move(WaitingOf(name), Path.Combine(folder, name));
            isVisible = true;
            Synced(folder);
            return new SendResult.Accepted(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk or a missing right. Once the name is there, somebody may have collected it, and a power cut may still take it away.
            return isVisible ? new SendResult.Unknown(e.Message) { Fault = MailFault.Route } : new SendResult.Deferred(e.Message) { Fault = MailFault.Route };
        }
        finally
        {
            OneAtATime.Release();
            if (File.Exists(temporary)) // File.Delete throws when the folder itself is gone
            {
                File.Delete(temporary);
            }
        }
    }

    private void Synced(string directory)
    {
        if (syncs)
        {
            DurableFiles.SyncDirectory(directory);
        }
    }

    /// <summary>Readable, and distinct even where the readable part is not.</summary>
    public static string NameOf(string messageId)
    {
        var readable = string.Concat(messageId.Take(80).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '@' or '_' ? c : '_'));
        return $"{readable}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(messageId)))[..16]}.eml";
    }
}
