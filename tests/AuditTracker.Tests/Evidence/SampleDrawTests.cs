using System.Text;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;

namespace AuditTracker.Tests.Evidence;

/// <summary>Which rows a seed draws, and how many: pure. The vectors were computed by another program from the README.</summary>
public sealed class SampleDrawTests
{
    [Fact]
    public void The_vectors_of_the_README_hold()
    {
        var marks = Marks(Rows());
        Assert.Equal("7bad117331be08434f0d107b68bf309eeeff5c7de9237b4e7ed044e36eff956e", SampleDraw.HashOf(marks));
        Assert.Equal([18, 21, 8, 20, 1], SampleDraw.Rows("8841", marks, 5));
        Assert.Equal([14, 5, 7, 6, 18], SampleDraw.Rows("宝くじ第1234回 56789", marks, 5));
    }

    /// <summary>The program that stands in the README, run as it stands there, on a file as it is kept.</summary>
    [Fact]
    public async Task An_outsider_repeats_the_drawing_with_the_program_of_the_README()
    {
        var program = File.ReadAllText(Path.Combine(House.RoomsOrderTests.Source(), "Evidence", "README.md")).Split("```sh\n")[1].Split("```")[0];
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "population-1.jsonl");
            PopulationMarks population;
            await using (var file = File.Create(path))
            {
                var writer = new PopulationWriter(file, 1000);
                string[][] odd = [["𠮷野家の塚", "改行\r\nと\t\u2028"], ["", ""], ["", ""], ["\"引用\"\\", "髙﨑"]];
                foreach (var row in Rows().Prepend(["番号", "件名"]).Concat(odd))
                {
                    writer.Add(row);
                }
                population = writer.End();
            }
            var start = new System.Diagnostics.ProcessStartInfo("sh", ["-c", program, "sh", path, "種 8841"]) { RedirectStandardOutput = true };
            using var shell = System.Diagnostics.Process.Start(start)!;
            var said = await shell.StandardOutput.ReadToEndAsync();
            await shell.WaitForExitAsync();
            Assert.Equal([population.Sha256, .. SampleDraw.Rows("種 8841", population.Marks, 100).Select(row => $"{row}")], said.TrimEnd().Split('\n'));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_order_of_the_export_changes_neither_hash_nor_rows()
    {
        var (one, other) = (Rows(), Rows().AsEnumerable().Reverse().ToList());
        Assert.Equal(SampleDraw.HashOf(Marks(one)), SampleDraw.HashOf(Marks(other)));
        Assert.Equal(SampleDraw.Rows("8841", Marks(one), 7).Select(number => one[number - 1]), SampleDraw.Rows("8841", Marks(other), 7).Select(number => other[number - 1]));
    }

    [Fact]
    public void More_rows_begin_with_the_fewer_and_all_are_each_row_once()
    {
        var marks = Marks(Rows());
        var all = SampleDraw.Rows("8841", marks, 100);
        Assert.Equal([18, 21, 8, 20, 1, 7, 12, 11, 16, 15, 17, 14, 9, 3, 4, 10, 5, 13, 19, 2, 6], all);
        Assert.Equal(all.Take(6), SampleDraw.Rows("8841", marks, 6));
        Assert.Empty(SampleDraw.Rows("8841", marks, 0));
        Assert.Empty(SampleDraw.Rows("8841", [], 5));
        Assert.NotEqual(all, SampleDraw.Rows("8842", marks, 100));
    }

    [Fact]
    public void Every_row_is_drawn_about_as_often_as_any_other()
    {
        var marks = Marks(Rows());
        var drawn = Enumerable.Range(0, 4200).SelectMany(seed => SampleDraw.Rows($"{seed}", marks, 5)).CountBy(number => number).ToDictionary();
        Assert.Equal(21, drawn.Count);
        Assert.All(drawn.Values, times => Assert.InRange(times, 850, 1150)); // 1000 each
    }

    [Fact]
    public async Task The_kept_file_gives_the_same_marks_and_the_lines_back()
    {
        using var file = new MemoryStream();
        var writer = new PopulationWriter(file, 1000);
        writer.Add(["番号", "件名"]);
        foreach (var row in Rows().Append(["C,\"1\"", "改行\nと　=HYPERLINK(1)"]))
        {
            writer.Add(row);
        }
        var written = writer.End();
        Assert.Equal(22, written.Marks.Count);
        file.Position = 0;
        var read = await PopulationFile.MarksAsync(file, default);
        Assert.Equal(["番号", "件名"], read.Columns);
        Assert.Equal(written.Marks, read.Marks);
        file.Position = 0;
        var lines = await PopulationFile.LinesAsync(file, [22, 1], default);
        Assert.Equal(["C,\"1\"", "改行\nと　=HYPERLINK(1)"], PopulationFile.Cells(lines[22]));
        Assert.Equal("""["CHG-001","変更1"]""", lines[1]);
    }

