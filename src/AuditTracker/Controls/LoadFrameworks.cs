using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;

namespace AuditTracker.Controls;

/// <summary>
/// Brings the catalogues of <c>templates/frameworks</c> into the database: frameworks, themes, items, the mapping across them, and a
/// control for every assessable item. Unchanged files cost one hash. Items are never deleted: evidence may stand on them.
/// </summary>
public sealed class LoadFrameworks(Db db)
{
    private const string MappingName = "mapping.yaml";

    // Part of every source hash; raise it when the loader reads the same files differently.
    private const string Reading = "1";

    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Loads every framework of the folder in one transaction.</summary>
    /// <param name="folder">Holds one YAML file a framework and <c>mapping.yaml</c>; null: the shipped one.</param>
    /// <returns>How many frameworks were new or changed; 0 when everything was there already.</returns>
    /// <exception cref="InvalidDataException">A file contradicts itself or another; nothing is loaded.</exception>
    public async Task<int> RunAsync(string? folder = null, CancellationToken ct = default)
    {
        folder ??= Path.Combine(Settings.Templates, "frameworks");
        var mapping = await File.ReadAllBytesAsync(Path.Combine(folder, MappingName), ct);
        var sources = new List<(string Path, byte[] Bytes, string Hash)>();
        foreach (var path in Directory.EnumerateFiles(folder, "*.yaml").Where(path => Path.GetFileName(path) != MappingName).Order(StringComparer.Ordinal))
        {
            var bytes = await File.ReadAllBytesAsync(path, ct);
            sources.Add((path, bytes, Convert.ToHexStringLower(SHA256.HashData([.. bytes, .. mapping, .. Encoding.UTF8.GetBytes(Reading)]))));
        }

        await using var work = await db.BeginAsync(Actor.Operator("frameworks"), ct);
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtext('frameworks'))", ct: ct);
        var known = (await work.QueryAsync<string>("select source_sha256 from frameworks", ct: ct)).ToHashSet();
        var changed = sources.Count(source => !known.Contains(source.Hash));
        if (changed == 0)
        {
            return 0;
        }

