using System.IO.Compression;
using System.Text;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;

namespace AuditTracker.Training;

/// <summary>
/// A course as a ZIP that an office keeps in its own hands: a folder as in <c>templates/training</c>, with its pictures and PDFs under <c>media</c>. The same course gives the same bytes.
/// </summary>
public sealed class CourseArchive(BlobStore blobs, CourseFiles files)
{
    private const string MediaFolder = "media/";
    private const int MostTextBytes = 4 << 20;
    private static readonly DateTimeOffset Fixed = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ZipLimits Limits = new() { MaxEntries = 300, MaxEntry = EditCourse.MostBytes, MaxUnpacked = 400L << 20 };

    /// <exception cref="Refusal">One of its files is in quarantine or was destroyed; nothing is written.</exception>
    public async Task WriteAsync(Course course, Stream output, CancellationToken ct)
    {
        foreach (var media in course.Media ?? [])
        {
            await files.CheckAsync(media, ct);
        }
        await using var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8);
        foreach (var (name, text) in CourseFile.Names.Zip(CourseFile.Write(course)))
        {
            await using var entry = await Entry(zip, $"{course.Key}/{name}").OpenAsync(ct);
            await entry.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
        }
        foreach (var media in course.Media ?? [])
        {
            await using var entry = await Entry(zip, $"{course.Key}/{MediaFolder}{media.Name}").OpenAsync(ct);
            await using var content = blobs.Open(media.Sha256);
            await content.CopyToAsync(entry, ct);
        }
    }

    /// <summary>Reads such a ZIP; its media are in the store then, without a row yet.</summary>
    /// <param name="content">Seekable.</param>
    /// <exception cref="InvalidInput">Damaged, too large, or no course.</exception>
    public async Task<(Course Course, IReadOnlyList<UploadedFile> Media)> ReadAsync(Stream content, CancellationToken ct)
    {
        var (files, problem) = ZipFolder.List(content, Limits);
        if (problem is { } why)
        {
            throw InvalidInput.At<Words>("file", "ArchiveUnreadable", why);
        }
        var head = files.FirstOrDefault(file => file.Path == CourseFile.Names[0] || file.Path.EndsWith("/" + CourseFile.Names[0], StringComparison.Ordinal)) ?? throw InvalidInput.At<Words>("file", "ArchiveNoCourse", CourseFile.Names[0]);
        var folder = head.Path[..^CourseFile.Names[0].Length];
        var texts = new List<string>();
        foreach (var name in CourseFile.Names)
        {
            var file = files.FirstOrDefault(file => file.Path == folder + name) ?? throw InvalidInput.At<Words>("file", "ArchiveNoCourse", name);
            texts.Add(file.Size > MostTextBytes ? throw InvalidInput.At<Words>("file", "ArchiveUnreadable", ZipProblem.TooLarge) : await ZipFolder.ReadAsync(content, file.Position, async stream =>
            {
                using var reader = new StreamReader(stream, Encoding.UTF8);
                return await reader.ReadToEndAsync(ct);
            }));
        }
        Course course;
        try
        {
            course = CourseFile.Parse(folder.TrimEnd('/'), texts);
        }
        catch (InvalidDataException unreadable)
        {
            throw InvalidInput.At<Words>("file", "CourseUnreadable", unreadable.Message);
        }
        var media = new List<UploadedFile>();
        foreach (var file in files.Where(file => file.Path.StartsWith(folder + MediaFolder, StringComparison.Ordinal)))
        {
            var name = FileNames.Safe(file.Path);
            media.Add(new("file", name, MediaTypes.Of(name), await ZipFolder.ReadAsync(content, file.Position, stream => blobs.SaveAsync(stream, EditCourse.MostBytes, ct))));
        }
        return (course, media);
    }

    private static ZipArchiveEntry Entry(ZipArchive zip, string path)
    {
        var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
        entry.LastWriteTime = Fixed;
        return entry;
    }
}
