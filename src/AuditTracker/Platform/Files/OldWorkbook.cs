using System.Buffers.Binary;
using System.Text;

namespace AuditTracker.Platform.Files;

/// <summary>What stands in a workbook of Excel 97 and before.</summary>
/// <param name="HasMacroSheet">A sheet of Excel 4.0 macros, shown or hidden.</param>
/// <param name="IsLocked">It has a password.</param>
internal readonly record struct OldWorkbookLook(bool HasMacroSheet, bool IsLocked);

/// <summary>
/// Looks for macro sheets in the records of old workbooks ([MS-XLS]), in a compound file ([MS-CFB]) or bare. Every stream called Workbook or Book is read, for a document may
/// hold workbooks. What a reader could not make sense of either is passed over.
/// </summary>
internal static class OldWorkbook
{
    private const int BoundSheet = 0x0085, Password = 0x002F, MacroSheet = 0x0040;
    private const uint LastSector = 0xFFFFFFFA;

    /// <summary>Reads it all, to the bound of sectors that the file's length allows.</summary>
    /// <param name="isBare">The records are the file itself.</param>
    public static OldWorkbookLook At(Stream content, bool isBare)
    {
        if (isBare)
        {
            content.Position = 0;
            return Records(content);
        }
        var (hasMacroSheet, isLocked) = (false, false);
        foreach (var stream in Streams(content))
        {
            var found = Records(new BufferedStream(stream, 1 << 16));
            (hasMacroSheet, isLocked) = (hasMacroSheet || found.HasMacroSheet, isLocked || found.IsLocked);
        }
        return new(hasMacroSheet, isLocked);
    }

    private static OldWorkbookLook Records(Stream records)
    {
        Span<byte> head = stackalloc byte[4];
        Span<byte> start = stackalloc byte[6];
        Span<byte> passed = stackalloc byte[256];
        var isLocked = false;
        while (records.ReadAtLeast(head, 4, throwOnEndOfStream: false) == 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(head), length = BinaryPrimitives.ReadUInt16LittleEndian(head[2..]);
            if (id == 0 && length == 0)
            {
                break; // what fills the last sector
            }
            var taken = Math.Min(length, start.Length);
            if (records.ReadAtLeast(start[..taken], taken, throwOnEndOfStream: false) < taken)
            {
                break;
            }
            // The beginning of a part of the workbook says what it is, and so does the list of its sheets; neither is ever encrypted.
            if ((id is 0x0809 or 0x0409 or 0x0209 or 0x0009 && taken >= 4 && BinaryPrimitives.ReadUInt16LittleEndian(start[2..]) == MacroSheet) || (id == BoundSheet && taken == 6 && start[5] == 1 && !isLocked))
            {
                return new(true, isLocked);
            }
            isLocked |= id == Password;
            for (var left = length - taken; left > 0;)
            {
                var read = records.Read(passed[..Math.Min(left, passed.Length)]);
                if (read == 0)
                {
                    return new(false, isLocked);
                }
                left -= read;
            }
        }
        return new(false, isLocked);
    }

    /// <summary>The streams of a compound file that are workbooks.</summary>
    private static IEnumerable<Stream> Streams(Stream content)
    {
        var header = new byte[512];
        content.Position = 0;
        if (content.ReadAtLeast(header, 512, throwOnEndOfStream: false) < 512)
        {
            yield break;
        }
        int shift = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(30)), smallShift = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(32));
        if (shift is not (9 or 12) || smallShift != 6)
        {
            yield break;
        }
        var most = (int)Math.Min(content.Length >> shift, int.MaxValue - 1) + 1;
        var table = Table(content, header, shift, most);
        var directory = new Chain(content, Offsets(table, Number(header, 48), most).Select(sector => (sector + 1L) << shift), 1 << shift);
        var entries = new List<byte[]>();
        for (var entry = new byte[128]; directory.ReadAtLeast(entry, 128, throwOnEndOfStream: false) == 128; entry = new byte[128])
        {
            entries.Add(entry);
        }
        if (entries.Count == 0)
        {
            yield break;
        }
        // What is small stands in parts of 64 bytes within the stream of the root.
        var small = Offsets(table, Number(entries[0], 116), most).Select(sector => (sector + 1L) << shift).ToList();
        var smallTable = Numbers(new Chain(content, Offsets(table, Number(header, 60), most).Select(sector => (sector + 1L) << shift), 1 << shift));
        foreach (var entry in entries.Where(entry => entry[66] == 2 && NameOf(entry) is "workbook" or "book"))
        {
            var (first, size) = (Number(entry, 116), Number(entry, 120));
            yield return size < Number(header, 56)
                ? new Chain(content, Offsets(smallTable, first, smallTable.Count).Where(part => part >> (shift - smallShift) < small.Count).Select(part => small[(int)(part >> (shift - smallShift))] + ((part & ((1u << (shift - smallShift)) - 1)) << smallShift)), 1 << smallShift)
                : new Chain(content, Offsets(table, first, most).Select(sector => (sector + 1L) << shift), 1 << shift);
        }
    }

    /// <summary>Which sector follows which.</summary>
    private static List<uint> Table(Stream content, byte[] header, int shift, int most)
    {
        var sectors = Enumerable.Range(0, 109).Select(at => Number(header, 76 + (4 * at))).Where(sector => sector < LastSector).ToList();
        var further = Number(header, 68);
        for (var seen = 0; further < LastSector && seen < most; seen++)
        {
            var list = Numbers(new Chain(content, [(further + 1L) << shift], 1 << shift));
            if (list.Count < 2)
            {
                break;
            }
            sectors.AddRange(list.SkipLast(1).Where(sector => sector < LastSector));
            further = list[^1];
        }
        return Numbers(new Chain(content, sectors.Take(most).Select(sector => (sector + 1L) << shift), 1 << shift));
    }

    private static IEnumerable<uint> Offsets(List<uint> table, uint first, int most)
    {
        var sector = first;
        for (var seen = 0; sector < table.Count && seen < most; seen++, sector = table[(int)sector])
        {
            yield return sector;
        }
    }

    private static List<uint> Numbers(Stream stream)
    {
        var (numbers, four) = (new List<uint>(), new byte[4]);
        while (stream.ReadAtLeast(four, 4, throwOnEndOfStream: false) == 4)
        {
            numbers.Add(Number(four, 0));
        }
        return numbers;
    }

    private static uint Number(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static string NameOf(byte[] entry) => Encoding.Unicode.GetString(entry, 0, Math.Clamp(BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(64)) - 2, 0, 62)).ToLowerInvariant();

    /// <summary>Parts of a file one after another.</summary>
    private sealed class Chain(Stream content, IEnumerable<long> offsets, int size) : Stream
    {
        private readonly IEnumerator<long> parts = offsets.GetEnumerator();
        private readonly byte[] part = new byte[size];
        private int at, end;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (at == end)
            {
                if (!parts.MoveNext() || parts.Current < 0 || parts.Current >= content.Length)
                {
                    return 0;
                }
                content.Position = parts.Current;
                (at, end) = (0, content.ReadAtLeast(part, part.Length, throwOnEndOfStream: false));
            }
            var taken = Math.Min(count, end - at);
            part.AsSpan(at, taken).CopyTo(buffer.AsSpan(offset));
            at += taken;
            return taken;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