        // All of them, not only the changed ones: the mapping ties them together, and the statements touch only rows that differ.
        var files = sources.Select(source => (File: YamlFile.Parse<FrameworkFile>(Encoding.UTF8.GetString(source.Bytes), Path.GetFileName(source.Path)), source.Hash)).ToList();
        var pairs = YamlFile.Parse<MappingFile>(Encoding.UTF8.GetString(mapping), MappingName).Mappings;
        files.ForEach(entry => entry.File.Check());
        await WriteAsync(work, files, [.. pairs, .. files.SelectMany(entry => Successors(entry.File))], ct);
        await work.CommitAsync(ct);
        return changed;
    }

    /// <summary>
    /// The pairs from the 2013 edition to 2022: equivalent where one control became one, partial where it was merged or split, because
    /// evidence for the old control then shows only a part of the new one (or the new one only a part of it).
    /// </summary>
    private static IEnumerable<MappingFile.Pair> Successors(FrameworkFile file) =>
        from item in file.Items
        from successor in item.Mapped2022
        select new MappingFile.Pair
        {
            FromFramework = file.Key,
            FromRef = item.Ref,
            ToFramework = "iso27001-2022",
            ToRef = successor,
            Strength = item.Relation == "one_to_one" ? "equivalent" : "partial",
        };

    private static async Task WriteAsync(UnitOfWork work, List<(FrameworkFile File, string Hash)> files, List<MappingFile.Pair> pairs, CancellationToken ct)
    {
        await work.ExecuteAsync("""
            insert into frameworks (key, title_ja, title_en, short_ja, short_en, edition, archived, reference, position, source_sha256)
            select key, title_ja, title_en, name_ja, name_en, edition, archived, reference, "order", hash
            from jsonb_to_recordset(@rows::jsonb) as r (key text, title_ja text, title_en text, name_ja text, name_en text, edition text, archived boolean, reference boolean, "order" int, hash text)
            on conflict (key) do update set title_ja = excluded.title_ja, title_en = excluded.title_en, short_ja = excluded.short_ja, short_en = excluded.short_en,
                edition = excluded.edition, archived = excluded.archived, reference = excluded.reference, position = excluded.position, source_sha256 = excluded.source_sha256
            where frameworks.source_sha256 <> excluded.source_sha256
            """,
            new { rows = Json(files.Select(entry => new { entry.File.Key, entry.File.TitleJa, entry.File.TitleEn, entry.File.NameJa, entry.File.NameEn, entry.File.Edition, entry.File.Archived, entry.File.Reference, entry.File.Order, entry.Hash })) }, ct);

        await work.ExecuteAsync("""
            insert into themes (framework, key, title_ja, title_en, position)
            select framework, key, title_ja, title_en, position
            from jsonb_to_recordset(@rows::jsonb) as r (framework text, key text, title_ja text, title_en text, position int)
            on conflict (framework, key) do update set title_ja = excluded.title_ja, title_en = excluded.title_en, position = excluded.position
            where (themes.title_ja, themes.title_en, themes.position) is distinct from (excluded.title_ja, excluded.title_en, excluded.position)
            """,
            new { rows = Json(files.SelectMany(entry => entry.File.Themes.Select((theme, position) => new { Framework = entry.File.Key, theme.Key, theme.TitleJa, theme.TitleEn, Position = position }))) }, ct);

        await WriteItemsAsync(work, Json(files.SelectMany(entry => entry.File.Items.Select((item, position) => new
        {
            Framework = entry.File.Key,
            item.Ref,
            OfficialRef = item.OfficialRef ?? item.Ref,
            item.TitleJa,
            item.TitleEn,
            Position = position,
            IsGroup = item.Group,
            item.Shown,
            UnverifiedJa = !item.Verified && item.UnverifiedFields.Contains("title_ja"),
            UnverifiedEn = !item.Verified && item.UnverifiedFields.Contains("title_en"),
            item.Theme,
            Excludable = item.Excludable ?? entry.File.Excludable,
            item.NeedsProof,
        }))), ct);

        var rows = Json(pairs);
        await work.ExecuteAsync("""
            delete from item_mappings m where not exists (
                select 1 from jsonb_to_recordset(@rows::jsonb) as r (from_framework text, from_ref text, to_framework text, to_ref text)
                where (r.from_framework, r.from_ref, r.to_framework, r.to_ref) = (m.from_framework, m.from_ref, m.to_framework, m.to_ref))
            """, new { rows }, ct);
        await work.ExecuteAsync("""
            insert into item_mappings (from_framework, from_ref, to_framework, to_ref, strength, note)
            select from_framework, from_ref, to_framework, to_ref, strength, note
            from jsonb_to_recordset(@rows::jsonb) as r (from_framework text, from_ref text, to_framework text, to_ref text, strength text, note text)
            on conflict (from_framework, from_ref, to_framework, to_ref) do update set strength = excluded.strength, note = excluded.note
            where (item_mappings.strength, item_mappings.note) is distinct from (excluded.strength, excluded.note)
            """, new { rows }, ct);

        await work.ExecuteAsync("insert into controls (framework, ref) select framework, ref from items where not is_group order by framework, position on conflict do nothing", ct: ct);
        await work.ExecuteAsync("""
            insert into control_versions (framework, ref, version, applicable, reason, owner_id, implementation, at)
            select framework, ref, version, applicable, reason, owner_id, implementation, @Now from controls c
            where not exists (select 1 from control_versions v where (v.framework, v.ref) = (c.framework, c.ref))
            """, new { work.Now }, ct);
    }

    private static async Task WriteItemsAsync(UnitOfWork work, string rows, CancellationToken ct)
    {
        // Two items may not share a place even for the length of a statement: those that move step behind the last one first.
        await work.ExecuteAsync("""
            update items i set position = i.position + 1 + (select max(position) from items last where last.framework = i.framework)
            where exists (select 1 from jsonb_to_recordset(@rows::jsonb) as f (framework text) where f.framework = i.framework)
              and not exists (select 1 from jsonb_to_recordset(@rows::jsonb) as r (framework text, ref text, position int)
                              where (r.framework, r.ref, r.position) = (i.framework, i.ref, i.position))
            """, new { rows }, ct);
        await work.ExecuteAsync("""
            insert into items (framework, ref, official_ref, title_ja, title_en, position, is_group, shown, unverified_ja, unverified_en, theme, excludable, needs_proof)
            select framework, ref, official_ref, title_ja, title_en, position, is_group, shown, unverified_ja, unverified_en, theme, excludable, needs_proof
            from jsonb_to_recordset(@rows::jsonb) as r (framework text, ref text, official_ref text, title_ja text, title_en text, position int, is_group boolean, shown boolean,
                unverified_ja boolean, unverified_en boolean, theme text, excludable text, needs_proof text)
            on conflict (framework, ref) do update set official_ref = excluded.official_ref, title_ja = excluded.title_ja, title_en = excluded.title_en, position = excluded.position,
                is_group = excluded.is_group, shown = excluded.shown, unverified_ja = excluded.unverified_ja, unverified_en = excluded.unverified_en,
                theme = excluded.theme, excludable = excluded.excludable, needs_proof = excluded.needs_proof
            where (items.official_ref, items.title_ja, items.title_en, items.position, items.is_group, items.shown, items.unverified_ja, items.unverified_en, items.theme, items.excludable, items.needs_proof)
                is distinct from (excluded.official_ref, excluded.title_ja, excluded.title_en, excluded.position, excluded.is_group, excluded.shown, excluded.unverified_ja, excluded.unverified_en, excluded.theme, excluded.excludable, excluded.needs_proof)
            """, new { rows }, ct);
    }

    private static string Json<T>(IEnumerable<T> rows) => JsonSerializer.Serialize(rows, SnakeCase);
}
