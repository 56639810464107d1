using Npgsql;

namespace AuditTracker.Tests.Support;

public sealed class TestPostgresTests
{
    [Fact]
    public async Task A_database_made_from_a_template_has_its_tables_and_belongs_to_the_owner()
    {
        var postgres = await TestPostgres.GetAsync();
        var template = await postgres.CreateDatabaseAsync();
        await ExecuteAsync(postgres.Owner(template), "create table kept (id bigint); grant select on kept to audit_tracker_app");

        var copy = await postgres.CreateDatabaseAsync(template);

        await ExecuteAsync(postgres.App(copy), "select id from kept");
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(postgres.App(copy), "drop table kept"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        await postgres.DropDatabaseAsync(copy);
        await postgres.DropDatabaseAsync(template);
    }

    private static async Task ExecuteAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
