using AuditTracker.Platform.Database;
using AuditTracker.Tests.Support;
using AuditTracker.Trail;
using Dapper;
using Npgsql;

namespace AuditTracker.Tests.Trail;

public sealed class TrailTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync();
    public async Task DisposeAsync() => await database.DisposeAsync();

    [Theory]
    [InlineData("insert into trail.entries select * from trail.entries limit 1")]
    [InlineData("update trail.entries set what = 'x'")]
    [InlineData("delete from trail.entries")]
    [InlineData("truncate trail.entries")]
    [InlineData("update trail.entry_values set value = 'x'")]
    [InlineData("delete from trail.entry_values")]
    [InlineData("select trail.people_insert()")]
    [InlineData("select trail.watch('people')")]
    [InlineData("select trail.n('x')")]
    [InlineData("alter table people disable trigger trail_insert")]
    [InlineData("drop trigger trail_insert on people")]
    [InlineData("select nextval('trail.entry_ids')")]
    [InlineData("update collection_acts set at = now()")]
    [InlineData("delete from submissions")]
    public async Task The_app_role_cannot_touch_the_trail_or_the_facts(string sql)
    {
        await using var connection = new NpgsqlConnection(database.AppConnection);
        await connection.OpenAsync();
        await connection.ExecuteAsync("select set_config('audit.actor', 'account:1', false)");
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(sql));
        Assert.Equal("42501", refused.SqlState);
    }

    [Fact]
    public async Task A_write_without_an_actor_fails()
    {
        await using var connection = new NpgsqlConnection(database.AppConnection);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync("insert into departments (code) values ('X')"));
        Assert.Equal("AT001", refused.SqlState);
    }

    [Fact]
    public async Task Every_table_is_watched_or_exempt_with_a_reason()
    {
        var open = await database.ListAsync<string>("""
            select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'migrations'
              and not exists (select 1 from trail.exempt_tables e where e.name = c.relname)
              and 3 <> (select count(*) from pg_trigger t where t.tgrelid = c.oid and t.tgname in ('trail_insert', 'trail_update', 'trail_delete') and t.tgenabled = 'O')
            """);
        Assert.Empty(open);
    }

    [Fact]
    public async Task Rows_of_one_operation_share_its_transaction_actor_and_request()
    {
        await using (var work = await database.BeginAsync("account:5"))
        {
            await work.ExecuteAsync("insert into departments (code) values ('T1'), ('T2')");
            await work.ActAsync("department.added", "department:T1", new Dictionary<string, string?> { ["code"] = "T1" }, "二つまとめて");
            await work.CommitAsync();
        }
        var rows = await database.ListAsync<(string Kind, string What, string Actor, string Request)>("""
            select kind, what, actor, request from trail.entries where tx = (select tx from trail.entries where what = 'department.added') order by id
            """);
        Assert.Equal([("row", "departments.insert", "account:5", "test"), ("row", "departments.insert", "account:5", "test"), ("act", "department.added", "account:5", "test")], rows);
    }

    [Fact]
    public async Task An_operation_that_is_not_committed_leaves_no_entry()
    {
        var before = await database.ScalarAsync<long>("select count(*) from trail.entries");
        await using (var work = await database.BeginAsync())
        {
            await work.ExecuteAsync("insert into departments (code) values ('GONE')");
        }
        Assert.Equal(before, await database.ScalarAsync<long>("select count(*) from trail.entries"));
    }
}
