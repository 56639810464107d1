using System.Globalization;
using System.Text;

namespace AuditTracker.Platform.Mail;

/// <summary>What a mail server reports of a mail it had taken (RFC 3464).</summary>
/// <param name="MessageIds">Ids of the mail it is about, the surest first, without angle brackets.</param>
/// <param name="Action">failed, delayed, delivered, relayed or expanded.</param>
/// <param name="Status">RFC 3463: <c>5.1.1</c>.</param>
/// <param name="Diagnostic">The words of the server that would not take it; may be empty.</param>
public sealed record DeliveryReport(IReadOnlyList<string> MessageIds, string Recipient, string Action, string Status, string Diagnostic)
{
    private static readonly string[] Actions = ["failed", "delayed", "delivered", "relayed", "expanded"];

    /// <summary>The address itself is no good, rather than this mail.</summary>
    public bool IsAboutRecipient => Status.Split('.') is [_, "1" or "2", _];

    /// <summary>Reads a whole message.</summary>
    /// <exception cref="FormatException">It is no such report; the message says why.</exception>
    public static DeliveryReport Read(byte[] message)
    {
        var parts = new List<Part>();
        Open(Part.Of(Encoding.Latin1.GetString(message)), parts, 0);
        var top = parts[0];
        if (parts.FirstOrDefault(part => part.Type is "message/delivery-status" or "message/global-delivery-status") is not { } status)
        {
            throw new FormatException("There is no delivery status in it (RFC 3464).");
        }
        var blocks = Lines(status.Decoded).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(block => Part.Fields(block)).Where(fields => fields.Count > 0).ToList();
        var recipients = blocks.Where(fields => fields.ContainsKey("action")).ToList();
        var recipient = recipients.Find(fields => fields["action"].Equals("failed", StringComparison.OrdinalIgnoreCase)) ?? recipients.FirstOrDefault() ?? throw new FormatException("Its delivery status names no recipient.");
        var action = recipient["action"].Split(' ', '(')[0].ToLowerInvariant();
        if (!Actions.Contains(action))
        {
            throw new FormatException($"Its action is not known: {action}");
        }
        var ids = new List<string>();
        if (blocks[0].TryGetValue("original-envelope-id", out var envelope))
        {
            ids.Add(Unxtext(envelope));
        }
        foreach (var returned in parts.Where(part => part.Type is "message/rfc822" or "message/global" or "text/rfc822-headers" or "message/global-headers"))
        {
            ids.AddRange(Ids(Part.Of(returned.Decoded).Headers.GetValueOrDefault("message-id", "")));
        }
        ids.AddRange(Ids(top.Headers.GetValueOrDefault("in-reply-to", "") + top.Headers.GetValueOrDefault("references", "")));
        return new DeliveryReport([.. ids.Distinct().Take(20)], Value(recipient, "final-recipient") is { Length: > 0 } final ? final : Value(recipient, "original-recipient"), action,
            recipient.GetValueOrDefault("status", "").Split(' ', '(')[0], Value(recipient, "diagnostic-code"));
    }

    // Not ReplaceLineEndings: among bytes read as Latin-1 it takes a part of a letter (0x85) for a line end.
    private static string Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    /// <summary>The part itself and those within.</summary>
    private static void Open(Part part, List<Part> parts, int depth)
    {
        parts.Add(part);
        if (!part.Type.StartsWith("multipart/", StringComparison.Ordinal) || part.Boundary.Length == 0 || depth > 4)
        {
            return;
        }
        foreach (var piece in ("\n" + part.Body).Split("\n--" + part.Boundary).Skip(1).Take(50))
        {
            if (piece.StartsWith("--", StringComparison.Ordinal))
            {
                return;
            }
            Open(Part.Of(piece.TrimStart(' ', '\t')[(piece.TrimStart(' ', '\t').StartsWith('\n') ? 1 : 0)..]), parts, depth + 1);
        }
    }

    // "rfc822; bob@example.test": what stands before the semicolon says what it is.
    private static string Value(Dictionary<string, string> fields, string name) => fields.TryGetValue(name, out var value) ? value[(value.IndexOf(';') + 1)..].Trim() : "";

    private static IEnumerable<string> Ids(string field) => field.Split('<').Skip(1).Select(rest => rest.Split('>')[0].Trim());

    private static string Unxtext(string text)
    {
        var read = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '+' && i + 2 < text.Length && int.TryParse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code))
            {
                read.Append((char)code);
                i += 2;
            }
            else
            {
                read.Append(text[i]);
            }
        }
        return read.ToString().Trim().Trim('<', '>');
    }

    private sealed record Part(Dictionary<string, string> Headers, string Body)
    {
        public string Type => Headers.GetValueOrDefault("content-type", "text/plain").Split(';')[0].Trim().ToLowerInvariant();

        public string Boundary
        {
            get
            {
                var type = Headers.GetValueOrDefault("content-type", "");
                var at = type.IndexOf("boundary=", StringComparison.OrdinalIgnoreCase);
                var value = at < 0 ? "" : type[(at + 9)..].Trim();
                return value.StartsWith('"') ? value[1..].Split('"')[0] : value.Split(';', ' ', '\t')[0];
            }
        }

        public string Decoded => Headers.GetValueOrDefault("content-transfer-encoding", "").Trim().ToLowerInvariant() switch
        {
            "base64" => Encoding.UTF8.GetString(Convert.FromBase64String(Body.Trim())),
            "quoted-printable" => Quoted(Body),
            _ => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Body)),
        };

        public static Part Of(string text)
        {
            text = Lines(text).TrimStart('\n');
            var end = text.IndexOf("\n\n", StringComparison.Ordinal);
            return end < 0 ? new Part(Fields(text), "") : new Part(Fields(text[..end]), text[(end + 2)..]);
        }

        /// <summary>Fields by their names in small letters; the first of each; folded lines joined.</summary>
        public static Dictionary<string, string> Fields(string text)
        {
            var fields = new Dictionary<string, string>();
            foreach (var line in text.Replace("\n ", " ", StringComparison.Ordinal).Replace("\n\t", " ", StringComparison.Ordinal).Split('\n'))
            {
                if (line.IndexOf(':') is > 0 and var at)
                {
                    fields.TryAdd(line[..at].Trim().ToLowerInvariant(), line[(at + 1)..].Trim());
                }
            }
            return fields;
        }

        private static string Quoted(string text)
        {
            text = Lines(text).Replace("=\n", "", StringComparison.Ordinal);
            var bytes = new List<byte>();
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '=' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code))
                {
                    bytes.Add(code);
                    i += 2;
                }
                else
                {
                    bytes.Add((byte)text[i]);
                }
            }
            return Encoding.UTF8.GetString([.. bytes]);
        }
    }
}
