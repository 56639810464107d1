using AuditTracker.Controls;
using AuditTracker.Platform.Database;
using AuditTracker.Tests.Support;
using Dapper;
using Npgsql;

namespace AuditTracker.Tests.Controls;

public sealed class LoadFrameworksTests : IAsyncLifetime
{
    private NpgsqlDataSource _source = null!;
    private Db _db = null!;

    public async Task InitializeAsync()
    {
        var postgres = await TestPostgres.GetAsync();
        var name = await postgres.CreateDatabaseAsync();
        await Migrator.MigrateAsync(postgres.Owner(name) + ";Pooling=false", ClusterRoles.App);
        _source = NpgsqlDataSource.Create(postgres.App(name));
        _db = new Db(_source);
    }

    public async Task DisposeAsync() => await _source.DisposeAsync();

    [Fact]
    public async Task Every_assessable_item_of_the_five_catalogues_has_a_control()
    {
        Assert.Equal(5, await new LoadFrameworks(_db).RunAsync());

        Assert.Equal(["iso27001-2022 123", "pmark-jisq15001-2023 59", "safe-security-isp 20", "iso27001-2013 140", "appi-safety-measures 17"], await ListAsync("""
            select f.key || ' ' || count(*) from frameworks f join controls c on c.framework = f.key group by f.key, f.position order by f.position
            """));
        Assert.Equal("0", await OneAsync("select count(*)::text from items i where is_group = exists (select 1 from controls c where (c.framework, c.ref) = (i.framework, i.ref))"));
        Assert.Equal("0", await OneAsync("select count(*)::text from controls c where version <> 1 or not applicable or not exists (select 1 from control_versions v where (v.framework, v.ref, v.version) = (c.framework, c.ref, 1))"));
    }

    [Fact]
    public async Task Items_keep_what_the_catalogue_says_of_them()
    {
        await new LoadFrameworks(_db).RunAsync();

        Assert.Equal("93 yes", await OneAsync("select count(*) || ' ' || excludable from items where framework = 'iso27001-2022' and ref like 'A.%' and not is_group group by excludable"));
        Assert.Equal("30 no", await OneAsync("select count(*) || ' ' || excludable from items where framework = 'iso27001-2022' and ref not like 'A.%' and not is_group group by excludable"));
        Assert.Equal(["J.2.3", "J.3.1", "J.4.4"], await ListAsync("select ref from items where framework = 'pmark-jisq15001-2023' and not shown order by position"));
        Assert.Equal(["1-1-3 signature", "1-1-4 signature"], await ListAsync("select official_ref || ' ' || needs_proof from items where needs_proof is not null order by framework, position"));
        Assert.Equal(["iso27001-2013 true false", "appi-safety-measures false true"], await ListAsync("select key || ' ' || archived || ' ' || reference from frameworks where archived or reference order by position"));
        Assert.Equal("組織的/Organizational", await OneAsync("select title_ja || '/' || title_en from themes where framework = 'iso27001-2022' and key = 'organizational'"));
        Assert.Equal("A.5.1,A.5.2,A.5.3", await OneAsync("select string_agg(ref, ',' order by position) from items where framework = 'iso27001-2022' and ref in ('A.5.1', 'A.5.2', 'A.5.3')"));
        Assert.NotEqual("0", await OneAsync("select count(*)::text from items where unverified_ja and not unverified_en"));
    }

    [Fact]
    public async Task The_mapping_is_loaded_and_the_old_edition_reaches_the_new_one()
    {
        await new LoadFrameworks(_db).RunAsync();

        Assert.Equal(["equivalent 6", "partial 182", "related 144"], await ListAsync("select strength || ' ' || count(*) from item_mappings where from_framework <> 'iso27001-2013' group by strength order by strength"));
        Assert.Equal(["A.5.18 partial", "A.5.18 partial"], await ListAsync("select to_ref || ' ' || strength from item_mappings where from_framework = 'iso27001-2013' and from_ref in ('A.9.2.2', 'A.9.2.5') and to_framework = 'iso27001-2022'"));
        Assert.Equal("equivalent", await OneAsync("select strength from item_mappings where from_framework = 'iso27001-2013' and from_ref = '4.1'"));
        Assert.Equal("equivalent 82, partial 62", await OneAsync("""
            select string_agg(s, ', ' order by s) from (select strength || ' ' || count(*) as s from item_mappings where from_framework = 'iso27001-2013' group by strength) counted
            """));
    }

