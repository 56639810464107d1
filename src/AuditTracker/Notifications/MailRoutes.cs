using System.Security.Cryptography.X509Certificates;
using AuditTracker.Platform.Mail;

namespace AuditTracker.Notifications;

/// <summary>The way mails leave by, as the operator has set it.</summary>
public static class MailRoutes
{
    public static IMailTransport From(Settings settings) => settings.MailTransport switch
    {
        "smtp" => new SmtpTransport(new SmtpServer(settings.SmtpHost, settings.SmtpPort, settings.SmtpSecurity, Hello(settings), settings.SmtpUser, settings.SmtpPassword,
            settings.OAuthToken is null ? null : Credentials(settings, Http()), Authorities(settings)), settings.MailConnections),
        "graph" when Http() is var http => new GraphTransport(http, settings.GraphAddress, Credentials(settings, http), settings.MailConnections),
        _ => new PickupFolder(settings.MailFolder),
    };

    // Nothing is sent on to an address nobody has set.
    private static HttpClient Http() => new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };

    private static ClientCredentials Credentials(Settings settings, HttpClient http) =>
        new(http, settings.OAuthToken!, settings.OAuthClient, settings.OAuthSecret, settings.OAuthScope, TimeProvider.System);

    // A server likes to be greeted with a host's whole name; ours is known where people open us by one.
    private static string Hello(Settings settings) => settings.HasPublicAddress && new Uri(settings.PublicAddress) is { HostNameType: UriHostNameType.Dns, IdnHost: var host } && host.Contains('.') ? host : "";

    private static X509Certificate2Collection? Authorities(Settings settings)
    {
        if (settings.SmtpAuthority is not { } file)
        {
            return null;
        }
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities;
    }
}
