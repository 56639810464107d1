using System.IO.Compression;
using System.Text;
using System.Xml;

namespace AuditTracker.Platform.Files;

/// <summary>Why a file is better not opened by others.</summary>
public enum FileProblem { Empty, ProgramName, Program, ProgramInArchive, Macros, MacrosInArchive, OtherContent, ArchiveDamaged, ArchiveTooMany, ArchiveTooLarge, ArchiveTooDeep, ArchiveClosed, ArchiveClosedInArchive }

/// <summary>What a look into a file found.</summary>
/// <param name="Detail">The extension, or the name of what stands in the archive.</param>
/// <param name="IsLocked">It has a password: nobody can see what is in it, no scanner either.</param>
public sealed record FileVerdict(FileProblem? Problem, string Detail, bool IsLocked);

/// <summary>What is taken, and how far archives are opened.</summary>
public sealed record FileRules
{
    public bool TakesPrograms { get; init; }
    public bool TakesMacros { get; init; }
    public ZipLimits Zip { get; init; } = new();

    /// <summary>Archives within archives; an Office file is one too.</summary>
    public int MaxDepth { get; init; } = 5;

    /// <summary>All that is unpacked to look into archives within archives; 1 GiB.</summary>
    public long MaxUnpacked { get; init; } = 1L << 30;
}

/// <summary>
/// Looks into a file: does its content fit its name, is it a program, does it carry macros, is it an archive that would fill a disk, has it a password.
/// Reads the beginning, of ZIP and Office files the directory and each entry's beginning; nothing is run, nothing is unpacked without bound.
/// </summary>
public sealed class FileLook
{
    // How far a PDF or an old Office file is searched.
    private const long MostSearched = 256L << 20;
    private static readonly byte[] VbaProject = Encoding.Unicode.GetBytes("_VBA_PROJECT");
    private static readonly byte[] EncryptedPackage = Encoding.Unicode.GetBytes("EncryptedPackage");
    private static readonly byte[][] PdfLocks = [.. new[] { " ", "\r", "\n", "<" }.Select(end => Encoding.ASCII.GetBytes("/Encrypt" + end))];

    private readonly FileRules rules;
    private int entries;
    private long unpacked;
    private bool locked;

    private FileLook(FileRules rules) => this.rules = rules;

    private sealed class Found(FileProblem problem, string detail) : Exception
    {
        public FileProblem Problem { get; } = problem;
        public string Detail { get; } = detail;
    }

    /// <param name="content">Seekable; stays open.</param>
    /// <exception cref="IOException">The disk fails.</exception>
    public static async Task<FileVerdict> AtAsync(Stream content, string fileName, FileRules rules, CancellationToken ct)
    {
        var look = new FileLook(rules);
        try
        {
            if (content.Length == 0)
            {
                return new(FileProblem.Empty, "", false);
            }
            if (!rules.TakesPrograms && FileSignatures.IsProgramName(fileName))
            {
                return new(FileProblem.ProgramName, FileSignatures.ExtensionOf(fileName), false);
            }
            await look.IntoAsync(content, fileName, 0, ct);
            return new(null, "", look.locked);
        }
        catch (Found found)
        {
            return new(found.Problem, found.Detail, look.locked);
        }
    }

