namespace AuditTracker.Platform.Files;

/// <summary>What kinds of files begin with, which kinds an extension stands for, and which extensions are programs: one small table, nothing else decides.</summary>
public static class FileSignatures
{
    /// <param name="At">Where the bytes stand.</param>
    /// <param name="IsWeak">A text may begin like this too.</param>
    private sealed record Signature(string Kind, int At, string Hex, bool IsWeak = false)
    {
        public byte[] Bytes { get; } = Convert.FromHexString(Hex);
    }

    /// <summary>How much of a file's beginning is looked at.</summary>
    public const int HeadBytes = 4096;

    private static readonly Signature[] Signatures =
    [
        new("pdf", 0, "255044462D"), new("elf", 0, "7F454C46"),
        new("mach-o", 0, "FEEDFACE"), new("mach-o", 0, "FEEDFACF"), new("mach-o", 0, "CEFAEDFE"), new("mach-o", 0, "CFFAEDFE"),
        new("mach-o", 0, "CAFEBABE"), // also Java's classes
        new("shortcut", 0, "4C0000000114020000000000C000000000000046"),
        new("zip", 0, "504B0304"), new("zip", 0, "504B0506"), new("zip", 0, "504B0708"),
        new("ole", 0, "D0CF11E0A1B11AE1"),
        new("png", 0, "89504E470D0A1A0A"), new("jpeg", 0, "FFD8FF"), new("gif", 0, "474946383761"), new("gif", 0, "474946383961"),
        new("webp", 8, "57454250"), new("tiff", 0, "49492A00"), new("tiff", 0, "4D4D002A"), new("bmp", 0, "424D", IsWeak: true),
        new("media", 4, "66747970"), new("media", 4, "6D6F6F76"), new("media", 4, "6D646174"), new("media", 4, "77696465"), new("media", 4, "66726565"),
        new("mp3", 0, "494433", IsWeak: true), new("mp3", 0, "FFFB", IsWeak: true), new("mp3", 0, "FFF3", IsWeak: true), new("mp3", 0, "FFF2", IsWeak: true),
        new("7z", 0, "377ABCAF271C"), new("gzip", 0, "1F8B08"), new("rar", 0, "526172211A07"), new("cab", 0, "4D534346", IsWeak: true),
        new("rtf", 0, "7B5C727466", IsWeak: true), new("biff", 0, "0908"), new("biff", 0, "0904"), new("biff", 0, "0902"),
        new("der", 0, "30", IsWeak: true), new("der", 0, "2D2D2D2D2D424547494E", IsWeak: true),
    ];

    /// <summary>The kinds a name may have inside; other extensions promise nothing.</summary>
    private static readonly Dictionary<string, string[]> Expected = new(StringComparer.OrdinalIgnoreCase)
    {
        [".pdf"] = ["pdf"],
        [".xlsx"] = ["zip", "ole"],
        [".xlsm"] = ["zip", "ole"],
        [".xlsb"] = ["zip", "ole"],
        [".xltx"] = ["zip", "ole"],
        [".docx"] = ["zip", "ole"],
        [".docm"] = ["zip", "ole"],
        [".dotx"] = ["zip", "ole"],
        [".pptx"] = ["zip", "ole"],
        [".pptm"] = ["zip", "ole"],
        [".potx"] = ["zip", "ole"],
        [".xls"] = ["ole", "biff"],
        [".doc"] = ["ole", "rtf"],
        [".ppt"] = ["ole"],
        [".msg"] = ["ole"],
        [".odt"] = ["zip"],
        [".ods"] = ["zip"],
        [".odp"] = ["zip"],
        [".zip"] = ["zip"],
        [".7z"] = ["7z"],
        [".gz"] = ["gzip"],
        [".rar"] = ["rar"],
        [".png"] = ["png"],
        [".jpg"] = ["jpeg"],
        [".jpeg"] = ["jpeg"],
        [".gif"] = ["gif"],
        [".webp"] = ["webp"],
        [".heic"] = ["media"],
        [".tif"] = ["tiff"],
        [".tiff"] = ["tiff"],
        [".bmp"] = ["bmp"],
        [".mp4"] = ["media"],
        [".mov"] = ["media"],
        [".m4a"] = ["media"],
        [".mp3"] = ["mp3"],
        [".p7s"] = ["der"],
        [".tsr"] = ["der"],
        [".rtf"] = ["rtf"],
    };

