using System.Globalization;
using System.Text;

namespace AuditTracker.Trail;

/// <summary>Reads canonical bytes from left to right and refuses every byte that is not as specified.</summary>
internal ref struct CanonicalText(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly ReadOnlySpan<byte> bytes = bytes;

    public int Place { get; private set; }

    /// <summary>The next byte; refuses the end.</summary>
    public readonly byte Peek => Place < bytes.Length ? bytes[Place] : throw new FormatException("The entry ends early.");

    public static DateTime Instant(long micros) => DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    public void Expect(ReadOnlySpan<byte> wanted)
    {
        if (!bytes[Place..].StartsWith(wanted))
        {
            throw Bad();
        }
        Place += wanted.Length;
    }

    public readonly void ExpectEnd()
    {
        if (Place != bytes.Length)
        {
            throw Bad();
        }
    }

    /// <summary>One byte out of these.</summary>
    public char Take(ReadOnlySpan<byte> allowed)
    {
        if (!allowed.Contains(Peek))
        {
            throw Bad();
        }
        return (char)bytes[Place++];
    }

    /// <summary>The bytes of one netstring: length in decimal, a colon, as many bytes, a comma.</summary>
    public ReadOnlySpan<byte> Netstring()
    {
        var length = 0L;
        var digits = Place;
        for (; Peek is >= (byte)'0' and <= (byte)'9'; Place++)
        {
            length = length * 10 + (Peek - '0');
            if (length > bytes.Length || (Place > digits && bytes[digits] == '0'))
            {
                throw Bad();
            }
        }
        if (Place == digits)
        {
            throw Bad();
        }
        Expect(":"u8);
        if (length > bytes.Length - Place)
        {
            throw Bad();
        }
        var content = bytes.Slice(Place, (int)length);
        Place += (int)length;
        Expect(","u8);
        return content;
    }

    public string String() => Strict(Netstring());

    public static string Strict(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Utf8.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException("Not UTF-8.");
        }
    }

    public string OneOf(params ReadOnlySpan<string> allowed)
    {
        var text = String();
        return allowed.Contains(text) ? text : throw Bad();
    }

    public long Number(long least)
    {
        var text = String();
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number.ToString(CultureInfo.InvariantCulture) == text ? number : throw Bad();
    }

    public ulong Unsigned()
    {
        var text = String();
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == text ? number : throw Bad();
    }

    /// <summary>Microseconds since 1970 that are an instant of the years 1 to 9999.</summary>
    public long Micros()
    {
        var micros = Number(-62_135_596_800_000_000);
        return micros <= 253_402_300_799_999_999 ? micros : throw Bad();
    }

    /// <summary>A SHA-256 in lower-case hex.</summary>
    public string Hash()
    {
        var text = String();
        return text.Length == 64 && !text.AsSpan().ContainsAnyExcept("0123456789abcdef") ? text : throw Bad();
    }

    private readonly FormatException Bad() => new($"Not canonical before byte {Place}.");
}
