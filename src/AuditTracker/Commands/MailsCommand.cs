using AuditTracker.Notifications;
using AuditTracker.Platform.Database;

namespace AuditTracker.Commands;

/// <summary><c>mails release --waiting send|settle</c>: ends the hold that a restore put on mails.</summary>
public static class MailsCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args);
        var waiting = arguments.Get("--waiting");
        if (arguments.Alone(0) != "release" || waiting is not ("send" or "settle"))
        {
            throw new UsageException("Write: mails release --waiting send|settle");
        }
        await using var installation = await Installation.OpenAsync(arguments.Settings(), mayCreate: false);
        await installation.RefuseForeignSchemaAsync();
        var settled = await new ReleaseMails(new Db(installation.App)).RunAsync(Actor.Operator("mails"), waiting == "send", CancellationToken.None);
        Console.WriteLine(waiting == "send" ? "Mails leave again, those that waited too." : $"Mails leave again. {settled} that waited are set aside as of unknown ending, in the list of mails.");
        return 0;
    }
}