    private async Task IntoAsync(Stream content, string name, int depth, CancellationToken ct)
    {
        var head = await HeadAsync(content, ct);
        var kind = FileSignatures.KindOf(head);
        if (!rules.TakesPrograms && FileSignatures.IsProgram(kind))
        {
            throw new Found(depth == 0 ? FileProblem.Program : FileProblem.ProgramInArchive, name);
        }
        if (depth == 0 && !FileSignatures.Fits(name, head))
        {
            throw new Found(FileProblem.OtherContent, FileSignatures.ExtensionOf(name));
        }
        RefuseClosed(kind, name, depth);
        content.Position = 0;
        switch (kind)
        {
            case "zip":
                await IntoZipAsync(content, name, depth, ct);
                break;
            case "ole":
                var seen = await SearchAsync(content, [VbaProject, EncryptedPackage], ct);
                RefuseMacros(seen[0], name, depth);
                var workbook = OldWorkbook.At(content, isBare: false);
                RefuseMacros(workbook.HasMacroSheet, name, depth);
                locked |= seen[1] || workbook.IsLocked;
                if (depth == 0 && FileSignatures.OfficeFolder(name) is not null && !seen[1])
                {
                    throw new Found(FileProblem.OtherContent, FileSignatures.ExtensionOf(name)); // the old format under the new one's name
                }
                break;
            case "biff":
                var bare = OldWorkbook.At(content, isBare: true);
                RefuseMacros(bare.HasMacroSheet, name, depth);
                locked |= bare.IsLocked;
                break;
            case "pdf":
                locked |= (await SearchAsync(content, PdfLocks, ct)).Any(found => found);
                break;
        }
    }

    /// <summary>Archives that cannot be looked into here may hold what is refused.</summary>
    private void RefuseClosed(string? kind, string name, int depth)
    {
        if (kind is "7z" or "rar" && !(rules.TakesPrograms && rules.TakesMacros))
        {
            throw new Found(depth == 0 ? FileProblem.ArchiveClosed : FileProblem.ArchiveClosedInArchive, depth == 0 ? kind : name);
        }
    }

    private void RefuseMacros(bool found, string name, int depth)
    {
        if (found && !rules.TakesMacros)
        {
            throw new Found(depth == 0 ? FileProblem.Macros : FileProblem.MacrosInArchive, name);
        }
    }

    private async Task IntoZipAsync(Stream content, string name, int depth, CancellationToken ct)
    {
        if (depth >= rules.MaxDepth)
        {
            throw new Found(FileProblem.ArchiveTooDeep, name);
        }
        try
        {
            if (ZipFolder.Bound(content, rules.Zip) is { } beyond)
            {
                throw new Found(Worded(beyond), name);
            }
            using var zip = ZipFolder.Open(content);
            if ((entries += zip.Entries.Count) > rules.Zip.MaxEntries)
            {
                throw new Found(FileProblem.ArchiveTooMany, name);
            }
            if (ZipFolder.Beyond(zip, content.Length, rules.Zip) is { } larger)
            {
                throw new Found(Worded(larger), name);
            }
            var isOffice = zip.Entries.Any(entry => entry.FullName == "[Content_Types].xml");
            // OpenDocument keeps macros in folders of their own: Basic's libraries, and scripts of other languages.
            var isOpen = zip.Entries.Any(entry => entry.FullName == "META-INF/manifest.xml") && zip.Entries.Any(entry => entry.FullName is "content.xml" or "mimetype");
            RefuseMacros(isOpen && zip.Entries.Any(entry => IsScript(ZipFolder.NameOf(entry.FullName).Replace('\\', '/'))), name, depth);
            if (depth == 0 && FileSignatures.OfficeFolder(name) is { } folder && !zip.Entries.Any(entry => entry.FullName.StartsWith(folder, StringComparison.OrdinalIgnoreCase)))
            {
                throw new Found(FileProblem.OtherContent, FileSignatures.ExtensionOf(name));
            }
            foreach (var entry in zip.Entries.Where(entry => entry.Length > 0 || !entry.FullName.EndsWith('/')))
            {
                await IntoEntryAsync(entry, name, isOffice, depth, ct);
            }
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new Found(FileProblem.ArchiveDamaged, name);
        }
    }

