using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace AuditTracker.Platform.Mail;

/// <summary>How a connection to a mail server is kept from others' eyes.</summary>
public enum SmtpSecurity
{
    /// <summary>It begins in the open and must turn to TLS before anything is said.</summary>
    StartTls,

    /// <summary>TLS from the first byte, mostly on port 465.</summary>
    Tls,

    /// <summary>In the open: for a server on the same machine or a network of one's own.</summary>
    None,
}

/// <summary>A mail server, and how to speak with it.</summary>
/// <param name="Hello">How we call ourselves: a host name, or empty for our address.</param>
/// <param name="User">Empty: no sign-in.</param>
/// <param name="Token">Where an access token comes from, to sign in with instead of the password (XOAUTH2).</param>
/// <param name="Authorities">Certificates of a private authority, which alone is trusted then; null: those the system trusts.</param>
public sealed record SmtpServer(string Host, int Port, SmtpSecurity Security, string Hello = "", string User = "", string Password = "", ClientCredentials? Token = null, X509Certificate2Collection? Authorities = null)
{
    /// <summary>How long a step may take. Together they stay below what one attempt may hold a mail.</summary>
    public SmtpPatience Patience { get; init; } = new();

    /// <summary>Whether a password may be said in the open: only to this very machine.</summary>
    public bool IsThisMachine => Host == "localhost" || IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address);

    public override string ToString() => $"smtp {Host}:{Port}"; // never the password
}

/// <summary>Time limits of the steps (RFC 5321 §4.5.3.2 allows longer ones; a mail that waits so long is tried again, or is unknown).</summary>
/// <param name="Command">For connecting, TLS, and the reply to each command.</param>
/// <param name="Session">For all of it up to the final dot.</param>
/// <param name="Final">For the reply to the final dot: given up too early, a mail that did arrive would be unknown.</param>
public sealed record SmtpPatience(TimeSpan Command, TimeSpan Session, TimeSpan Final)
{
    public SmtpPatience() : this(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(80), TimeSpan.FromSeconds(150))
    {
    }
}