    [Fact]
    public async Task Loading_again_changes_nothing_and_leaves_no_trace()
    {
        await new LoadFrameworks(_db).RunAsync();
        var entries = await OneAsync("select count(*)::text from trail.entries");

        Assert.Equal(0, await new LoadFrameworks(_db).RunAsync());

        Assert.Equal(entries, await OneAsync("select count(*)::text from trail.entries"));
    }

    [Fact]
    public async Task A_new_edition_of_a_file_moves_renames_and_adds_items_but_deletes_none()
    {
        using var first = new CatalogueFolder("""
            - {ref: '1', title_ja: 一, title_en: One}
            - {ref: '2', title_ja: 二, title_en: Two}
            - {ref: '3', title_ja: 三, title_en: Three}
            """);
        await new LoadFrameworks(_db).RunAsync(first.Path);
        await new LoadFrameworks(_db).RunAsync(first.Write("""
            - {ref: '3', title_ja: 三, title_en: Third}
            - {ref: '1', title_ja: 一, title_en: One}
            - {ref: '4', title_ja: 四, title_en: Four}
            """));

        Assert.Equal(["3 Third", "1 One", "4 Four", "2 Two"], await ListAsync("select ref || ' ' || title_en from items order by position"));
        Assert.Equal("4", await OneAsync("select count(*)::text from controls"));
    }

    [Theory]
    [InlineData("- {ref: '1', title_ja: 一, title_en: One}\n- {ref: '1', title_ja: 一, title_en: One}", "Framework sample 1: stands twice.")]
    [InlineData("- {ref: '1', title_ja: 一}", "Framework sample 1: needs both titles.")]
    [InlineData("- {ref: '1', title_ja: 一, title_en: One, theme: unheard}", "Framework sample 1: names the unknown theme unheard.")]
    [InlineData("- {ref: '1', title_ja: 一, title_en: One, excludable: perhaps}", "Framework sample 1: excludable is yes, na or no, not \"perhaps\".")]
    public async Task A_file_that_contradicts_itself_loads_nothing(string items, string message)
    {
        using var folder = new CatalogueFolder(items);

        Assert.Equal(message, (await Assert.ThrowsAsync<InvalidDataException>(() => new LoadFrameworks(_db).RunAsync(folder.Path))).Message);
        Assert.Equal("0", await OneAsync("select count(*)::text from frameworks"));
    }

    private async Task<string?> OneAsync(string sql) => await ListAsync(sql) is [var first, ..] ? first : null;

    private async Task<IReadOnlyList<string>> ListAsync(string sql)
    {
        await using var connection = await _db.OpenAsync();
        return (await connection.QueryAsync<string>(sql)).AsList();
    }

    /// <summary>A folder with one framework of the given items and an empty mapping.</summary>
    private sealed class CatalogueFolder : IDisposable
    {
        public CatalogueFolder(string items)
        {
            File.WriteAllText(System.IO.Path.Combine(Path, "mapping.yaml"), "mappings: []");
            Write(items);
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("catalogue-").FullName;

        public string Write(string items)
        {
            File.WriteAllText(System.IO.Path.Combine(Path, "sample.yaml"), $"""
                key: sample
                order: 1
                name_ja: 見本
                name_en: Sample
                title_ja: 見本の規格
                title_en: Sample framework
                edition: '1'
                excludable: 'yes'
                items:

                """ + items + "\n");
            return Path;
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
