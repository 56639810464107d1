using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace AuditTracker.Accounts;

/// <summary>Time-based one-time codes (RFC 6238): SHA-1, six digits, steps of 30 s since 1970, as every authenticator app has them.</summary>
public static class Totp
{
    public const int Digits = 6;
    public const int KeyBytes = 20;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The time step of an instant.</summary>
    public static long StepOf(DateTime at) => new DateTimeOffset(at, TimeSpan.Zero).ToUnixTimeSeconds() / 30;

    /// <summary>The code of a step; <paramref name="digits"/> other than six only for the RFC's vectors.</summary>
    public static string Code(byte[] key, long step, int digits = Digits)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        // RFC 4226 and every app's default; its weakness against collisions does not matter in an HMAC.
#pragma warning disable CA5350
        var hash = HMACSHA1.HashData(key, counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xf)) & 0x7fffffff;
        return (number % (long)Math.Pow(10, digits)).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }

    /// <summary>
    /// The step a typed code belongs to: this one or a neighbour (clocks of phones are off by some seconds), and later than the last one taken,
    /// so that a code is good once (ASVS 5.0, 6.5.1). Null when it is none of them.
    /// </summary>
    /// <param name="last">The last step a code was taken for, or null.</param>
    public static long? Match(byte[] key, string code, DateTime now, long? last)
    {
        var step = StepOf(now);
        long? found = null;
        foreach (var candidate in new[] { step - 1, step, step + 1 })
        {
            if (CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(Code(key, candidate)), System.Text.Encoding.UTF8.GetBytes(code)) && (last is null || candidate > last))
            {
                found = candidate;
            }
        }
        return found;
    }

    /// <summary>A key as apps take it when it is typed (RFC 4648 base 32, no padding).</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new System.Text.StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var one in bytes)
        {
            (buffer, bits) = (buffer << 8 | one, bits + 8);
            for (; bits >= 5; bits -= 5)
            {
                text.Append(Alphabet[buffer >> (bits - 5) & 31]);
            }
            buffer &= (1 << bits) - 1;
        }
        return bits == 0 ? text.ToString() : text.Append(Alphabet[buffer << (5 - bits) & 31]).ToString();
    }

    /// <summary>What the QR code of a key says; apps show issuer and account.</summary>
    public static string Link(byte[] key, string account)
    {
        const string Issuer = "AuditTracker";
        return $"otpauth://totp/{Issuer}:{Uri.EscapeDataString(account)}?secret={Base32(key)}&issuer={Issuer}";
    }
}
