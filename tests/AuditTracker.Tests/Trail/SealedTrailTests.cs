using AuditTracker.Tests.Support;
using AuditTracker.Trail;
using Dapper;
using Npgsql;

namespace AuditTracker.Tests.Trail;

/// <summary>What a superuser of the database can do to the trail, and that each of it is found and named.</summary>
public sealed class SealedTrailTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await WriteAsync(20);
        await SealAsync();
        await WriteAsync(20);
        await SealAsync();
        await WriteAsync(3);
        await SealAsync();
    }

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task An_untouched_trail_is_sound_and_wholly_sealed()
    {
        var verdict = await VerifyAsync();
        Assert.Empty(verdict.Findings);
        Assert.Equal(await database.ScalarAsync<long>("select count(*) from trail.entries"), verdict.Entries);
        Assert.Equal(0, verdict.Unsealed);
        Assert.True(verdict.Seals >= 3);
    }

    [Fact]
    public async Task Sealing_again_without_news_adds_nothing()
    {
        var seals = await database.ScalarAsync<long>("select count(*) from trail.seals");
        await SealAsync();
        Assert.Equal(seals, await database.ScalarAsync<long>("select count(*) from trail.seals"));
    }

    [Fact]
    public async Task An_open_operation_holds_its_number_back_and_is_sealed_when_it_ends()
    {
        await using (var slow = await database.BeginAsync())
        {
            await slow.ExecuteAsync("insert into departments (code) values ('SLOW')");
            await WriteAsync(5);
            await database.Get<SealTrail>().RunAsync();
            await database.Get<SealTrail>().RunAsync();
            await database.Get<SealTrail>().RunAsync();
            var held = await VerifyAsync();
            Assert.Empty(held.Findings);
            Assert.True(held.Unsealed >= 5);
            await slow.CommitAsync();
        }
        await SealAsync();
        var after = await VerifyAsync();
        Assert.Empty(after.Findings);
        Assert.Equal(0, after.Unsealed);
    }

    [Fact]
    public async Task Writers_and_the_sealer_at_once_leave_a_sound_chain()
    {
        var writing = Enumerable.Range(0, 4).Select(async writer =>
        {
            for (var i = 0; i < 25; i++)
            {
                await WriteAsync(1 + i % 3, undo: i % 5 == 0);
            }
        }).ToList();
        while (writing.Exists(task => !task.IsCompleted))
        {
            await database.ScalarAsync<int>("select trail.seal(7)");
        }
        await Task.WhenAll(writing);
        await SealAsync();
        var verdict = await VerifyAsync();
        Assert.Empty(verdict.Findings);
        Assert.Equal(0, verdict.Unsealed);
    }

    [Fact]
    public Task A_changed_entry_is_named() => TamperAsync(
        "update trail.entries set canonical = convert_to(replace(convert_from(canonical, 'UTF8'), 'T1', 'T9'), 'UTF8') where id = @id", FindingKind.EntryChanged, "{id}");

    [Fact]
    public Task A_changed_column_beside_an_entry_is_named() => TamperAsync("update trail.entries set actor = 'account:9' where id = @id", FindingKind.ColumnsDiffer, "{id}");

    [Fact]
    public Task An_entry_before_the_first_number_is_named() => TamperAsync(
        "insert into trail.entries select -5, tx, at, recorded_at, actor, request, kind, what, subject, canonical from trail.entries where id = @id", FindingKind.EntryAdded, "-5");

    [Fact]
    public Task A_column_that_was_emptied_is_named() => TamperAsync("alter table trail.entries alter column at drop not null; update trail.entries set at = null where id = @id", FindingKind.ColumnsDiffer, "{id}");

    [Fact]
    public Task A_deleted_entry_is_named() => TamperAsync("delete from trail.entries where id = @id", FindingKind.EntryMissing, "{id}");

    [Fact]
    public Task Two_entries_that_changed_places_are_named() => TamperAsync("""
        update trail.entries e set canonical = o.canonical from trail.entries o where e.id in (@id, @id + 1) and o.id in (@id, @id + 1) and o.id <> e.id
        """, FindingKind.EntryChanged, "{id+1}");

    [Fact]
    public Task An_entry_put_into_a_sealed_range_is_named() => TamperAsync("""
        insert into trail.entries (id, tx, at, recorded_at, actor, request, kind, what, subject, canonical)
        select -1, tx, at, recorded_at, actor, request, kind, what, subject, canonical from trail.entries where id = @id;
        update trail.entries set id = (select min(g) from generate_series(1, @id) g where not exists (select from trail.entries where id = g)) where id = -1 and exists (select from generate_series(1, @id) g where not exists (select from trail.entries where id = g));
        delete from trail.entries where id = @id + 1;
        update trail.entries set id = @id + 1 where id = -1
        """, null, null);

    [Fact]
    public async Task A_cut_end_is_found_by_the_heads_noted_outside()
    {
        await SuperuserAsync("delete from trail.entries where id >= (select from_id from trail.seals order by number desc limit 1); delete from trail.seals where number = (select max(number) from trail.seals)");
        var findings = (await VerifyAsync()).Findings;
        Assert.Equal(FindingKind.HeadUnknown, Assert.Single(findings).Kind);
    }

    [Fact]
    public async Task An_end_that_was_cut_off_together_with_the_heads_noted_outside_is_found_by_the_rows_a_head_from_elsewhere_or_a_time_stamp()
    {
        var head = await database.ScalarAsync<byte[]>("select head from trail.seals order by number desc limit 1");
        await SuperuserAsync("insert into trail.anchors (number, head, authority, stamped_at, token) select number, head, 'tsa', now(), '' from trail.seals order by number desc limit 1");
        await SuperuserAsync("delete from trail.entries where id >= (select from_id from trail.seals order by number desc limit 1); delete from trail.seals where number = (select max(number) from trail.seals)");
        File.Delete(Path.Combine(database.Installation.Settings.Data, "trail", "heads"));
        Assert.Equal(FindingKind.AnchorWrong, Assert.Single((await VerifyAsync()).Findings).Kind);
        await SuperuserAsync("delete from trail.anchors");
        // Seals alone cannot tell any more; the rows still stand there unexplained.
        Assert.Empty((await VerifyAsync()).Findings);
        Assert.Equal(FindingKind.HeadUnknown, Assert.Single((await database.Get<VerifyTrail>().RunAsync([head])).Findings).Kind);
        var rows = (await database.Get<VerifyTrail>().RunAsync(withRows: true)).Findings;
        Assert.Equal(3, rows.Count(finding => finding.Kind == FindingKind.RowAdded && finding.Where.StartsWith("departments/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_trail_written_anew_from_an_old_place_is_found_by_the_heads_noted_outside()
    {
        await SuperuserAsync("""
            update trail.entries set actor = 'account:9', canonical = convert_to(replace(convert_from(canonical, 'UTF8'), 'operator:test', 'operator:tset'), 'UTF8');
            update trail.entries set actor = substr(convert_from(canonical, 'UTF8'), strpos(convert_from(canonical, 'UTF8'), 'operator:'), 13) where convert_from(canonical, 'UTF8') like '%operator:tset%';
            delete from trail.seals; delete from trail.seal_mark
            """);
        await SealAsync();
        Assert.Contains((await VerifyAsync()).Findings, finding => finding.Kind == FindingKind.HeadUnknown);
    }

    [Fact]
    public Task A_replaced_root_is_named() => TamperAsync("update trail.seals set root = sha256('x') where number = 2", FindingKind.SealChanged, "2");

    [Fact]
    public Task Replaced_leaves_are_named() => TamperAsync("update trail.seals set leaves = set_byte(leaves, 3, 255 - get_byte(leaves, 3)) where number = 2", FindingKind.SealChanged, "2");

    [Fact]
    public Task A_seal_taken_out_of_the_chain_is_named() => TamperAsync("delete from trail.seals where number = 2", FindingKind.ChainBroken, "3");

    [Fact]
    public Task A_changed_personal_value_is_named() => TamperAsync("""
        update trail.entry_values set value = '別人' where (entry_id, side, name) = (select entry_id, side, name from trail.entry_values order by entry_id limit 1)
        """, FindingKind.ValueChanged, null);

    [Fact]
    public Task A_personal_value_whose_row_is_gone_is_named() => TamperAsync("""
        delete from trail.entry_values where (entry_id, side, name) = (select entry_id, side, name from trail.entry_values order by entry_id limit 1)
        """, FindingKind.ValueChanged, null);

    [Fact]
    public async Task An_erased_personal_value_leaves_every_proof_valid()
    {
        await SuperuserAsync("select trail.erase_value(entry_id, side, name, null) from trail.entry_values");
        var waiting = await VerifyAsync();
        Assert.Empty(waiting.Findings);
        await SealAsync();
        var verdict = await VerifyAsync();
        Assert.Empty(verdict.Findings);
        Assert.Equal(await database.ScalarAsync<long>("select count(*) from trail.entry_values"), verdict.Erased);
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from trail.entry_values where value is not null or salt <> '00000000-0000-0000-0000-000000000000'"));
    }

    [Theory]
    [InlineData("update trail.entry_values set value = null where (entry_id, side, name) = (@id, 'after', 'comment')")]
    // Another value's act, one from before the entry, and one that an unsealed column alone makes.
    [InlineData("update trail.entry_values set value = null where (entry_id, side, name) = (@id, 'after', 'comment'); select trail.act('trail.valueErased', 'entry:' || @id || '/before/comment')")]
    [InlineData("update trail.entry_values set value = null where (entry_id, side, name) = (@id, 'after', 'comment'); update trail.entries set what = 'trail.valueErased', subject = 'entry:' || @id || '/after/comment' where id = @id + 1")]
    public async Task A_personal_value_that_is_gone_without_an_act_is_named(string sql)
    {
        var id = await database.ScalarAsync<long>("select max(v.entry_id) from trail.entry_values v join trail.entries e on e.id = v.entry_id where e.what = 'department.added' and e.id < (select max(id) from trail.entries)");
        await SuperuserAsync(sql, new { id });
        Assert.Contains(new Finding(FindingKind.ValueGone, $"{id}", "comment"), (await VerifyAsync()).Findings);
    }

    [Fact]
    public async Task An_operator_erases_a_value_once_with_a_reason_and_nobody_one_that_is_not_there()
    {
        var id = await database.ScalarAsync<long>("select max(entry_id) from trail.entry_values where name = 'comment'");
        Assert.True(await AuditTracker.Commands.EraseCommand.RunAsync(database.OwnerConnection, id, "after", "comment", "本人の求め", default));
        Assert.False(await AuditTracker.Commands.EraseCommand.RunAsync(database.OwnerConnection, id, "after", "comment", "もう一度", default));
        await Assert.ThrowsAsync<AuditTracker.Commands.UsageException>(() => AuditTracker.Commands.EraseCommand.RunAsync(database.OwnerConnection, id, "before", "comment", "ない", default));
        Assert.Equal(["operator:erase 本人の求め"], await database.ListAsync<string>("select e.actor || ' ' || v.value from trail.entries e join trail.entry_values v on v.entry_id = e.id where e.what = 'trail.valueErased' and e.subject = 'entry:' || @id || '/after/comment'", new { id }));
        Assert.Empty((await VerifyAsync()).Findings);
    }

    [Theory]
    [InlineData("alter table departments disable trigger trail_insert")]
    [InlineData("alter table departments disable trigger trail_insert; alter table departments enable trigger trail_insert")]
    [InlineData("drop trigger trail_insert on departments; create trigger trail_insert after insert on departments referencing new table as changed for each statement execute function trail.departments_insert()")]
    [InlineData("select trail.watch('departments')")]
    [InlineData("create or replace function trail.actor() returns text language sql as $$ select 'account:1'::text $$")]
    [InlineData("grant insert on trail.entries to public")]
    [InlineData("grant update (value) on trail.entry_values to audit_tracker_app")]
    [InlineData("grant create on schema trail to audit_tracker_app")]
    [InlineData("create function zz() returns trigger language plpgsql as $$ begin return null; end $$; create trigger zz before insert on trail.entries for each row execute function zz()")]
    [InlineData("create function zz() returns trigger language plpgsql as $$ begin return null; end $$; create trigger zz before insert on trail.entry_values for each row execute function zz()")]
    [InlineData("create function zz() returns trigger language plpgsql as $$ begin return null; end $$; create trigger zz before insert on trail.seals for each row execute function zz()")]
    [InlineData("create rule zz as on insert to trail.entry_values do instead nothing")]
    [InlineData("create rule zz as on update to departments do instead nothing")]
    [InlineData("alter table trail.entries enable row level security")]
    [InlineData("create policy zz on trail.entries using (id < 10)")]
    [InlineData("alter table people enable row level security")]
    public Task What_records_the_trail_cannot_be_changed_or_made_again_unseen(string sql) => TamperAsync(sql, FindingKind.GuardChanged, null);

    [Fact]
    public async Task A_database_whose_triggers_do_not_fire_by_its_settings_is_found()
    {
        await using (var superuser = new NpgsqlConnection((await TestPostgres.GetAsync()).Superuser(new NpgsqlConnectionStringBuilder(database.OwnerConnection).Database!)))
        {
            await superuser.ExecuteAsync("do $$ begin execute format('alter database %I set session_replication_role = replica', current_database()); end $$");
        }
        Assert.Contains((await VerifyAsync()).Findings, finding => finding.Kind == FindingKind.GuardChanged);
    }

    [Fact]
    public async Task The_app_role_cannot_write_seals_or_guards()
    {
        foreach (var sql in new[] { "delete from trail.seals", "update trail.seals set root = ''", "insert into trail.guards values (1, 'x')", "select trail.guard('x')", "delete from trail.anchors", "delete from trail.seal_mark", "select trail.erase_value(1, 'after', 'comment')" })
        {
            await using var connection = new NpgsqlConnection(database.AppConnection);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(sql));
            Assert.Equal("42501", refused.SqlState);
        }
    }

    [Fact]
    public async Task The_databases_hashes_are_ours()
    {
        var leaves = await database.ListAsync<byte[]>("select sha256('\\x00'::bytea || canonical) from trail.entries e, trail.seals s where s.number = 1 and e.id between s.from_id and s.through_id order by e.id");
        Assert.Equal(await database.ScalarAsync<byte[]>("select root from trail.seals where number = 1"), MerkleTree.Root([.. leaves.SelectMany(leaf => leaf)]));
    }

    /// <summary>As a superuser: change something, then verify; the expected finding must be there.</summary>
    private async Task TamperAsync(string sql, FindingKind? kind, string? where)
    {
        var id = await database.ScalarAsync<long>("select min(id) from trail.entries where what = 'departments.insert' and convert_from(canonical, 'UTF8') like '%T1%' and id > (select from_id + 3 from trail.seals where number = 2)");
        await SuperuserAsync(sql, new { id });
        var findings = (await VerifyAsync()).Findings;
        Assert.NotEmpty(findings);
        if (kind is not null)
        {
            Assert.Contains(findings, finding => finding.Kind == kind && (where is null || finding.Where == where.Replace("{id}", $"{id}").Replace("{id+1}", $"{id + 1}")));
        }
    }

    private async Task SuperuserAsync(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(database.OwnerConnection);
        await connection.OpenAsync();
        await connection.ExecuteAsync("select set_config('audit.actor', 'operator:test', false)");
        await connection.ExecuteAsync(sql, parameters);
    }

    private Task<Verdict> VerifyAsync() => database.Get<VerifyTrail>().RunAsync();

    private Task SealAsync() => database.SealAllAsync();

    private async Task WriteAsync(int departments, bool undo = false)
    {
        await using var work = await database.BeginAsync();
        await work.ExecuteAsync("insert into departments (code) select 'T1' || gen_random_uuid() from generate_series(1, @departments)", new { departments });
        await work.ActAsync("department.added", "department:T1", null, "理由");
        if (!undo)
        {
            await work.CommitAsync();
        }
    }
}
