using System.Diagnostics;
using System.Text;
using AuditTracker.Tests.Support;
using AuditTracker.Trail;

namespace AuditTracker.Tests.Trail;

/// <summary>What leaves the house can be verified without us: by our own verb and by a stranger's script.</summary>
public sealed class TrailSegmentTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private string folder = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        folder = Directory.CreateTempSubdirectory("audit-tracker-segment-").FullName;
        // What the shipped data left is a seal of its own: the stranger is no fast reader.
        await database.SealAllAsync();
        foreach (var count in new[] { 5, 1, 6 })
        {
            await using (var work = await database.BeginAsync())
            {
                await work.ExecuteAsync("insert into departments (code) select '部門' || gen_random_uuid() from generate_series(1, @count)", new { count });
                await work.CommitAsync();
            }
            await database.SealAllAsync();
        }
    }

    public async Task DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_segment_is_sound_for_us_and_for_a_stranger_with_the_same_head()
    {
        var last = await database.ScalarAsync<long>("select max(number) from trail.seals");
        var file = await ExportAsync(last - 2, last);
        var verdict = VerifySegment.Run(new MemoryStream(await File.ReadAllBytesAsync(file)));
        Assert.Empty(verdict.Findings);
        Assert.Equal(3, verdict.Seals);
        Assert.Equal((0, Convert.ToHexStringLower(verdict.Head!)), await StrangerAsync(file));
        Assert.Equal(0, (await StrangerAsync(file, Convert.ToHexStringLower(verdict.Head!))).Code);
        Assert.Equal(1, (await StrangerAsync(file, new string('0', 64))).Code);
    }

    [Fact]
    public async Task The_whole_trail_from_its_first_seal_is_sound()
    {
        var verdict = VerifySegment.Run(new MemoryStream(await File.ReadAllBytesAsync(await ExportAsync(1, long.MaxValue))));
        Assert.Empty(verdict.Findings);
        Assert.Equal(await database.ScalarAsync<long>("select sum(entries) from trail.seals"), verdict.Entries);
    }

    [Theory]
    [InlineData("entry ")]
    [InlineData("seal ")]
    public async Task A_changed_line_is_found_by_both(string kind)
    {
        var last = await database.ScalarAsync<long>("select max(number) from trail.seals");
        var file = await ExportAsync(last - 1, last);
        var lines = await File.ReadAllLinesAsync(file);
        var at = Array.FindLastIndex(lines, line => line.StartsWith(kind, StringComparison.Ordinal));
        lines[at] = kind == "seal " ? lines[at].Replace($"seal {last} ", $"seal {last + 1} ") : "entry " + Convert.ToBase64String("1;x"u8);
        await File.WriteAllLinesAsync(file, lines);
        Assert.NotEmpty(VerifySegment.Run(new MemoryStream(await File.ReadAllBytesAsync(file))).Findings);
        Assert.Equal(1, (await StrangerAsync(file)).Code);
    }

    [Fact]
    public async Task An_entry_taken_out_is_found_by_both_and_half_a_file_is_refused()
    {
        var last = await database.ScalarAsync<long>("select max(number) from trail.seals");
        var file = await ExportAsync(last, last);
        var lines = (await File.ReadAllLinesAsync(file)).ToList();
        await File.WriteAllLinesAsync(file, lines.Where((_, i) => i != 3));
        Assert.Contains(VerifySegment.Run(new MemoryStream(await File.ReadAllBytesAsync(file))).Findings, finding => finding.Kind == FindingKind.SealChanged);
        Assert.Equal(1, (await StrangerAsync(file)).Code);
        await File.WriteAllLinesAsync(file, lines[..^1]);
        Assert.Throws<FormatException>(() => VerifySegment.Run(new MemoryStream(File.ReadAllBytes(file))));
        Assert.Equal(1, (await StrangerAsync(file)).Code);
    }

    [Fact]
    public async Task One_entry_can_be_proved_alone()
    {
        var last = await database.ScalarAsync<long>("select max(number) from trail.seals");
        foreach (var id in await database.ListAsync<long>("select e.id from trail.entries e join trail.seals s on e.id between s.from_id and s.through_id where s.number >= @last - 2", new { last }))
        {
            var file = Path.Combine(folder, "proof");
            await using (var output = File.Create(file))
            {
                Assert.True(await database.Get<TrailSegment>().WriteProofAsync(id, output));
            }
            var text = await File.ReadAllTextAsync(file);
            var verdict = VerifySegment.Run(Text(text));
            Assert.Empty(verdict.Findings);
            Assert.Equal((0, Convert.ToHexStringLower(verdict.Head!)), await StrangerAsync(file));
            var other = text.Replace(Line(text, "entry "), "entry " + Convert.ToBase64String(Encoding.UTF8.GetBytes("1;other")));
            Assert.NotEmpty(VerifySegment.Run(Text(other)).Findings);
        }
    }

    [Fact]
    public async Task A_file_is_read_to_the_byte()
    {
        var last = await database.ScalarAsync<long>("select max(number) from trail.seals");
        var segment = await File.ReadAllTextAsync(await ExportAsync(last, last));
        var entry = Line(segment, "entry ");
        Assert.Empty(VerifySegment.Run(Text(segment.TrimEnd('\n'))).Findings);
        Assert.Empty(VerifySegment.Run(Text(segment.Replace("\n", "\r\n"))).Findings);
        foreach (var odd in new[] { entry.Insert(8, " "), entry.Insert(10, "\t\t\t\t"), entry[..^1], "entry ====", "entry 鍵鍵鍵鍵", "\n" + entry })
        {
            Assert.Throws<FormatException>(() => VerifySegment.Run(Text(segment.Replace(entry, odd))));
        }
        var seal = Line(segment, "seal ").Split(' ');
        seal[4] = $"{long.Parse(seal[4]) + (1L << 32)}";
        Assert.Throws<FormatException>(() => VerifySegment.Run(Text(segment.Replace(Line(segment, "seal "), string.Join(' ', seal)))));
        Assert.Throws<FormatException>(() => VerifySegment.Run(Text(segment + "entry bW9yZQ==\n")));
        await using var output = new MemoryStream();
        Assert.True(await database.Get<TrailSegment>().WriteProofAsync(await database.ScalarAsync<long>("select min(id) from trail.entries"), output));
        var proof = Encoding.UTF8.GetString(output.ToArray());
        var (proved, step) = (Line(proof, "entry "), Line(proof, "right "));
        Assert.Empty(VerifySegment.Run(Text(proof)).Findings);
        // Another entry before the one that is proved would be read as proved with it.
        Assert.Throws<FormatException>(() => VerifySegment.Run(Text(proof.Replace(proved, $"{proved}\n{proved}"))));
        Assert.Throws<FormatException>(() => VerifySegment.Run(Text(proof.Replace(step, step + new string('0', 64)))));
    }

    [Fact]
    public async Task What_is_not_sealed_cannot_be_proved()
    {
        await using var output = new MemoryStream();
        Assert.False(await database.Get<TrailSegment>().WriteProofAsync(long.MaxValue, output));
    }

    [Fact]
    public async Task Personal_values_do_not_leave_with_a_segment()
    {
        await using (var work = await database.BeginAsync())
        {
            await work.ActAsync("department.added", "department:1", null, "これは個人の言葉です");
            await work.CommitAsync();
        }
        await database.SealAllAsync();
        var lines = await File.ReadAllLinesAsync(await ExportAsync(1, long.MaxValue));
        Assert.DoesNotContain(lines.Where(line => line.StartsWith("entry ", StringComparison.Ordinal)), line => Encoding.UTF8.GetString(Convert.FromBase64String(line[6..])).Contains("個人の言葉", StringComparison.Ordinal));
    }

    private static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string Line(string text, string kind) => text.Split('\n').First(line => line.StartsWith(kind, StringComparison.Ordinal));

    private async Task<string> ExportAsync(long from, long through)
    {
        var file = Path.Combine(folder, $"segment-{from}");
        await using var output = File.Create(file);
        await database.Get<TrailSegment>().WriteAsync(from, through, output);
        return file;
    }

    private static async Task<(int Code, string Said)> StrangerAsync(string file, string? head = null)
    {
        using var script = Process.Start(new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, "Trail", "verify-trail.sh"), file, .. head is null ? Array.Empty<string>() : [head]]) { RedirectStandardOutput = true })!;
        var said = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        return (script.ExitCode, said.Trim());
    }
}
