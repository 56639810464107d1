using System.Text;

namespace AuditTracker.Platform.Mail;

/// <summary>What a mail server answered: the code of its lines, and the lines word for word.</summary>
internal sealed record SmtpReply(int Code, string Text)
{
    private const int Longest = 2000;

    public bool IsDone => Code is >= 200 and < 300;
    public bool GoesOn => Code is >= 300 and < 400;
    public bool IsForLater => Code is >= 400 and < 500;
    public bool IsRefusal => Code is >= 500 and < 600;

    /// <summary>"Service not available, closing": the server ends the connection.</summary>
    public bool IsClosing => Code == 421;

    /// <summary>The lines behind their codes.</summary>
    public IEnumerable<string> Lines => Text.Split('\n').Select(line => line.Length > 4 ? line[4..] : "");

    /// <summary>The enhanced status (RFC 3463) it begins with, such as 5.1.1; empty: none.</summary>
    public string Status => Lines.First().Split(' ')[0] is { Length: >= 5 } first && first[1] == '.' && char.IsAsciiDigit(first[0]) && first.Split('.') is { Length: 3 } parts && parts.All(part => int.TryParse(part, out _)) ? first : "";

    /// <summary>A refusal after RCPT that is about this address, not about us or the mail.</summary>
    public bool IsAboutRecipient => Status is { Length: > 0 } status ? status.StartsWith("5.1.", StringComparison.Ordinal) && status is not ("5.1.7" or "5.1.8") || status.StartsWith("5.2.", StringComparison.Ordinal) : Code is 501 or 550 or 551 or 553;

    /// <summary>A refusal that would meet every mail: we are to sign in, our commands are out of order.</summary>
    public bool IsAboutUs => Code is 500 or 501 or 502 or 503 or 530 or 534 or 535 or 538 or 555 || Status is "5.1.7" or "5.1.8" or "5.5.1" || Status.StartsWith("5.7.", StringComparison.Ordinal) && Code is 530 or 534 or 535;

    /// <summary>As it may be kept: whatever came, it is text that a database takes.</summary>
    public static string Kept(string text)
    {
        var kept = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            kept.Append(rune.Value == '\n' || !Rune.IsControl(rune) ? rune.ToString() : "�");
        }
        return kept.Length > Longest ? kept.ToString(0, char.IsHighSurrogate(kept[Longest - 1]) ? Longest - 1 : Longest) : kept.ToString();
    }
}

/// <summary>The connection is of no more use: it ended, an answer did not come in time, or was none.</summary>
internal sealed class SmtpBrokenException(string reason, Exception? inner = null) : Exception(reason, inner);

/// <summary>The server does not let us send: it refused the greeting, the encryption or the sign-in.</summary>
internal sealed class SmtpRefusedException(string reply) : Exception(reply);
