using System.Globalization;
using System.Text;
using AuditTracker.Tests.Support;
using AuditTracker.Trail;

namespace AuditTracker.Tests.Trail;

public sealed class CanonicalEntryTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync();
    public async Task DisposeAsync() => await database.DisposeAsync();

    private sealed record Row(long Id, string Tx, DateTime At, DateTime RecordedAt, string Actor, string Request, string Kind, string What, string Subject, byte[] Canonical);

    private sealed record ValueRow(long EntryId, string Side, string Name, Guid Salt, string? Value);

    [Fact]
    public async Task Every_entry_of_a_database_decodes_and_encodes_to_its_own_bytes_and_says_what_the_columns_say()
    {
        await LiveALittleAsync();
        var rows = await database.ListAsync<Row>("select id, tx::text as tx, at, recorded_at, actor, request, kind, what, subject, canonical from trail.entries order by id");
        var values = (await database.ListAsync<ValueRow>("select entry_id, side, name, salt, value from trail.entry_values")).ToDictionary(value => (value.EntryId, value.Side, value.Name));
        Assert.True(rows.Count > 100 && values.Count > 20, $"{rows.Count} entries and {values.Count} values are too few to prove anything");
        var committed = 0;
        foreach (var row in rows)
        {
            var entry = CanonicalEntry.Decode(row.Canonical);
            Assert.Equal(row.Canonical, entry.Encode());
            Assert.Equal((row.Id, row.Tx, row.At, row.RecordedAt, row.Actor, row.Request, row.Kind, row.What, row.Subject),
                (entry.Id, entry.Tx.ToString(CultureInfo.InvariantCulture), entry.At, entry.RecordedAt, entry.Actor, entry.Request, entry.Kind, entry.What, entry.Subject));
            foreach (var (side, map) in new[] { ("before", entry.Before), ("after", entry.After) })
            {
                foreach (var cell in (map ?? []).Where(cell => cell.IsPersonal))
                {
                    var kept = values[(entry.Id, side, cell.Name)];
                    Assert.True(cell.Commits(kept.Salt, kept.Value!), $"entry {entry.Id} {cell.Name}");
                    Assert.False(cell.Commits(kept.Salt, kept.Value + " "));
                    Assert.False(cell.Commits(Guid.NewGuid(), kept.Value!));
                    committed++;
                }
            }
        }
        Assert.Equal(values.Count, committed);
    }

    [Fact]
    public async Task A_changed_byte_is_refused_or_read_as_just_that_change()
    {
        await LiveALittleAsync();
        var entries = await database.ListAsync<byte[]>("select canonical from trail.entries where what in ('people.update', 'departments.delete', 'test.done') order by id desc limit 4");
        Assert.Equal(4, entries.Count);
        foreach (var bytes in entries)
        {
            for (var place = 0; place < bytes.Length; place++)
            {
                foreach (var other in (byte[])[(byte)(bytes[place] ^ 1), (byte)'0', (byte)'}', (byte)',', 0xFF])
                {
                    var changed = (byte[])bytes.Clone();
                    changed[place] = other;
                    if (CanonicalEntry.TryDecode(changed) is { } entry)
                    {
                        Assert.Equal(changed, entry.Encode());
                    }
                }
                Assert.Null(CanonicalEntry.TryDecode(bytes.AsSpan(0, place)));
            }
            Assert.Null(CanonicalEntry.TryDecode([.. bytes, (byte)' ']));
        }
    }

    private const string Head = "1;1:1,1:9,1:0,2:-5,1:a,0:,3:act,3:x.y,1:s,";

    [Fact]
    public void The_example_of_the_specification_reads_as_it_says()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "AuditTracker.sln")))
        {
            root = root.Parent!;
        }
        var example = File.ReadLines(Path.Combine(root.FullName, "src/AuditTracker/Trail/README.md")).Single(line => line.StartsWith("1;", StringComparison.Ordinal));
        var entry = CanonicalEntry.Decode(Encoding.UTF8.GetBytes(example));
        Assert.Equal((new DateTime(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc), "job:OpenDueCollections", "act", "collections.opened", "day:2026-11-24"), (entry.At, entry.Actor, entry.Kind, entry.What, entry.Subject));
        Assert.Equal([new("count", "3", null)], entry.After!);
    }

    [Fact]
    public void Every_part_is_read_into_its_place()
    {
        var entry = CanonicalEntry.Decode(Encoding.UTF8.GetBytes(Head + "-{1:a,=1:1,3:塚,-}"));
        Assert.Equal((1, 9UL, 0, -5, "a", "", "act", "x.y", "s"), (entry.Id, entry.Tx, entry.AtMicros, entry.RecordedMicros, entry.Actor, entry.Request, entry.Kind, entry.What, entry.Subject));
        Assert.Null(entry.Before);
        Assert.Equal([new("a", "1", null), new("塚", null, null)], entry.After!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2;1:1,1:9,1:0,1:0,1:a,0:,3:act,3:x.y,1:s,-{}")]
    [InlineData("1;01:1,1:9,1:0,1:0,1:a,0:,3:act,3:x.y,1:s,-{}")]
    [InlineData("1;2:01,1:9,1:0,1:0,1:a,0:,3:act,3:x.y,1:s,-{}")]
    [InlineData("1;2:+1,1:9,1:0,1:0,1:a,0:,3:act,3:x.y,1:s,-{}")]
    [InlineData("1;1:1,2:-9,1:0,1:0,1:a,0:,3:act,3:x.y,1:s,-{}")]
    [InlineData("1;1:1,1:9,2:-0,1:0,1:a,0:,3:act,3:x.y,1:s,-{}")]
    [InlineData("1;1:1,1:9,19:9223372036854775807,1:0,1:a,0:,3:act,3:x.y,1:s,-{}")]
    [InlineData("1;1:1,1:9,1:0,1:0,1:a,0:,3:acf,3:x.y,1:s,-{}")]
    [InlineData(Head + "--")]
    [InlineData(Head + "-{")]
    [InlineData(Head + "-{1:b,-1:a,-}")]
    [InlineData(Head + "-{1:a,-1:a,-}")]
    [InlineData(Head + "-{1:a,=99999999999999999999:x,}")]
    [InlineData(Head + "-{1:a,#63:000000000000000000000000000000000000000000000000000000000000000,}")]
    [InlineData(Head + "-{1:a,#64:A000000000000000000000000000000000000000000000000000000000000000,}")]
    [InlineData(Head + "-{}\n")]
    public void Malformed_bytes_are_refused(string text) =>
        Assert.Throws<FormatException>(() => CanonicalEntry.Decode(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused() =>
        Assert.Null(CanonicalEntry.TryDecode([.. Encoding.UTF8.GetBytes(Head + "-{1:a,=2:"), 0xC0, 0x80, .. ",}"u8]));

    [Fact]
    public async Task Without_a_set_clock_business_and_recorded_instants_are_the_same_and_a_set_clock_parts_them()
    {
        await LiveALittleAsync();
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from trail.entries where at <> recorded_at"));
        await database.SetClockAsync("2031-03-04T09:00:00");
        await using (var work = await database.BeginAsync())
        {
            await work.ActAsync("test.later", "test:1");
            await work.CommitAsync();
        }
        Assert.Equal(2031, (await database.ScalarAsync<DateTime>("select at from trail.entries where what = 'test.later'")).Year);
    }

    [Fact]
    public async Task A_comment_never_enters_an_act_as_a_plain_fact()
    {
        await using var work = await database.BeginAsync();
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => work.ActAsync("test.done", "test:1", new Dictionary<string, string?> { ["comment"] = "名前" }));
        Assert.Equal("22023", refused.SqlState);
    }

    /// <summary>Rows and acts with what is hard to write: nothing, empty, separators, other scripts, personal values that come and go.</summary>
    private async Task LiveALittleAsync()
    {
        await using var work = await database.BeginAsync("account:1");
        await work.ExecuteAsync("insert into departments (code) values ('1:x,{}-=#'), ('塚𠮷😀')");
        await work.ExecuteAsync("update people set name = '隆　' || name, name_kana = '' where id < 4");
        await work.ExecuteAsync("update people set name_kana = 'カナ', left_on = '2099-12-31' where id = 1");
        await work.ActAsync("test.done", "test:1", new Dictionary<string, string?> { ["b"] = null, ["a"] = "", ["塚"] = "}1:a,", ["B"] = "\n\"\\" }, "言葉、\t2行\n目");
        await work.ActAsync("test.done", "");
        await work.CommitAsync();
        await database.ArrangeAsync("delete from departments where code = '塚𠮷😀'");
    }
}