    private static bool IsScript(string name) => name[^1] != '/' && (name.StartsWith("Basic/", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Scripts/", StringComparison.OrdinalIgnoreCase));

    private async Task IntoEntryAsync(ZipArchiveEntry entry, string archive, bool isOffice, int depth, CancellationToken ct)
    {
        var name = ZipFolder.NameOf(entry.FullName).Replace('\\', '/');
        RefuseMacros(name.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase) || (isOffice && name.StartsWith("xl/macrosheets/", StringComparison.OrdinalIgnoreCase)), depth == 0 ? archive : name, depth);
        if (!isOffice && !rules.TakesPrograms && FileSignatures.IsProgramName(name))
        {
            throw new Found(FileProblem.ProgramInArchive, name);
        }
        if (entry.IsEncrypted)
        {
            locked = true;
            return;
        }
        if (entry.Length == 0)
        {
            // Nothing takes two bytes at most; what says it is nothing and takes more, another reader unpacks.
            if (entry.CompressedLength > 2)
            {
                throw new Found(FileProblem.ArchiveDamaged, depth == 0 ? archive : name);
            }
            return;
        }
        await using var stream = await entry.OpenAsync(ct);
        var head = new byte[FileSignatures.HeadBytes];
        var length = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        var kind = FileSignatures.KindOf(head.AsSpan(0, length));
        if (!rules.TakesPrograms && FileSignatures.IsProgram(kind))
        {
            throw new Found(FileProblem.ProgramInArchive, name);
        }
        RefuseClosed(kind, name, depth + 1);
        if (isOffice && name.Equals("[Content_Types].xml", StringComparison.OrdinalIgnoreCase))
        {
            await using var types = await entry.OpenAsync(ct);
            RefuseMacros(HasMacroSheet(types), archive, depth);
        }
        if (kind is "zip" or "ole" or "pdf" or "biff")
        {
            await using var copy = new FileStream(Path.GetTempFileName(), new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
            for (; length > 0; length = await stream.ReadAsync(head, ct))
            {
                if ((unpacked += length) > rules.MaxUnpacked || copy.Length + length > rules.Zip.MaxEntry)
                {
                    throw new Found(FileProblem.ArchiveTooLarge, name);
                }
                await copy.WriteAsync(head.AsMemory(0, length), ct);
            }
            copy.Position = 0;
            await IntoAsync(copy, name, depth + 1, ct);
        }
    }

    /// <summary>Whether a part of an Office file is a sheet of Excel 4.0 macros, wherever it stands.</summary>
    private static bool HasMacroSheet(Stream types)
    {
        try
        {
            using var reader = XmlReader.Create(types, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, MaxCharactersInDocument = 16 << 20 });
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element && reader.GetAttribute("ContentType")?.Contains("macrosheet", StringComparison.OrdinalIgnoreCase) == true)
                {
                    return true;
                }
            }
            return false;
        }
        catch (XmlException)
        {
            throw new InvalidDataException("the parts of an Office file cannot be read");
        }
    }

    private static FileProblem Worded(ZipProblem problem) => problem switch
    {
        ZipProblem.TooManyEntries => FileProblem.ArchiveTooMany,
        ZipProblem.TooLarge => FileProblem.ArchiveTooLarge,
        _ => FileProblem.ArchiveDamaged,
    };

    private static async Task<byte[]> HeadAsync(Stream content, CancellationToken ct)
    {
        var head = new byte[FileSignatures.HeadBytes];
        return head[..await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct)];
    }

    /// <summary>Which of these bytes stand anywhere in the first part of the content.</summary>
    private static async Task<bool[]> SearchAsync(Stream content, byte[][] wanted, CancellationToken ct)
    {
        var (found, overlap) = (new bool[wanted.Length], wanted.Max(bytes => bytes.Length) - 1);
        var (buffer, kept, searched) = (new byte[1 << 20], 0, 0L);
        int read;
        while (searched < MostSearched && (read = await content.ReadAsync(buffer.AsMemory(kept), ct)) > 0)
        {
            var end = kept + read;
            foreach (var (bytes, index) in wanted.Select((bytes, index) => (bytes, index)))
            {
                found[index] |= buffer.AsSpan(0, end).IndexOf(bytes) >= 0;
            }
            searched += read;
            kept = Math.Min(overlap, end);
            buffer.AsSpan(end - kept, kept).CopyTo(buffer);
        }
        return found;
    }
}
