using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace AuditTracker.Platform.Files;

/// <summary>
/// Reads a multipart form as it arrives: text fields first, then files, each streamed into the blob store. Nothing is
/// buffered, so the endpoint must not bind the form itself nor have automatic antiforgery.
/// </summary>
public static class MultipartUpload
{
    private const int ReadBuffer = 256 << 10;

    /// <param name="onFields">
    /// Asked once with all fields, before any file is read (also when there is none); false refuses the upload.
    /// Pages give <see cref="Antiforgery"/>.
    /// </param>
    /// <exception cref="UploadRefusedException">The upload as a whole cannot be taken.</exception>
    public static async Task<Upload> ReadAsync(
        HttpContext http,
        BlobStore blobs,
        UploadLimits limits,
        Func<IReadOnlyDictionary<string, StringValues>, Task<bool>>? onFields,
        CancellationToken cancel)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limits.MaxRequestBytes;
        }

        try
        {
            return await new Reading(blobs, limits, onFields, cancel).RunAsync(http.Request);
        }
        catch (BadHttpRequestException e)
        {
            throw new UploadRefusedException(
                e.StatusCode == StatusCodes.Status413PayloadTooLarge ? UploadRefusal.RequestTooLarge : UploadRefusal.Incomplete, null, e);
        }
        catch (InvalidDataException e)
        {
            throw new UploadRefusedException(UploadRefusal.Malformed, null, e);
        }
    }

    /// <summary>
    /// The check of a page's hidden token, which must be among the fields (the first of the form): valid means the
    /// form was served by us to this user.
    /// </summary>
    public static Func<IReadOnlyDictionary<string, StringValues>, Task<bool>> Antiforgery(HttpContext http) => fields =>
    {
        // The antiforgery service would read the whole body as a form; this is the form, as far as it is read.
        var form = new FormCollection(fields.ToDictionary());
        http.Features.Set<IFormFeature>(new FormFeature(form));
        return http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http);
    };

    private sealed class Reading(
        BlobStore blobs,
        UploadLimits limits,
        Func<IReadOnlyDictionary<string, StringValues>, Task<bool>>? onFields,
        CancellationToken cancel)
    {
        private readonly Dictionary<string, StringValues> fields = new(StringComparer.Ordinal);
        private readonly List<UploadedFile> files = [];
        private readonly List<string> tooLarge = [];
        private int fieldCount;
        private bool fieldsAreDone;

        public async Task<Upload> RunAsync(HttpRequest request)
        {
            var reader = new MultipartReader(Boundary(request), request.Body, ReadBuffer);
            while (await NextAsync(reader) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                    || HeaderUtilities.UnescapeAsQuotedString(disposition.Name).Value is not { Length: > 0 } name)
                {
                    throw new UploadRefusedException(UploadRefusal.Malformed);
                }

                switch (FileNames.FromDisposition(disposition))
                {
                    case null:
                        await ReadFieldAsync(name, section.Body);
                        break;
                    case "":
                        break; // a file field left empty
                    case var given:
                        await ReadFileAsync(name, FileNames.Safe(given), section.Body);
                        break;
                }
            }

            await FinishFieldsAsync();
            return new Upload(fields, files, tooLarge);
        }

        private async Task<MultipartSection?> NextAsync(MultipartReader reader)
        {
            try
            {
                return await reader.ReadNextSectionAsync(cancel); // also reads over the rest of a file that was too large
            }
            catch (IOException e) when (e is not BadHttpRequestException)
            {
                throw new UploadRefusedException(UploadRefusal.Incomplete, null, e);
            }
        }

        private async Task ReadFieldAsync(string name, Stream body)
        {
            if (fieldsAreDone)
            {
                throw new UploadRefusedException(UploadRefusal.FieldAfterFile, name);
            }

            if (++fieldCount > limits.MaxFields)
            {
                throw new UploadRefusedException(UploadRefusal.TooManyFields);
            }

            var buffer = ArrayPool<byte>.Shared.Rent(limits.MaxFieldBytes + 1);
            try
            {
                var length = await FromNetworkAsync(body.ReadAtLeastAsync(
                    buffer.AsMemory(0, limits.MaxFieldBytes + 1), limits.MaxFieldBytes + 1, throwOnEndOfStream: false, cancel), name);
                if (length > limits.MaxFieldBytes)
                {
                    throw new UploadRefusedException(UploadRefusal.FieldTooLarge, name);
                }

                var value = Encoding.UTF8.GetString(buffer, 0, length);
                fields[name] = StringValues.Concat(fields.GetValueOrDefault(name), value);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            }
        }

        private async Task ReadFileAsync(string field, string fileName, Stream body)
        {
            await FinishFieldsAsync();
            if (files.Count + tooLarge.Count >= limits.MaxFiles)
            {
                throw new UploadRefusedException(UploadRefusal.TooManyFiles, fileName);
            }

            try
            {
                var blob = await blobs.SaveAsync(new NetworkStream(body, fileName), limits.MaxFileBytes, cancel);
                Telemetry.Measures.Uploaded(blob.Size);
                files.Add(new UploadedFile(field, fileName, MediaTypes.Of(fileName), blob));
            }
            catch (BlobTooLargeException)
            {
                tooLarge.Add(fileName);
            }
        }

        private async Task FinishFieldsAsync()
        {
            if (fieldsAreDone)
            {
                return;
            }

            fieldsAreDone = true;
            if (onFields is not null && !await onFields(fields))
            {
                throw new UploadRefusedException(UploadRefusal.FieldsRefused);
            }
        }

        private static string Boundary(HttpRequest request)
        {
            if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
                && HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 and <= 70 } boundary) // RFC 2046 §5.1.1
            {
                return boundary;
            }

            throw new UploadRefusedException(UploadRefusal.NotMultipart);
        }
    }

    private static async ValueTask<int> FromNetworkAsync(ValueTask<int> read, string name)
    {
        try
        {
            return await read;
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new UploadRefusedException(UploadRefusal.Incomplete, name, e);
        }
    }

    /// <summary>Tells a client that went away from a disk that fails: only the former is the upload's fault.</summary>
    private sealed class NetworkStream(Stream body, string fileName) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            FromNetworkAsync(body.ReadAsync(buffer, cancellationToken), fileName);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
