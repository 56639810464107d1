using AuditTracker.Platform;
using AuditTracker.Platform.Files;

namespace AuditTracker.Evidence;

/// <summary>Which files are taken as evidence: what its name says, no programs and no macros (both by setting), no archives that would fill a disk.</summary>
public sealed class EvidenceFile(BlobStore blobs, Settings settings)
{
    private readonly FileRules rules = new() { TakesPrograms = settings.TakesPrograms, TakesMacros = settings.TakesMacros };

    /// <summary>What a look into the file finds.</summary>
    /// <exception cref="FileNotFoundException">The blob is gone.</exception>
    public async Task<FileVerdict> LookAsync(string fileName, string sha256, CancellationToken ct)
    {
        await using var content = blobs.Open(sha256);
        return await FileLook.AtAsync(content, fileName, rules, ct);
    }

    /// <summary>The same for what stands in an archive.</summary>
    internal async Task<FileVerdict> LookAsync(string fileName, Stream content, CancellationToken ct) => await FileLook.AtAsync(content, fileName, rules, ct);

    /// <summary>Why a file is not taken, or null.</summary>
    public async Task<InvalidInput?> RefuseAsync(UploadedFile file, CancellationToken ct) =>
        await LookAsync(file.FileName, file.Blob.Sha256, ct) is { Problem: { } problem } found ? InvalidInput.At<Words>("file", KeyOf(problem), file.FileName, found.Detail) : null;

    /// <summary>The files that are taken, and why the others are not.</summary>
    public async Task<(IReadOnlyList<UploadedFile> Taken, IReadOnlyList<InvalidInput> Refused)> SortAsync(IReadOnlyList<UploadedFile> files, CancellationToken ct)
    {
        var (taken, refused) = (new List<UploadedFile>(), new List<InvalidInput>());
        foreach (var file in files)
        {
            if (await RefuseAsync(file, ct) is { } why)
            {
                refused.Add(why);
            }
            else
            {
                taken.Add(file);
            }
        }
        return (taken, refused);
    }

    /// <summary>The sentence of a problem: what it is and what to do; its values are the file's name and the detail.</summary>
    internal static string KeyOf(FileProblem problem) => problem switch { FileProblem.Empty => "FileEmpty", FileProblem.ProgramName => "FileKindRefused", _ => $"File{problem}" };
}
