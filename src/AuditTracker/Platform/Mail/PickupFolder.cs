using System.Security.Cryptography;
using System.Text;
using AuditTracker.Platform.Files;

namespace AuditTracker.Platform.Mail;

/// <summary>
/// Leaves every mail as an <c>.eml</c> file in a folder, for demos, tests and servers that collect mail from one. The name
/// follows from the Message-Id, so a mail handed over twice (after a crash) is one file: the last one, because a secret link in it is
/// made anew each time and only the newest opens.
/// </summary>
public sealed class PickupFolder : IMailTransport
{
    private readonly string folder;
    private readonly bool syncs;

    /// <param name="folder">Created when missing.</param>
    /// <param name="syncs">False leaves out every fsync, as in <see cref="BlobStore"/>.</param>
    public PickupFolder(string folder, bool syncs = true)
    {
        this.syncs = syncs;
        this.folder = Path.GetFullPath(folder);
        DurableFiles.CreateDirectory(this.folder);
    }

    public bool CanRepeat => true;
    public string Name => "folder";

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
        var temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await RandomAccess.WriteAsync(file, bytes, 0, cancel);
                if (syncs)
                {
                    DurableFiles.Sync(file);
                }
            }

            var target = Path.Combine(folder, name);
            var isNew = !File.Exists(target);
            File.Move(temporary, target, overwrite: true);
            if (syncs)
            {
                DurableFiles.SyncDirectory(folder);
            }
            return new SendResult.Accepted(isNew ? name : $"{name} was already there and is replaced");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk or a missing right: if the file did get its name, the next attempt finds it.
            return new SendResult.Deferred(e.Message) { Fault = MailFault.Route };
        }
        finally
        {
            if (File.Exists(temporary)) // File.Delete throws when the folder itself is gone
            {
                File.Delete(temporary);
            }
        }
    }

    /// <summary>Readable, and distinct even where the readable part is not.</summary>
    public static string NameOf(string messageId)
    {
        var readable = string.Concat(messageId.Take(80).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '@' or '_' ? c : '_'));
        return $"{readable}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(messageId)))[..16]}.eml";
    }
}
