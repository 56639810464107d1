using System.Collections.Concurrent;
using System.Text.Json;
using AuditTracker.Platform.Database;

namespace AuditTracker.Training;

/// <summary>A version of a course, without its content.</summary>
public sealed record CourseVersion(string Key, int Version, string TitleJa, string TitleEn, int Minutes, int PassMark, int Drawn, string SourceSha256, DateTime At)
{
    public string Title(string language) => Course.In(language, TitleJa, TitleEn);
}

/// <summary>Reads courses. A version never changes, so one read is kept for the life of the process.</summary>
public sealed class CourseStore(Db db)
{
    private readonly ConcurrentDictionary<(string, int), Course> kept = new();

    /// <summary>The newest version of every course.</summary>
    public async Task<IReadOnlyList<CourseVersion>> NewestAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<CourseVersion>("""
            select v.course as key, v.version, v.title_ja, v.title_en, v.minutes, v.pass_mark, v.drawn, v.source_sha256, v.at
            from training_courses c join training_course_versions v on v.course = c.key and v.version = c.version order by c.key
            """, ct: ct);
    }

    /// <summary>Every version of a course, the newest first.</summary>
    public async Task<IReadOnlyList<CourseVersion>> VersionsAsync(string key, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<CourseVersion>("select course as key, version, title_ja, title_en, minutes, pass_mark, drawn, source_sha256, at from training_course_versions where course = @key order by version desc limit 200", new { key }, ct);
    }

    /// <summary>A version with everything in it, or null.</summary>
    public async Task<Course?> FindAsync(string key, int version, CancellationToken ct)
    {
        if (kept.TryGetValue((key, version), out var course))
        {
            return course;
        }
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<string>("select content from training_course_versions where course = @key and version = @version", new { key, version }, ct) is { } content
            ? kept[(key, version)] = JsonSerializer.Deserialize<Course>(content)! : null;
    }
}
