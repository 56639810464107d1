using System.Security.Cryptography;
using System.Text;

namespace AuditTracker.Platform.Security;

/// <summary>Random secrets and their stored form. 256 random bits make a plain hash enough (ASVS 5.0, 6.5.2).</summary>
public static class Secrets
{
    /// <summary>A new secret, safe in URLs and headers.</summary>
    public static string New() => Base64Url(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is kept of a secret.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static string Base64Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
