using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace AuditTracker.Platform.Security;

/// <summary>Time stamps by an outside authority (RFC 3161): proof that a hash existed at an instant.</summary>
public static class TimeStamps
{
    private const int LongestAnswer = 1 << 20;

    /// <summary>Asks an authority over HTTP for a stamp of a SHA-256.</summary>
    /// <returns>The token (DER, a signed CMS) and the authority's instant, UTC.</returns>
    /// <exception cref="HttpRequestException">No answer, or one that is no success.</exception>
    /// <exception cref="CryptographicException">The answer is no stamp of this hash.</exception>
    public static async Task<(byte[] Token, DateTime StampedAt)> RequestAsync(HttpClient http, Uri authority, byte[] sha256, CancellationToken ct)
    {
        // A positive integer by its first bit; authorities refuse or repeat others.
        var nonce = RandomNumberGenerator.GetBytes(16);
        nonce[0] = (byte)(nonce[0] & 0x7f | 0x01);
        var request = Rfc3161TimestampRequest.CreateFromHash(sha256, HashAlgorithmName.SHA256, nonce: nonce, requestSignerCertificates: true);
        using var message = new HttpRequestMessage(HttpMethod.Post, authority) { Content = new ByteArrayContent(request.Encode()) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/timestamp-query");
        using var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
        answer.EnsureSuccessStatusCode();
        await answer.Content.LoadIntoBufferAsync(LongestAnswer, ct);
        var token = request.ProcessResponse(await answer.Content.ReadAsByteArrayAsync(ct), out _);
        return (token.AsSignedCms().Encode(), token.TokenInfo.Timestamp.UtcDateTime);
    }

    /// <summary>
    /// The instant a token proves for a SHA-256; null when it is no token, of another hash, or its signature is wrong. Whether the signer is one to believe is not
    /// judged here: <c>openssl ts -verify -CAfile</c> does, with the authority's certificate.
    /// </summary>
    public static DateTime? Check(byte[] token, byte[] sha256)
    {
        try
        {
            return Rfc3161TimestampToken.TryDecode(token, out var read, out _) && read.VerifySignatureForHash(sha256, HashAlgorithmName.SHA256, out _) ? read.TokenInfo.Timestamp.UtcDateTime : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
