using AuditTracker.Tests.Support;
using AuditTracker.Trail;
using Dapper;
using Npgsql;

namespace AuditTracker.Tests.Trail;

/// <summary>Rows that somebody wrote past the triggers, against what the trail tells of them.</summary>
public sealed class VerifyRowsTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await database.ArrangeAsync("""
            insert into departments (code) values ('塚'), ('R2'), ('R3');
            update departments set code = 'R3b' where code = 'R3';
            delete from departments where code = 'R2';
            update people set name = '相川 あき', name_kana = '' where id = 1;
            """);
        await database.SealAllAsync();
    }

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task Rows_as_the_trail_tells_them_are_sound_with_all_the_data_that_ships()
    {
        var verdict = await VerifyAsync();
        Assert.Empty(verdict.Findings);
        Assert.InRange(verdict.Rows, 500, long.MaxValue);
    }

    [Theory]
    [InlineData("update departments set code = 'other' where code = '塚'", FindingKind.RowChanged, "departments/{塚}", "code")]
    [InlineData("update departments set code = 'R3' where code = 'R3b'", FindingKind.RowChanged, "departments/{R3b}", "code")]
    [InlineData("update people set name = '別人' where id = 1", FindingKind.RowChanged, "people/1", "name")]
    [InlineData("update people set name = '別人' where id = 2", FindingKind.RowChanged, "people/2", "name")]
    [InlineData("update people set name_kana = 'ア' where id = 1", FindingKind.RowChanged, "people/1", "name_kana")]
    [InlineData("update people set hired_on = '2019-04-01' where id = 3", FindingKind.RowChanged, "people/3", "hired_on")]
    [InlineData("delete from departments where code = '塚'", FindingKind.RowMissing, "departments/{塚}", "")]
    [InlineData("insert into departments (id, code) overriding system value values (9000, 'new')", FindingKind.RowAdded, "departments/9000", "")]
    public async Task What_was_written_past_the_triggers_is_named(string sql, FindingKind kind, string where, string detail)
    {
        foreach (var code in new[] { "塚", "R3b" })
        {
            where = where.Replace("{" + code + "}", $"{await database.ScalarAsync<long>("select id from departments where code = @code", new { code })}");
        }
        await PastTheTriggersAsync(sql);
        var verdict = await VerifyAsync();
        var found = Assert.Single(verdict.Findings, finding => finding.Kind is FindingKind.RowChanged or FindingKind.RowAdded or FindingKind.RowMissing);
        Assert.Equal(new Finding(kind, where, detail), found);
        Assert.DoesNotContain((await database.Get<VerifyTrail>().RunAsync()).Findings, finding => finding == found);
    }

    [Fact]
    public async Task A_row_that_was_deleted_and_comes_back_past_the_triggers_is_named()
    {
        var id = await database.ScalarAsync<long>("select split_part(subject, '/', 2)::bigint from trail.entries where what = 'departments.delete'");
        await PastTheTriggersAsync($"insert into departments (id, code) overriding system value values ({id}, 'R2')");
        Assert.Contains(new Finding(FindingKind.RowAdded, $"departments/{id}"), (await VerifyAsync()).Findings);
    }

    [Fact]
    public async Task An_erased_personal_value_is_no_change()
    {
        await database.ArrangeAsync("select trail.erase_value(v.entry_id, v.side, v.name, '本人の求め') from trail.entry_values v join trail.entries e on e.id = v.entry_id where v.name = 'name' and e.subject like 'people/%'");
        await database.SealAllAsync();
        await PastTheTriggersAsync("update people set name = '（廃棄済み）'");
        var verdict = await VerifyAsync();
        Assert.Empty(verdict.Findings);
        Assert.Equal(await database.ScalarAsync<long>("select count(*) from trail.entry_values where value is null"), verdict.Erased);
    }

    [Fact]
    public async Task A_value_taken_out_of_the_trail_without_its_act_hides_no_change_of_the_row()
    {
        await PastTheTriggersAsync("update trail.entry_values set value = null where name = 'name'; update people set name = '別人' where id = 2");
        var findings = (await VerifyAsync()).Findings;
        Assert.Equal(new Finding(FindingKind.RowChanged, "people/2", "name"), Assert.Single(findings, finding => finding.Kind == FindingKind.RowChanged));
        Assert.Contains(findings, finding => finding is { Kind: FindingKind.ValueGone, Detail: "name" });
    }

    [Fact]
    public async Task Writers_meanwhile_are_no_fault()
    {
        using var enough = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                await using var work = await database.BeginAsync();
                await work.ExecuteAsync("insert into departments (code) values ('W' || @i); update people set name = 'W' || @i where id = 2", new { i });
                await work.CommitAsync();
            }
        });
        for (var round = 0; round < 3; round++)
        {
            Assert.Empty((await VerifyAsync()).Findings);
        }
        await enough.CancelAsync();
        await writer;
    }

    private Task<Verdict> VerifyAsync() => database.Get<VerifyTrail>().RunAsync(withRows: true);

    /// <summary>As a superuser with <c>session_replication_role</c> would: the triggers stay as they are and do not fire.</summary>
    private async Task PastTheTriggersAsync(string sql)
    {
        await using var connection = new NpgsqlConnection((await TestPostgres.GetAsync()).Superuser(new NpgsqlConnectionStringBuilder(database.OwnerConnection).Database!));
        await connection.OpenAsync();
        await connection.ExecuteAsync("set session_replication_role = replica; " + sql);
    }
}
