using System.Diagnostics.CodeAnalysis;

namespace AuditTracker.Platform.Web;

/// <summary>Paths that may be gone back to: of this host only, whatever the address in the query claims.</summary>
public static class LocalPath
{
    /// <summary>The path, escaped for a Location header, or <paramref name="otherwise"/> when it is not a plain path of this host.</summary>
    public static string Or(string? path, string otherwise) => TryRead(path, out var clean) ? clean : otherwise;

    /// <summary>
    /// Accepts <c>/evidence?state=open</c>; refuses <c>//host</c>, <c>/\host</c>, addresses with a scheme, and every control
    /// character: browsers drop tabs and line ends inside an address, so that "/&#9;/host" would become "//host".
    /// </summary>
    public static bool TryRead([NotNullWhen(true)] string? path, [NotNullWhen(true)] out string? clean)
    {
        clean = null;
        if (path is null || path.Length is 0 or > 2000 || path[0] != '/' || path.Contains('\\') || path.Any(char.IsControl))
        {
            return false;
        }

        if (path.StartsWith("//", StringComparison.Ordinal) || !Uri.TryCreate("http://local.invalid" + path, UriKind.Absolute, out var uri))
        {
            return false;
        }

        if (uri.Host != "local.invalid" || uri.AbsolutePath.StartsWith("//", StringComparison.Ordinal))
        {
            return false;
        }

        clean = uri.PathAndQuery + uri.Fragment;
        return true;
    }
}
