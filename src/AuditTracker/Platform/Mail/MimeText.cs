using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AuditTracker.Platform.Mail;

/// <summary>
/// Writes a mail as MIME (RFC 5322, 2045–2047): plain text and HTML as alternatives, UTF-8 in base64. All lines are ASCII and
/// short (76 characters, but for a longer address or id), so any server passes them unchanged; the same mail is always the
/// same bytes.
/// </summary>
public static class MimeText
{
    private const string Line = "\r\n";
    private const int LineLength = 76; // of a line with an encoded word, RFC 2047 §2
    private const int WordLength = 75;
    private const string WordStart = "=?utf-8?B?";
    private const string WordEnd = "?=";

    /// <param name="utf8">Lets addresses have letters beyond ASCII before the @, as they are (RFC 6532): only for a server that takes them.</param>
    /// <exception cref="ArgumentException">A header field has a line end or another control character, or an address is none.</exception>
    public static byte[] Compose(OutgoingMail mail, bool utf8 = false)
    {
        var id = CheckedId(mail.MessageId);
        var boundary = "=_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(id)))[..32];
        var text = new StringBuilder();
        text.Append(MailboxField("From", mail.From, utf8));
        text.Append(MailboxField("To", mail.To, utf8));
        if (mail.ReplyTo is not null)
        {
            text.Append(MailboxField("Reply-To", mail.ReplyTo, utf8));
        }

        text.Append(TextField("Subject", Checked("Subject", mail.Subject)));
        text.Append("Date: ").Append(DateText(mail.Date)).Append(Line);
        text.Append("Message-ID: <").Append(id).Append('>').Append(Line);
        text.Append("Auto-Submitted: auto-generated").Append(Line); // RFC 3834: no holiday replies to it
        text.Append("MIME-Version: 1.0").Append(Line);
        text.Append("Content-Type: multipart/alternative;").Append(Line).Append(" boundary=\"").Append(boundary).Append('"').Append(Line);
        Part("text/plain", mail.Text);
        Part("text/html", mail.Html);
        text.Append(Line).Append("--").Append(boundary).Append("--").Append(Line);
        return Encoding.UTF8.GetBytes(text.ToString()); // ASCII but for an address of utf8

        void Part(string type, string body)
        {
            text.Append(Line).Append("--").Append(boundary).Append(Line);
            text.Append("Content-Type: ").Append(type).Append("; charset=utf-8").Append(Line);
            text.Append("Content-Transfer-Encoding: base64").Append(Line).Append(Line);
            var bytes = Encoding.UTF8.GetBytes(body.ReplaceLineEndings(Line)); // text in base64 has CRLF too, RFC 2045 §6.8
            text.Append(Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks));
        }
    }

    /// <summary>Whether one of its addresses has letters beyond ASCII before the @.</summary>
    public static bool NeedsUtf8(OutgoingMail mail) => new[] { mail.From, mail.To, mail.ReplyTo }.Any(box => box is not null && !Ascii.IsValid(box.Address.AsSpan(0, Math.Max(0, box.Address.LastIndexOf('@')))));

    /// <summary>An address with an ASCII local part; a Japanese domain becomes punycode.</summary>
    /// <param name="utf8">The local part may have letters beyond ASCII.</param>
    /// <exception cref="ArgumentException">It is not an address, or could end the command or header it stands in.</exception>
    public static string CheckedAddress(string field, string address, bool utf8 = false)
    {
        var at = address.LastIndexOf('@');
        try
        {
            var ascii = at < 0 ? "" : address[..at] + "@" + new IdnMapping().GetAscii(address[(at + 1)..]);
            if (at > 0 && ascii.Length <= 254 && ascii.AsSpan(0, at).IndexOfAny("@\"(),:;<>[\\]") < 0 && ascii.All(c => c is > ' ' and < (char)127 || utf8 && char.IsLetterOrDigit(c)))
            {
                return ascii;
            }
        }
        catch (ArgumentException)
        {
            // Not a domain.
        }

        throw new ArgumentException($"{field}: not a mail address.");
    }

    private static string CheckedId(string id) =>
        id.Length is > 2 and <= 250 && id.IndexOf('@') is > 0 and var at && at < id.Length - 1 && at == id.LastIndexOf('@')
        && id.All(c => c is > ' ' and < (char)127 and not ('<' or '>' or '"' or '\\'))
            ? id
            : throw new ArgumentException("Message-ID: not an id.");

    private static string Checked(string field, string value) => value.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029')
        ? throw new ArgumentException($"{field}: a header field has no line ends or control characters.")
        : value;

    private static string DateText(DateTimeOffset date) =>
        date.ToString("ddd, dd MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture) + date.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "");

    private static string MailboxField(string field, Mailbox mailbox, bool utf8)
    {
        var address = "<" + CheckedAddress(field, mailbox.Address, utf8) + ">";
        var name = Checked(field, mailbox.Name);
        var start = name.Length == 0 ? $"{field}:"
            : IsPlain(name) && name.Length <= 60 ? $"{field}: \"{name.Replace("\\", "\\\\").Replace("\"", "\\\"")}\""
            : Encoded($"{field}: ", name);
        var last = start.Length - (start.LastIndexOf('\n') + 1);
        return start + (last + 1 + address.Length <= LineLength ? " " : Line + " ") + address + Line;
    }

    private static string TextField(string field, string value) =>
        IsPlain(value) && value.Length <= LineLength - field.Length - 2 ? $"{field}: {value}{Line}" : Encoded($"{field}: ", value) + Line;

    // What looks like an encoded word would be decoded, and spaces at the ends would be lost.
    private static bool IsPlain(string value) =>
        value.All(c => c is >= ' ' and < (char)127) && !value.Contains("=?", StringComparison.Ordinal) && value.Trim() == value;

    /// <summary>Whole characters in each word: a reader decodes every word by itself. Space between words disappears.</summary>
    private static string Encoded(string start, string value)
    {
        var text = new StringBuilder(start);
        var room = Math.Min(WordLength, LineLength - start.Length);
        var word = new List<byte>();
        foreach (var rune in value.EnumerateRunes())
        {
            if (WordStart.Length + Base64.GetMaxEncodedToUtf8Length(word.Count + rune.Utf8SequenceLength) + WordEnd.Length > room)
            {
                Close();
                text.Append(Line).Append(' ');
                room = WordLength;
            }

            word.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
        }

        Close();
        return text.ToString();

        void Close()
        {
            text.Append(WordStart).Append(Convert.ToBase64String(word.ToArray())).Append(WordEnd);
            word.Clear();
        }
    }
}
