using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AuditTracker.Trail;

/// <summary>
/// SHA-256 of many small pieces. The runtime has OpenSSL look the algorithm up for every single hash, under a lock: for some hundred bytes that costs more than the hashing, and threads
/// wait for one another. Here it is looked up once, and each thread keeps one context.
/// </summary>
public static class SmallHash
{
    // OpenSSL 3. Where it is not there the runtime hashes, with the same result.
    private const string Library = "libcrypto.so.3";

    private static readonly IntPtr Algorithm = NativeLibrary.TryLoad(Library, typeof(SmallHash).Assembly, DllImportSearchPath.SafeDirectories, out _) ? EVP_MD_fetch(IntPtr.Zero, "SHA2-256", null) : IntPtr.Zero;

    [ThreadStatic]
    private static Context? mine;

    /// <summary>Whether OpenSSL is asked directly.</summary>
    public static bool IsDirect => Algorithm != IntPtr.Zero;

    /// <summary>Writes the hash to 32 bytes, which may stand where the data does.</summary>
    public static void Write(ReadOnlySpan<byte> data, Span<byte> to)
    {
        if (to.Length < SHA256.HashSizeInBytes)
        {
            throw new ArgumentException("A hash has 32 bytes.", nameof(to));
        }
        if (IsDirect)
        {
            (mine ??= new Context(EVP_MD_CTX_new())).Write(data, to);
        }
        else
        {
            SHA256.HashData(data, to);
        }
    }

    /// <summary>Of one thread; freed when that is gone.</summary>
    private sealed class Context(IntPtr handle) : SafeHandle(IntPtr.Zero, ownsHandle: true)
    {
        private readonly IntPtr at = handle;

        public override bool IsInvalid => at == IntPtr.Zero;

        public void Write(ReadOnlySpan<byte> data, Span<byte> to)
        {
            if (IsInvalid
                || EVP_DigestInit_ex(at, Algorithm, IntPtr.Zero) != 1
                || EVP_DigestUpdate(at, in MemoryMarshal.GetReference(data), (nuint)data.Length) != 1
                || EVP_DigestFinal_ex(at, out MemoryMarshal.GetReference(to), IntPtr.Zero) != 1)
            {
                throw new CryptographicException("OpenSSL does not hash.");
            }
        }

        protected override bool ReleaseHandle()
        {
            EVP_MD_CTX_free(at);
            return true;
        }
    }

    [DllImport(Library, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr EVP_MD_fetch(IntPtr library, string algorithm, string? properties);

    [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr EVP_MD_CTX_new();

    [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void EVP_MD_CTX_free(IntPtr context);

    [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EVP_DigestUpdate(IntPtr context, in byte data, nuint length);

    // These two take a tenth of a microsecond: the collector may wait for them.
    [DllImport(Library), SuppressGCTransition, DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EVP_DigestInit_ex(IntPtr context, IntPtr algorithm, IntPtr engine);

    [DllImport(Library), SuppressGCTransition, DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EVP_DigestFinal_ex(IntPtr context, out byte hash, IntPtr length);
}
