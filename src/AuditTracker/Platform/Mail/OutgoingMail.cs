namespace AuditTracker.Platform.Mail;

/// <summary>One mail to one person, complete: sending it again sends the same bytes.</summary>
/// <param name="MessageId">Fixed when the mail is written down, without the angle brackets: <c>6f…@audit.example</c>.</param>
/// <param name="Subject">One line.</param>
/// <param name="Date">Shown as the sending time, with its offset.</param>
public sealed record OutgoingMail(
    string MessageId,
    Mailbox From,
    Mailbox? ReplyTo,
    Mailbox To,
    string Subject,
    string Text,
    string Html,
    DateTimeOffset Date);

/// <summary>A name as typed (may be empty) and an address <c>local@domain</c>.</summary>
public sealed record Mailbox(string Name, string Address);

/// <summary>Whose matter it is that a mail was not taken.</summary>
public enum MailFault
{
    /// <summary>The address: it does not exist, or takes no mail.</summary>
    Recipient,

    /// <summary>This mail: its size, its content.</summary>
    Mail,

    /// <summary>Our way out, and so every mail's: the server cannot be reached, our sign-in or sender is refused, a certificate is wrong.</summary>
    Route,
}

/// <summary>How handing over ended. <see cref="Reply"/> is the other side's answer word for word, or our own reason.</summary>
public abstract record SendResult(string Reply)
{
    /// <summary>Null where nothing is wrong, or nobody can say.</summary>
    public MailFault? Fault { get; init; }

    /// <summary>A mail that cannot even be composed: for good, unless it is our own sender that is no address, which would meet every mail.</summary>
    internal static SendResult Mistaken(ArgumentException mistake) => mistake.Message.Split(':')[0] switch
    {
        "From" or "Reply-To" => new Deferred(mistake.Message) { Fault = MailFault.Route },
        "To" => new Failed(mistake.Message) { Fault = MailFault.Recipient },
        _ => new Failed(mistake.Message) { Fault = MailFault.Mail },
    };

    /// <summary>The other side has taken responsibility.</summary>
    public sealed record Accepted(string Reply) : SendResult(Reply);

    /// <summary>Surely not taken; worth trying later.</summary>
    public sealed record Deferred(string Reply) : SendResult(Reply);

    /// <summary>Surely not taken; trying again would not help.</summary>
    public sealed record Failed(string Reply) : SendResult(Reply);

    /// <summary>May have been taken: the connection ended where nobody can know. Never sent again by itself.</summary>
    public sealed record Unknown(string Reply) : SendResult(Reply);
}

/// <summary>The edge to the outside that mails leave by.</summary>
public interface IMailTransport
{
    /// <summary>Whether handing the same mail over twice leaves one mail. If not, one whose ending was lost is never sent again by itself.</summary>
    bool CanRepeat { get; }

    /// <summary>Where <see cref="CanRepeat"/>: whether a mail whose ending was lost was handed over all the same. Asked before it is written again, because that ends the secrets in the first.</summary>
    bool HasTaken(string messageId) => false;

    /// <summary>The mail's ending stands in the database: what <see cref="HasTaken"/> kept of it may go.</summary>
    void Forget(string messageId)
    {
    }

    /// <summary>What the ledger calls it, without secrets: <c>smtp mail.example.jp:587</c>.</summary>
    string Name => GetType().Name;

    /// <summary>How many mails may be handed over at the same time.</summary>
    int Connections => 1;

    /// <summary>
    /// Hands one mail over. Every ending is a result, mistakes in the mail included (<see cref="SendResult.Failed"/>).
    /// Cancelling throws only while the mail is surely not taken.
    /// </summary>
    Task<SendResult> SendAsync(OutgoingMail mail, CancellationToken cancel);

    /// <summary>Nothing more for now: lets go of what was kept open from one mail to the next.</summary>
    Task RestAsync() => Task.CompletedTask;
}
