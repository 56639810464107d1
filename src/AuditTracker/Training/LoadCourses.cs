using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuditTracker.Platform.Database;

namespace AuditTracker.Training;

/// <summary>
/// Brings the courses of <c>templates/training</c> into the database: a changed one becomes a new version, what was there stays. Unchanged files cost one hash. A course whose newest version
/// was published on a page is the office's own and is left alone.
/// </summary>
public sealed class LoadCourses(Db db)
{
    // Part of every source hash; raise it when the same files are read differently.
    private const string Reading = "1";

    /// <param name="folder">Holds a folder a course; null: the shipped ones.</param>
    /// <returns>How many versions are new.</returns>
    /// <exception cref="InvalidDataException">A course contradicts itself; nothing is loaded.</exception>
    public async Task<int> RunAsync(string? folder = null, CancellationToken ct = default)
    {
        folder ??= Path.Combine(Settings.Templates, "training");
        await using var work = await db.BeginAsync(Actor.Operator("courses"), ct);
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtext('training_courses'))", ct: ct);
        var known = (await work.QueryAsync<(string Key, string Hash)>("select c.key, v.source_sha256 from training_courses c join training_course_versions v on v.course = c.key and v.version = c.version", ct: ct)).ToHashSet();
        var own = (await work.QueryAsync<string>("select c.key from training_courses c join training_course_versions v on v.course = c.key and v.version = c.version where v.by_account is not null", ct: ct)).ToHashSet();
        var added = 0;
        foreach (var path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            var texts = new List<string>();
            foreach (var name in CourseFile.Names)
            {
                texts.Add(await File.ReadAllTextAsync(Path.Combine(path, name), ct));
            }
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', [.. texts, Reading]))));
            var key = Path.GetFileName(path);
            if (own.Contains(key) || known.Contains((key, hash)))
            {
                continue;
            }
            var course = CourseFile.Read(key, texts);
            added += await work.ExecuteAsync("""
                insert into training_courses (key, version) values (@Key, 1) on conflict (key) do update set version = training_courses.version + 1;
                insert into training_course_versions (course, version, title_ja, title_en, minutes, pass_mark, drawn, source_sha256, content, at)
                select @Key, version, @TitleJa, @TitleEn, @Minutes, @PassMark, @Drawn, @hash, @content, @Now from training_courses where key = @Key
                """, new { course.Key, course.TitleJa, course.TitleEn, course.Minutes, course.PassMark, course.Drawn, hash, content = JsonSerializer.Serialize(course), work.Now }, ct) > 0 ? 1 : 0;
        }
        await work.CommitAsync(ct);
        return added;
    }
}