    /// <summary>Texts; those that are true may hold zero bytes (a log cut off by a crash does).</summary>
    private static readonly Dictionary<string, bool> Texts = new(StringComparer.OrdinalIgnoreCase)
    {
        [".txt"] = true,
        [".log"] = true,
        [".csv"] = false,
        [".tsv"] = false,
        [".md"] = false,
        [".json"] = false,
        [".xml"] = false,
        [".html"] = false,
        [".htm"] = false,
        [".svg"] = false,
        [".eml"] = false,
        [".yaml"] = false,
        [".yml"] = false,
        [".ini"] = false,
        [".conf"] = false,
    };

    /// <summary>Where an Office file keeps its document.</summary>
    private static readonly Dictionary<string, string> Folders = new(StringComparer.OrdinalIgnoreCase)
    {
        [".xlsx"] = "xl/",
        [".xlsm"] = "xl/",
        [".xlsb"] = "xl/",
        [".xltx"] = "xl/",
        [".docx"] = "word/",
        [".docm"] = "word/",
        [".dotx"] = "word/",
        [".pptx"] = "ppt/",
        [".pptm"] = "ppt/",
        [".potx"] = "ppt/",
    };

    /// <summary>What runs, or has something run, when somebody opens it; a reviewer or auditor would.</summary>
    private static readonly HashSet<string> Programs = new(StringComparer.OrdinalIgnoreCase)
    {
        ".exe", ".dll", ".com", ".scr", ".sys", ".ocx", ".cpl", ".pif", ".msi", ".msp", ".mst", ".msc", ".msix", ".appx", ".application", ".bat", ".cmd", ".ps1", ".psm1", ".psd1", ".vb", ".vbs", ".vbe", ".js", ".jse", ".mjs",
        ".ws", ".wsf", ".wsc", ".wsh", ".sct", ".hta", ".chm", ".hlp", ".jar", ".jnlp", ".class", ".lnk", ".url", ".scf", ".reg", ".inf", ".gadget", ".xll", ".wll", ".library-ms", ".settingcontent-ms",
        ".sh", ".bash", ".zsh", ".ksh", ".csh", ".command", ".run", ".py", ".pyw", ".pl", ".rb", ".php", ".app", ".apk", ".deb", ".rpm", ".dmg", ".pkg", ".iso", ".img", ".vhd", ".vhdx", ".swf",
    };

    /// <summary>The extension with its dot, as the systems people open it on would see it: they leave dots and blanks at the end out.</summary>
    public static string ExtensionOf(string fileName) => Path.GetExtension(fileName.TrimEnd('.', ' ', '\u3000'));

    public static bool IsProgramName(string fileName) => Programs.Contains(ExtensionOf(fileName));

    /// <summary>The kind a beginning shows; null: none of the table's.</summary>
    public static string? KindOf(ReadOnlySpan<byte> head, bool alsoWeak = true)
    {
        if (head.StartsWith("MZ"u8) && head[..Math.Min(head.Length, 64)].Contains((byte)0))
        {
            return "exe";
        }
        // A PDF may stand a little way in, so only what begins with nothing firmer is taken for one: a workbook may hold the same letters.
        return Begins(head, isWeak: false) ?? (head[..Math.Min(head.Length, 1024)].IndexOf("%PDF-"u8) >= 0 ? "pdf" : alsoWeak ? Begins(head, isWeak: true) : null);
    }

    private static string? Begins(ReadOnlySpan<byte> head, bool isWeak)
    {
        foreach (var signature in Signatures)
        {
            if (signature.IsWeak == isWeak && head.Length >= signature.At + signature.Bytes.Length && head[signature.At..].StartsWith(signature.Bytes))
            {
                return signature.Kind;
            }
        }
        return null;
    }

    public static bool IsProgram(string? kind) => kind is "exe" or "elf" or "mach-o" or "shortcut";

    /// <summary>Whether a beginning is what the name says.</summary>
    public static bool Fits(string fileName, ReadOnlySpan<byte> head)
    {
        var extension = ExtensionOf(fileName);
        if (Texts.TryGetValue(extension, out var mayHoldZeros))
        {
            var isWide = head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);
            // A text may speak of %PDF-; a PDF begins with it.
            var kind = head.StartsWith("%PDF-"u8) ? "pdf" : KindOf(head, alsoWeak: false);
            return kind is null || (kind == "pdf" && !head.StartsWith("%PDF-"u8)) ? mayHoldZeros || isWide || !head.Contains((byte)0) : false;
        }
        return !Expected.TryGetValue(extension, out var kinds) || (KindOf(head) is { } found && kinds.Contains(found));
    }

    /// <summary>The folder an Office file of this name has its document in; null: no such name.</summary>
    public static string? OfficeFolder(string fileName) => Folders.GetValueOrDefault(ExtensionOf(fileName));
}
