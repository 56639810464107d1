using Microsoft.Extensions.Primitives;

namespace AuditTracker.Platform.Files;

/// <summary>How much one upload may bring.</summary>
public sealed record UploadLimits
{
    /// <summary>Per file; 2 GiB.</summary>
    public long MaxFileBytes { get; init; } = 2L << 30;

    /// <summary>The whole request, files that are refused included; 16 GiB.</summary>
    public long MaxRequestBytes { get; init; } = 16L << 30;

    public int MaxFiles { get; init; } = 100;

    public int MaxFields { get; init; } = 200;

    /// <summary>One text field, in bytes of UTF-8; 128 KiB, several times what any field takes: what is too long comes back to be shortened.</summary>
    public int MaxFieldBytes { get; init; } = 128 << 10;
}

/// <summary>One stored file of an upload.</summary>
/// <param name="Field">The field it came in.</param>
/// <param name="FileName">Made safe by <see cref="FileNames.Safe"/>.</param>
/// <param name="MediaType">By extension, see <see cref="MediaTypes"/>.</param>
public sealed record UploadedFile(string Field, string FileName, string MediaType, Blob Blob);

/// <summary>What came in: fields in their order, stored files, and the names of files that were too large to keep.</summary>
/// <remarks>Blobs without a row are swept after a day, so a caller that refuses may simply forget them.</remarks>
public sealed record Upload(
    IReadOnlyDictionary<string, StringValues> Fields,
    IReadOnlyList<UploadedFile> Files,
    IReadOnlyList<string> TooLarge);

/// <summary>Why a whole upload was refused.</summary>
public enum UploadRefusal
{
    /// <summary>The body is not multipart/form-data with a boundary.</summary>
    NotMultipart,

    /// <summary>A part has no readable name, or its headers are too long.</summary>
    Malformed,

    TooManyFields,

    FieldTooLarge,

    /// <summary>Text fields must come before the files.</summary>
    FieldAfterFile,

    TooManyFiles,

    /// <summary>The body ended early.</summary>
    Incomplete,

    /// <summary>More than the whole request may have: 413.</summary>
    RequestTooLarge,

    /// <summary>The caller's check of the fields said no, for example the antiforgery token; no file was read.</summary>
    FieldsRefused,
}

/// <summary>The upload as a whole cannot be taken; <see cref="Name"/> is the field or file concerned.</summary>
public sealed class UploadRefusedException(UploadRefusal reason, string? name = null, Exception? inner = null)
    : Exception(name is null ? $"{reason}" : $"{reason}: {name}", inner)
{
    public UploadRefusal Reason { get; } = reason;

    public string? Name { get; } = name;

    /// <summary>413 for the size of the request, otherwise 400.</summary>
    public int StatusCode => Reason == UploadRefusal.RequestTooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest;
}
