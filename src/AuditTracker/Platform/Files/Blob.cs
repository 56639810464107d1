namespace AuditTracker.Platform.Files;

/// <summary>Bytes kept under their own hash.</summary>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
/// <param name="Size">In bytes.</param>
public sealed record Blob(string Sha256, long Size);

/// <summary>What a reading of a stored file shows.</summary>
/// <remarks>Unreadable: it stands there and the disk does not give it out.</remarks>
public enum BlobState { Whole, Missing, Changed, Unreadable }

/// <summary>More bytes came than allowed; nothing of them was kept.</summary>
public sealed class BlobTooLargeException(long maxBytes)
    : Exception($"The stream has more than {maxBytes} bytes.")
{
    public long MaxBytes { get; } = maxBytes;
}