    [Theory]
    [InlineData("event", 0, 0)]
    [InlineData("event", 5, 5)]
    [InlineData("event", 6, 5)]
    [InlineData("event", 50, 5)]
    [InlineData("event", 51, 15)]
    [InlineData("event", 250, 15)]
    [InlineData("event", 251, 25)]
    [InlineData("event", 1_000_000, 25)]
    [InlineData("daily", 365, 15)]
    [InlineData("weekly", 52, 5)]
    [InlineData("monthly", 12, 3)]
    [InlineData("monthly", 2, 2)]
    [InlineData("quarterly", 4, 2)]
    [InlineData("yearly", 1, 1)]
    public void The_table_asks_for_so_many(string basis, long rows, int size) => Assert.Equal(size, SampleSizes.Of(Table, basis, rows));

    [Fact]
    public void More_than_the_table_needs_a_reason_and_fewer_is_refused()
    {
        Assert.Equal(5, SampleSizes.Choose(5, 42, null, null));
        Assert.Equal(5, SampleSizes.Choose(5, 42, 5, null));
        Assert.Equal(8, SampleSizes.Choose(5, 42, 8, "前回に不適合があったため"));
        Assert.Equal("SampleSizeTooSmall", Assert.Throws<InvalidInput>(() => SampleSizes.Choose(5, 42, 4, "少なく")).Key);
        Assert.Equal("SampleSizeReason", Assert.Throws<InvalidInput>(() => SampleSizes.Choose(5, 42, 8, " ")).Key);
        Assert.Equal("SampleSizeTooLarge", Assert.Throws<InvalidInput>(() => SampleSizes.Choose(5, 42, 43, "全部")).Key);
        Assert.Equal("SampleSizeMost", Assert.Throws<InvalidInput>(() => SampleSizes.Choose(5, 5000, 1001, "全部")).Key);
    }

    [Theory]
    [InlineData("番号,件名\n1,変更\n2,\"改行\nあり\"\n", false)]
    [InlineData("番号,件名\r\n1,変更\r\n\r\n2,\"改行\nあり\"", true)]
    public void A_CSV_is_read_row_by_row_in_both_encodings(string text, bool isCp932)
    {
        Assert.Equal([(1, "番号|件名"), (2, "1|変更"), (isCp932 ? 4 : 3, "2|改行\nあり")], Read(isCp932 ? CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetBytes(text) : Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("a,b\n1\n", TableRefusal.WrongCellCount, 2)]
    [InlineData("a,b\n1,\"2\n", TableRefusal.UnclosedQuote, 2)]
    [InlineData("", TableRefusal.NoHead, 1)]
    [InlineData("a,b\n1,\0\n", TableRefusal.Utf16, 1)]
    [InlineData("a,b\n1,123456789012345678901\n", TableRefusal.CellTooLong, 2)]
    public void A_row_that_cannot_be_taken_refuses_the_whole(string text, TableRefusal why, int line)
    {
        var refused = Assert.Throws<TableRefusedException>(() => Read(Encoding.UTF8.GetBytes(text)));
        Assert.Equal((why, line), (refused.Refusal, refused.Line));
    }

    [Theory]
    [InlineData("a,b\n\"", "x,")]
    [InlineData("a,b\n", "x,")]
    [InlineData("a,b\n1,", "x")]
    [InlineData("a,b\n1,\"", "\"\"\n")]
    public void A_row_without_an_end_is_refused_before_it_is_held(string start, string filling)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(start + string.Concat(Enumerable.Repeat(filling, 2_000_000))));
        var refused = Assert.Throws<TableRefusedException>(() => TableStream.Read(content, 10, 20, (_, _) => { }));
        Assert.Equal(("RowTooLong", 2), (refused.Refusal.ToString(), refused.Line));
        Assert.InRange(content.Position, 1, 1 << 20);
    }

    [Fact]
    public void Rows_as_long_as_they_may_be_and_stray_quotes_are_no_row_without_an_end()
    {
        var full = string.Join(',', Enumerable.Repeat($"\"{new string('"', 40)}\"", 10));
        var text = string.Concat(Enumerable.Repeat(full + "\r\n", 50)) + string.Concat(Enumerable.Repeat("5\" pipe,,,,,,,,,\n", 500));
        var rows = Read(Encoding.UTF8.GetBytes(text));
        Assert.Equal(550, rows.Count);
        Assert.StartsWith("5\" pipe", rows[^1].Item2);
    }

    private static List<(int, string)> Read(byte[] bytes)
    {
        var rows = new List<(int, string)>();
        TableStream.Read(new MemoryStream(bytes), 10, 20, (line, cells) => rows.Add((line, string.Join('|', cells))));
        return rows;
    }

    private static readonly SampleSizeLine[] Table =
    [
        new(default, "event", 5, null), new(default, "event", 50, 5), new(default, "event", 250, 15), new(default, "event", null, 25),
        new(default, "daily", null, 15), new(default, "weekly", null, 5), new(default, "monthly", null, 3), new(default, "quarterly", null, 2), new(default, "yearly", null, 1),
    ];

    /// <summary>Twenty changes; the last row is equal to the seventh.</summary>
    private static List<string[]> Rows() => [.. Enumerable.Range(1, 20).Select(number => new[] { $"CHG-{number:000}", $"変更{number}" }), ["CHG-007", "変更7"]];

    private static IReadOnlyList<RowMark> Marks(IEnumerable<string[]> rows)
    {
        var writer = new PopulationWriter(Stream.Null, 1000);
        writer.Add(["番号", "件名"]);
        foreach (var row in rows)
        {
            writer.Add(row);
        }
        return writer.End().Marks;
    }
}
