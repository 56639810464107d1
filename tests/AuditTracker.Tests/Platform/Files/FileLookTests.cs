using System.IO.Compression;
using System.Text;
using AuditTracker.Platform.Files;

namespace AuditTracker.Tests.Platform.Files;

/// <summary>What a look into a file finds: content against name, programs, macros, passwords, archives that would fill a disk.</summary>
public sealed class FileLookTests
{
    internal static byte[] Program() => [.. "MZ"u8, .. new byte[62], .. "PE\0\0"u8, .. new byte[200]];

    internal static byte[] Zip(params (string Name, byte[] Bytes)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }

    internal static byte[] Office(string folder, params (string Name, byte[] Bytes)[] more) => Zip([("[Content_Types].xml", "<Types/>"u8.ToArray()), ($"{folder}/main.xml", "<x/>"u8.ToArray()), .. more]);

    internal static byte[] Ole(string name) => [.. Convert.FromHexString("D0CF11E0A1B11AE1"), .. new byte[3000], .. Encoding.Unicode.GetBytes(name), .. new byte[1000]];

    private static Task<FileVerdict> LookAsync(string name, byte[] bytes, FileRules? rules = null) => FileLook.AtAsync(new MemoryStream(bytes), name, rules ?? new FileRules(), CancellationToken.None);

    private static async Task<FileProblem?> ProblemAsync(string name, byte[] bytes, FileRules? rules = null) => (await LookAsync(name, bytes, rules)).Problem;

