using System.Security.Cryptography;
using System.Text;

namespace AuditTracker.Accounts;

/// <summary>Codes for the day the phone is gone: ten, each good once, shown once, kept as slow hashes.</summary>
public static class RecoveryCodes
{
    public const int Count = 10;

    // Without letters that look like digits; 16 of 32 signs are 80 bits.
    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const int Length = 16;
    private const int Rounds = 20_000;

    /// <summary>A new set, as it is shown: <c>ABCD-EFGH-JKLM-NPQR</c>.</summary>
    public static IReadOnlyList<string> New() =>
        [.. Enumerable.Range(0, Count).Select(_ => string.Join('-', RandomNumberGenerator.GetString(Alphabet, Length).Chunk(4).Select(part => new string(part))))];

    /// <summary>What a person typed, without what does not count (spaces, hyphens, case, width); null when it cannot be such a code.</summary>
    public static string? Read(string? typed)
    {
        var plain = new string([.. (typed ?? "").Normalize(NormalizationForm.FormKC).ToUpperInvariant().Where(char.IsAsciiLetterOrDigit)]);
        return plain.Length == Length && plain.All(Alphabet.Contains) ? plain : null;
    }

    /// <summary>What is kept of a code; 80 bits want a slow hash (ASVS 5.0, 6.5.2).</summary>
    /// <param name="plain">As <see cref="Read"/> gives it.</param>
    public static byte[] Hash(string plain, byte[] salt) => Rfc2898DeriveBytes.Pbkdf2(plain, salt, Rounds, HashAlgorithmName.SHA256, 32);
}
