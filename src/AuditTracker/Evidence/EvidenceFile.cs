using AuditTracker.Platform;

namespace AuditTracker.Evidence;

/// <summary>Which files are taken as evidence: anything but empty ones and programs.</summary>
public static class EvidenceFile
{
    /// <summary>What runs when somebody opens it; a reviewer or auditor would.</summary>
    private static readonly HashSet<string> Programs = new(StringComparer.OrdinalIgnoreCase)
    {
        ".exe", ".dll", ".com", ".scr", ".msi", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta", ".jar", ".lnk", ".reg", ".pif", ".cpl", ".app", ".apk",
    };

    /// <summary>Why a file is not taken, or null.</summary>
    /// <param name="size">Bytes.</param>
    public static InvalidInput? Refuse(string fileName, long size) => size == 0 ? InvalidInput.At<Words>("file", "FileEmpty", fileName)
        : Programs.Contains(Path.GetExtension(fileName)) ? InvalidInput.At<Words>("file", "FileKindRefused", fileName, Path.GetExtension(fileName)) : null;
}