    [Theory]
    [InlineData("手順.pdf", "%PDF-1.7 ...")]
    [InlineData("一覧.csv", "id,name\n1,佐藤")]
    [InlineData("一覧.CSV", "MZ,header,that is text")]
    [InlineData("記録.txt", "a log that speaks of %PDF- files")]
    [InlineData("設定.json", "{}")]
    [InlineData("通信.pcap", "whatever it is")]
    [InlineData("拡張子なし", "text")]
    public async Task Ordinary_files_are_taken(string name, string text) => Assert.Null(await ProblemAsync(name, Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("請求.pdf", "<html>")]
    [InlineData("画面.png", "GIF89a")]
    [InlineData("一覧.xlsx", "id,name")]
    [InlineData("一覧.xls", "<table><tr><td>1</td></tr></table>")]
    [InlineData("一覧.csv", "%PDF-1.7")]
    [InlineData("束.zip", "not a zip")]
    public async Task Content_that_is_not_what_the_name_says_is_refused(string name, string text)
    {
        var found = await LookAsync(name, Encoding.UTF8.GetBytes(text));
        Assert.Equal((FileProblem.OtherContent, Path.GetExtension(name)), (found.Problem, found.Detail));
    }

    [Theory]
    [InlineData("道具.exe")]
    [InlineData("道具.EXE.")]
    [InlineData("道具.exe 　")]
    [InlineData("近道.lnk")]
    [InlineData("手順.js")]
    [InlineData("手順.hta")]
    [InlineData("手順.sh")]
    [InlineData("円盤.iso")]
    public async Task Programs_are_told_by_their_extension(string name)
    {
        Assert.Equal(FileProblem.ProgramName, await ProblemAsync(name, "harmless"u8.ToArray()));
        Assert.NotEqual(FileProblem.ProgramName, await ProblemAsync(name, "harmless"u8.ToArray(), new FileRules { TakesPrograms = true }));
    }

    [Fact]
    public async Task Programs_are_told_by_their_content_whatever_they_are_called()
    {
        byte[][] programs = [Program(), [0x7F, .. "ELF"u8, .. new byte[100]], [0xCF, 0xFA, 0xED, 0xFE, .. new byte[100]], [.. Convert.FromHexString("4C0000000114020000000000C000000000000046"), .. new byte[60]]];
        foreach (var program in programs)
        {
            Assert.Equal(FileProblem.Program, await ProblemAsync("報告.pdf", program));
            Assert.Equal(FileProblem.Program, await ProblemAsync("データ.bin", program));
            var packed = await LookAsync("束.zip", Zip(("中/データ.txt", program)));
            Assert.Equal((FileProblem.ProgramInArchive, "中/データ.txt"), (packed.Problem, packed.Detail));
            Assert.Null(await ProblemAsync("データ.bin", program, new FileRules { TakesPrograms = true }));
        }
        Assert.Equal(FileProblem.ProgramInArchive, await ProblemAsync("束.zip", Zip(("a.txt", [1]), ("b.js", [1]))));
    }

    [Fact]
    public async Task Macros_are_found_in_new_and_old_Office_files_and_inside_archives()
    {
        var (sheet, old) = (Office("xl", ("xl/vbaProject.bin", [1, 2, 3])), Ole("_VBA_PROJECT"));
        Assert.Equal(FileProblem.Macros, await ProblemAsync("一覧.xlsx", sheet));
        Assert.Equal(FileProblem.Macros, await ProblemAsync("一覧.xlsm", sheet));
        Assert.Equal(FileProblem.Macros, await ProblemAsync("一覧.xlsx", Office("xl", ("xl/macrosheets/sheet1.xml", [1]))));
        Assert.Equal(FileProblem.Macros, await ProblemAsync("一覧.xls", old));
        Assert.Equal(FileProblem.Macros, await ProblemAsync("一覧.unknown", old));
        Assert.Equal(FileProblem.MacrosInArchive, await ProblemAsync("束.zip", Zip(("一覧.xlsx", sheet))));
        Assert.Equal(FileProblem.MacrosInArchive, await ProblemAsync("束.zip", Zip(("一覧.doc", old))));
        Assert.Null(await ProblemAsync("一覧.xlsm", sheet, new FileRules { TakesMacros = true }));
        Assert.Null(await ProblemAsync("一覧.xlsx", Office("xl")));
        Assert.Null(await ProblemAsync("一覧.xls", Ole("Workbook")));
        Assert.Equal(FileProblem.OtherContent, await ProblemAsync("文書.docx", Office("xl")));
        Assert.Equal(FileProblem.OtherContent, await ProblemAsync("文書.docx", Ole("WordDocument")));
    }

    [Theory]
    [InlineData("一覧.ods", "Basic/Standard/Module1.xml")]
    [InlineData("文書.odt", "Basic/script-lc.xml")]
    [InlineData("発表.odp", "Scripts/python/macro.txt")]
    public async Task Macros_are_found_in_OpenDocument_files(string name, string macro)
    {
        (string, byte[])[] document = [("mimetype", "application/vnd.oasis.opendocument"u8.ToArray()), ("content.xml", "<x/>"u8.ToArray()), ("META-INF/manifest.xml", "<m/>"u8.ToArray())];
        var file = Zip([.. document, (macro, "<script/>"u8.ToArray())]);
        Assert.Equal(FileProblem.Macros, await ProblemAsync(name, file));
        Assert.Equal(FileProblem.Macros, await ProblemAsync(name, Zip([.. document[1..], (macro, "<script/>"u8.ToArray())])));
        Assert.Equal(FileProblem.MacrosInArchive, await ProblemAsync("束.zip", Zip((name, file))));
        Assert.Null(await ProblemAsync(name, file, new FileRules { TakesMacros = true }));
        Assert.Null(await ProblemAsync(name, Zip(document)));
        Assert.Null(await ProblemAsync("束.zip", Zip((macro, "a folder of this name"u8.ToArray()))));
    }

    /// <summary>Records of an old workbook: its beginning, a list of its sheets, a sheet.</summary>
    /// <param name="type">0 a sheet, 1 Excel 4.0 macros.</param>
    private static byte[] Records(byte type, byte part = 0x10, int filling = 0, bool isLocked = false) =>
    [
        0x09, 0x08, 0x08, 0, 0, 6, 5, 0, 0, 0, 0, 0, .. isLocked ? [0x2F, 0, 2, 0, 0, 0] : Array.Empty<byte>(), .. Enumerable.Range(0, filling).SelectMany(_ => (byte[])[0xFC, 0, 0xFF, 0, .. new byte[255]]),
        0x85, 0, 8, 0, 0, 0, 0, 0, 1, type, 0, 0, 0x0A, 0, 0, 0, 0x09, 0x08, 0x08, 0, 0, 6, part, 0, 0, 0, 0, 0, 0x0A, 0, 0, 0,
    ];

    /// <summary>A compound file with one stream, its sectors in reverse order; what is shorter than 4,096 bytes stands in the small ones.</summary>
    private static byte[] Compound(string name, byte[] stream)
    {
        var isSmall = stream.Length < 4096;
        var count = (stream.Length + 511) / 512;
        var (table, file) = (new uint[128], new byte[512 * (4 + count)]);
        Array.Fill(table, 0xFFFFFFFFu);
        (table[0], table[1], table[2]) = (0xFFFFFFFDu, 0xFFFFFFFEu, 0xFFFFFFFEu); // the table, the directory, the table of small sectors
        for (var at = 0; at < count; at++)
        {
            var sector = 3 + count - 1 - at;
            table[sector] = at == count - 1 ? 0xFFFFFFFEu : (uint)(sector - 1);
            stream.AsSpan(512 * at, Math.Min(512, stream.Length - (512 * at))).CopyTo(file.AsSpan(512 * (sector + 1)));
        }
        var first = 3 + count - 1;
        Convert.FromHexString("D0CF11E0A1B11AE1").CopyTo(file, 0);
        (file[30], file[32]) = (9, 6);
        Put(44, 1); Put(48, 1); Put(56, 4096); Put(60, isSmall ? 2u : 0xFFFFFFFE); Put(64, 1); Put(68, 0xFFFFFFFE);
        for (var at = 0; at < 109; at++)
        {
            Put(76 + (4 * at), at == 0 ? 0 : 0xFFFFFFFF);
        }
        for (var at = 0; at < 128; at++)
        {
            Put(512 + (4 * at), table[at]);
            Put(512 * 3 + (4 * at), at + 1 < (stream.Length + 63) / 64 ? (uint)at + 1 : 0xFFFFFFFE);
        }
        Entry(0, "Root Entry", 5, isSmall ? (uint)first : 0xFFFFFFFE, (uint)stream.Length);
        Entry(1, name, 2, isSmall ? 0 : (uint)first, (uint)stream.Length);
        return file;

        void Put(int at, uint number) => System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), number);
        void Entry(int number, string called, byte type, uint begins, uint size)
        {
            var at = 1024 + (128 * number);
            Encoding.Unicode.GetBytes(called).CopyTo(file, at);
            (file[at + 64], file[at + 66]) = ((byte)(2 * called.Length + 2), type);
            Put(at + 116, begins);
            Put(at + 120, size);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public async Task Sheets_of_Excel_4_macros_are_found_in_old_workbooks_by_their_list_and_by_themselves(int filling)
    {
        foreach (var stream in new[] { "Workbook", "Book" })
        {
            Assert.Null(await ProblemAsync("一覧.xls", Compound(stream, Records(0, filling: filling))));
            Assert.Equal(FileProblem.Macros, await ProblemAsync("一覧.xls", Compound(stream, Records(1, filling: filling))));
            Assert.Equal(FileProblem.Macros, await ProblemAsync("一覧.xls", Compound(stream, Records(0, part: 0x40, filling: filling))));
        }
        Assert.Null(await ProblemAsync("文書.doc", Compound("WordDocument", Records(1, filling: filling))));
        Assert.Equal(FileProblem.Macros, await ProblemAsync("一覧.xls", Records(0, part: 0x40, filling: filling)));
        Assert.Equal(FileProblem.MacrosInArchive, await ProblemAsync("束.zip", Zip(("一覧.xls", Records(1, filling: filling)))));
        Assert.Equal(FileProblem.MacrosInArchive, await ProblemAsync("束.zip", Zip(("一覧.xls", Compound("Workbook", Records(1, filling: filling))))));
        Assert.Null(await ProblemAsync("一覧.xls", Compound("Workbook", Records(1, filling: filling)), new FileRules { TakesMacros = true }));
        Assert.Equal(new FileVerdict(null, "", true), await LookAsync("一覧.xls", Compound("Workbook", Records(0, filling: filling, isLocked: true))));
        Assert.Equal(FileProblem.Macros, await ProblemAsync("一覧.xls", Compound("Workbook", Records(0, part: 0x40, filling: filling, isLocked: true))));
    }

    [Fact]
    public async Task A_compound_file_that_is_cut_or_leads_in_circles_is_read_to_an_end()
    {
        var whole = Compound("Workbook", Records(0, filling: 40));
        for (var length = 600; length < whole.Length; length += 700)
        {
            Assert.Null(await ProblemAsync("一覧.xls", whole[..length]));
        }
        foreach (var at in new[] { 512 + 4, 512 + (4 * 3), 512 + (4 * 10) })
        {
            var circle = whole.ToArray();
            circle[at] = (byte)((at - 512) / 4);
            (circle[at + 1], circle[at + 2], circle[at + 3]) = (0, 0, 0);
            Assert.Null(await ProblemAsync("一覧.xls", circle));
        }
    }

    [Fact]
    public async Task A_macro_sheet_of_a_new_workbook_is_found_wherever_its_part_stands()
    {
        foreach (var type in new[] { "application/vnd.ms-excel.macrosheet+xml", "application/vnd.ms-excel.intlMacrosheet+xml", "application/vnd.ms-excel.macrosheet", "application/vnd.ms-excel.&#109;acrosheet+xml" })
        {
            var types = Encoding.UTF8.GetBytes($"<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/xl/data/1.bin\" ContentType=\"{type}\"/></Types>");
            var workbook = Zip(("[Content_Types].xml", types), ("xl/workbook.xml", "<x/>"u8.ToArray()), ("xl/data/1.bin", [1]));
            foreach (var name in new[] { "一覧.xlsx", "一覧.xlsm", "一覧.xlsb" })
            {
                Assert.Equal(FileProblem.Macros, await ProblemAsync(name, workbook));
            }
            Assert.Equal(FileProblem.MacrosInArchive, await ProblemAsync("束.zip", Zip(("一覧.xlsb", workbook))));
        }
        Assert.Equal(FileProblem.ArchiveDamaged, await ProblemAsync("一覧.xlsx", Zip(("[Content_Types].xml", "<Types"u8.ToArray()), ("xl/workbook.xml", "<x/>"u8.ToArray()))));
    }

    [Fact]
    public async Task Archives_that_cannot_be_looked_into_are_refused_and_say_so()
    {
        byte[] seven = [.. Convert.FromHexString("377ABCAF271C0004"), .. new byte[60]], rar = [.. Convert.FromHexString("526172211A070100"), .. new byte[60]];
        Assert.Equal(new FileVerdict(FileProblem.ArchiveClosed, "7z", false), await LookAsync("束.7z", seven));
        Assert.Equal(new FileVerdict(FileProblem.ArchiveClosed, "rar", false), await LookAsync("束.rar", rar));
        Assert.Equal(FileProblem.ArchiveClosed, await ProblemAsync("束.dat", rar));
        Assert.Equal(new FileVerdict(FileProblem.ArchiveClosedInArchive, "中/束.7z", false), await LookAsync("束.zip", Zip(("a.txt", [1]), ("中/束.7z", seven))));
        Assert.Null(await ProblemAsync("束.7z", seven, new FileRules { TakesPrograms = true, TakesMacros = true }));
        Assert.Equal(FileProblem.OtherContent, await ProblemAsync("束.zip", rar));
    }

    [Fact]
    public async Task A_password_is_noted_and_no_reason_to_refuse()
    {
        var encrypted = Zip(("秘密.txt", "secret"u8.ToArray()));
        // The flag of a password, in the entry and in the directory.
        encrypted[6] |= 1;
        encrypted[encrypted.AsSpan().LastIndexOf("PK\x01\x02"u8) + 8] |= 1;
        Assert.Equal(new FileVerdict(null, "", true), await LookAsync("束.zip", encrypted));
        Assert.Equal(new FileVerdict(null, "", true), await LookAsync("台帳.xlsx", Ole("EncryptedPackage")));
        Assert.Equal(new FileVerdict(null, "", true), await LookAsync("台帳.pdf", Encoding.ASCII.GetBytes("%PDF-1.7\n" + new string(' ', 2 << 20) + "trailer << /Encrypt 5 0 R >>")));
        Assert.Equal(new FileVerdict(null, "", true), await LookAsync("束.zip", Zip(("台帳.xlsx", Ole("EncryptedPackage")))));
        Assert.False((await LookAsync("台帳.pdf", Encoding.ASCII.GetBytes("%PDF-1.7\n/Encryption"))).IsLocked);
    }

    [Fact]
    public async Task Archives_are_bounded_in_entries_size_ratio_and_depth()
    {
        var small = new FileRules { Zip = new ZipLimits { MaxEntries = 3, MaxUnpacked = 3 << 20, MaxEntry = 2 << 20, MaxRatio = 2 } };
        Assert.Equal(FileProblem.ArchiveTooMany, await ProblemAsync("a.zip", Zip([.. Enumerable.Range(0, 4).Select(n => ($"{n}.txt", new byte[] { 1 }))]), small));
        Assert.Equal(FileProblem.ArchiveTooLarge, await ProblemAsync("a.zip", Zip(("a.txt", new byte[(2 << 20) + 1])), small));
        Assert.Equal(FileProblem.ArchiveTooLarge, await ProblemAsync("a.zip", Zip(("a.txt", new byte[2 << 20]), ("b.txt", new byte[3 << 19])), small));
        var bomb = Zip(("a.txt", new byte[300 << 20]));
        Assert.Equal(FileProblem.ArchiveTooLarge, await ProblemAsync("a.zip", bomb));
        Assert.Equal(FileProblem.ArchiveTooLarge, await ProblemAsync("a.zip", Zip(("b.zip", bomb))));
        Assert.Equal(FileProblem.ArchiveTooLarge, await ProblemAsync("a.xlsx", Office("xl", ("xl/sheet1.xml", new byte[300 << 20]))));
        var nest = Zip(("a.txt", [1]));
        for (var depth = 1; depth < 5; depth++)
        {
            nest = Zip(("n.zip", nest));
        }
        Assert.Null(await ProblemAsync("a.zip", nest));
        Assert.Equal(FileProblem.ArchiveTooDeep, await ProblemAsync("a.zip", Zip(("n.zip", nest))));
        Assert.Equal(FileProblem.ArchiveTooLarge, await ProblemAsync("a.zip", Zip(("n.zip", Zip(("r.bin", Noise(200_000))))), new FileRules { MaxUnpacked = 100_000 }));
        Assert.Equal(FileProblem.ArchiveDamaged, await ProblemAsync("a.zip", [.. "PK\x03\x04"u8, .. new byte[500]]));
        Assert.Equal(FileProblem.Empty, await ProblemAsync("a.zip", []));
    }

    [Fact]
    public void A_directory_that_lies_about_its_length_is_not_read()
    {
        // 30,000 names in the directory, one of them counted.
        var zip = Zip([.. Enumerable.Range(0, 30_000).Select(n => ($"{n:D200}.txt", Array.Empty<byte>()))]);
        var end = zip.AsSpan().LastIndexOf("PK\x05\x06"u8);
        (zip[end + 8], zip[end + 9], zip[end + 10], zip[end + 11]) = (1, 0, 1, 0);
        Assert.Equal(ZipProblem.TooManyEntries, ZipFolder.List(new MemoryStream(zip), new ZipLimits()).Problem);
    }

    [Fact]
    public async Task A_workbook_whose_first_part_speaks_of_PDF_is_still_a_workbook()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in new[] { ("a", "%PDF-1.7"), ("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<x/>"), ("xl/vbaProject.bin", "macro") })
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(Encoding.ASCII.GetBytes(content));
            }
        }
        Assert.Equal(FileProblem.Macros, await ProblemAsync("一覧.xlsm", bytes.ToArray()));
        Assert.Equal(FileProblem.Macros, await ProblemAsync("一覧", bytes.ToArray()));
        Assert.Equal(FileProblem.MacrosInArchive, await ProblemAsync("束.zip", Zip(("一覧.xlsm", bytes.ToArray()))));
        Assert.Equal(FileProblem.Program, await ProblemAsync("報告.pdf", [.. "MZ"u8, .. new byte[62], .. "%PDF-1.7"u8]));
        Assert.Null(await ProblemAsync("報告.pdf", "0 a line before it\n%PDF-1.7"u8.ToArray()));
    }

    [Fact]
    public async Task An_entry_that_claims_to_be_empty_is_looked_at_all_the_same()
    {
        Assert.Equal(FileProblem.ProgramInArchive, await ProblemAsync("束.zip", Zip(("道具.exe", []), ("a.txt", [1]))));
        Assert.Equal(FileProblem.Macros, await ProblemAsync("一覧.xlsx", Office("xl", ("xl/vbaProject.bin", []))));
        Assert.Null(await ProblemAsync("束.zip", Zip(("中.exe/", []), ("空.txt", []))));
        var lying = Zip(("a.txt", Program()));
        // The length in the directory; who unpacks goes by the entry.
        lying.AsSpan(lying.AsSpan().LastIndexOf("PK\x01\x02"u8) + 24, 4).Clear();
        Assert.Equal(FileProblem.ArchiveDamaged, await ProblemAsync("束.zip", lying));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_directory_whose_short_and_long_values_differ_is_not_read(bool byDisk)
    {
        // The 64-bit record leads to 30,000 names, the short one to the last of them.
        var zip = Zip([.. Enumerable.Range(0, 30_000).Select(n => ($"{n:D200}.txt", Array.Empty<byte>()))]);
        var end = zip.AsSpan().LastIndexOf("PK\x05\x06"u8);
        var (start, last) = (BitConverter.ToUInt32(zip, end + 16), zip.AsSpan().LastIndexOf("PK\x01\x02"u8));
        byte[] large = [.. "PK\x06\x06"u8, .. BitConverter.GetBytes(44L), 45, 0, 45, 0, .. new byte[8], .. BitConverter.GetBytes(30_000L), .. BitConverter.GetBytes(30_000L), .. BitConverter.GetBytes(end - (long)start), .. BitConverter.GetBytes((long)start)];
        byte[] locator = [.. "PK\x06\x07"u8, .. new byte[4], .. BitConverter.GetBytes((long)end), 1, 0, 0, 0];
        byte[] small = [.. "PK\x05\x06"u8, .. byDisk ? new byte[] { 0xFF, 0xFF } : new byte[2], 0, 0, 1, 0, .. byDisk ? new byte[] { 1, 0 } : new byte[] { 0xFF, 0xFF }, .. new byte[4], .. BitConverter.GetBytes((uint)last), 0, 0];
        Assert.Equal(ZipProblem.Damaged, ZipFolder.List(new MemoryStream([.. zip[..end], .. large, .. locator, .. small]), new ZipLimits()).Problem);
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }
}
