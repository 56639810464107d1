using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Training;

/// <summary>A draft as its pages show it.</summary>
/// <param name="BasedOn">The version it began from; null: a new course.</param>
/// <param name="Version">Of the draft; a change says which it saw.</param>
public sealed record Draft(Course Course, int? BasedOn, int Version, string By, DateTime At);

/// <summary>A draft in the list of courses.</summary>
public sealed record DraftLine(string Key, string TitleJa, string TitleEn, string By, DateTime At)
{
    public string Title(string language) => Course.In(language, TitleJa, TitleEn);
}

/// <summary>
/// Changing a course: a draft that grows part by part, and publishing it as a version that nobody changes any more. Campaigns keep the version they were planned with. Compliance managers only.
/// </summary>
public sealed partial class EditCourse(Db db, BlobStore blobs, EvidenceFile looks)
{
    /// <summary>The largest picture or PDF.</summary>
    public const long MostBytes = 20L << 20;

    private const int MostMedia = 200;

    private sealed record DraftRow(string Content, int? BasedOn, int Version, string By, DateTime At);

    /// <summary>The draft of a course, or null.</summary>
    public async Task<Draft?> FindAsync(CurrentUser user, string key, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var row = await connection.FirstAsync<DraftRow>("""
            select d.content, d.based_on, d.version, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, d.at from training_course_drafts d join accounts a on a.id = d.by_account left join people p on p.id = a.person_id
            where d.course = @key and @may
            """, new { key, may = May(user) }, ct);
        return row is null ? null : new(JsonSerializer.Deserialize<Course>(row.Content)! with { Media = await connection.ListAsync<CourseMedia>(MediaSql, new { key }, ct) }, row.BasedOn, row.Version, row.By, row.At);
    }

    /// <summary>The drafts there are.</summary>
    public async Task<IReadOnlyList<DraftLine>> ListAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<DraftLine>("""
            select d.course as key, d.content::json ->> 'TitleJa' as title_ja, d.content::json ->> 'TitleEn' as title_en, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, d.at
            from training_course_drafts d join accounts a on a.id = d.by_account left join people p on p.id = a.person_id where @may order by d.course
            """, new { may = May(user) }, ct);
    }

    private const string MediaSql = "select name, sha256, media_type, size from training_media where course = @key order by name";

    /// <summary>A draft of a new course.</summary>
    /// <exception cref="InvalidInput">No key, or one that is taken.</exception>
    public async Task AddAsync(CurrentUser user, string key, string titleJa, string titleEn, CancellationToken ct = default)
    {
        if (!IsKey(key))
        {
            throw InvalidInput.At<Words>("key", "CourseKey");
        }
        if (titleJa.Replace("\0", "", StringComparison.Ordinal).Trim().Length is 0 or > 120)
        {
            throw InvalidInput.At<Words>("titleJa", "TitleLength", 120);
        }
        await BeginAsync(user, CourseDraft.New(key, titleJa, titleEn), null, mustBeNew: true, ct);
    }

    /// <summary>A draft of the newest version, or the one there is.</summary>
    public async Task OpenAsync(CurrentUser user, Course newest, int version, CancellationToken ct = default) => await BeginAsync(user, newest, version, mustBeNew: false, ct);

    private async Task BeginAsync(CurrentUser user, Course course, int? basedOn, bool mustBeNew, CancellationToken ct)
    {
        await using var work = await BeginAsync(user, ct);
        if (mustBeNew && await work.FirstAsync<bool>("select exists (select from training_courses where key = @Key) or exists (select from training_course_drafts where course = @Key)", course, ct))
        {
            throw InvalidInput.At<Words>("key", "CourseKeyTaken");
        }
        if (await InsertAsync(work, user, course, basedOn, ct))
        {
            await work.CommitAsync(ct);
        }
    }

    /// <summary>Changes a part of the draft.</summary>
    /// <param name="version">The draft the writer saw.</param>
    /// <exception cref="Refusal">Somebody else changed it meanwhile.</exception>
    public async Task ChangeAsync(CurrentUser user, string key, int version, Func<Course, Course> change, CancellationToken ct = default)
    {
        await using var work = await BeginAsync(user, ct);
        var course = change(await LockAsync(work, key, version, ct));
        CheckLength(course);
        await work.ExecuteAsync("update training_course_drafts set content = @content, version = version + 1, by_account = @AccountId, at = @Now where course = @key", new { key, content = Json(course), user.AccountId, work.Now }, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Keeps pictures and PDFs, looked into as evidence is; a name that stands for another content already gets a number.</summary>
    /// <exception cref="InvalidInput">Neither picture nor PDF, too large, or not what its name says.</exception>
    public async Task AddMediaAsync(CurrentUser user, string key, IReadOnlyList<UploadedFile> files, CancellationToken ct = default)
    {
        await CheckAsync(files, ct);
        await using var work = await BeginAsync(user, ct);
        _ = await work.FirstAsync<string>("select course from training_course_drafts where course = @key for update", new { key }, ct) ?? throw new NotFound();
        await KeepMediaAsync(work, user, key, files, ct);
        await work.CommitAsync(ct);
    }

    private async Task CheckAsync(IReadOnlyList<UploadedFile> files, CancellationToken ct)
    {
        if (files.FirstOrDefault(file => !FileInline.IsPicture(file.FileName) && !FileInline.IsPdf(file.FileName)) is { } other)
        {
            throw InvalidInput.At<Words>("file", "MediaKind", other.FileName);
        }
        if (files.FirstOrDefault(file => file.Blob.Size > MostBytes) is { } large)
        {
            throw InvalidInput.At<Words>("file", "MediaTooLarge", large.FileName, MostBytes >> 20);
        }
        if ((await looks.SortAsync(files, ct)).Refused is [var refused, ..])
        {
            throw refused;
        }
    }

    /// <returns>Under which name each is kept.</returns>
    private async Task<IReadOnlyList<(string Given, string Kept)>> KeepMediaAsync(UnitOfWork work, CurrentUser user, string key, IReadOnlyList<UploadedFile> files, CancellationToken ct)
    {
        var known = (await work.QueryAsync<CourseMedia>(MediaSql, new { key }, ct)).ToDictionary(media => media.Name, media => media.Sha256);
        if (known.Count + files.Count > MostMedia)
        {
            throw InvalidInput.At<Words>("file", "MediaTooMany", MostMedia);
        }
        var kept = new List<(string, string)>();
        foreach (var file in files.OrderBy(file => file.Blob.Sha256, StringComparer.Ordinal))
        {
            var name = FreeName(file.FileName, file.Blob.Sha256, known);
            kept.Add((file.FileName, name));
            // Also for a name that is known: its bytes may have been destroyed as evidence, and are here again now.
            await KeepFile.AddAsync(work, blobs, file.Blob, isSent: true, ct);
            if (known.TryAdd(name, file.Blob.Sha256))
            {
                await work.ExecuteAsync("insert into training_media (course, name, sha256, media_type, size, by_account, at) values (@key, @name, @Sha256, @MediaType, @Size, @AccountId, @Now)",
                    new { key, name, file.Blob.Sha256, file.MediaType, file.Blob.Size, user.AccountId, work.Now }, ct);
            }
        }
        return kept;
    }

    /// <summary>Publishes the draft as the course's newest version.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="Refusal">Something is missing, or somebody else changed the draft meanwhile.</exception>
    public async Task<int> PublishAsync(CurrentUser user, string key, int version, CancellationToken ct = default)
    {
        await using var work = await BeginAsync(user, ct);
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtext('training_courses'))", ct: ct);
        var draft = await LockAsync(work, key, version, ct);
        var media = await work.QueryAsync<CourseMedia>(MediaSql, new { key }, ct);
        var named = draft.Pages.SelectMany(page => new[] { page.FileJa, page.FileEn }.Concat(MarkdownText.Pictures(page.Ja)).Concat(MarkdownText.Pictures(page.En))).ToHashSet();
        var course = draft with { Media = [.. media.Where(file => named.Contains(file.Name))] };
        if (CourseCheck.Of(course) is { Count: > 0 } problems)
        {
            throw Refusal.Of<Words>("CourseNotReady", problems.Count);
        }
        var content = Json(course, withMedia: true);
        var published = await work.FirstAsync<int>("""
            insert into training_courses (key, version) values (@Key, 1) on conflict (key) do update set version = training_courses.version + 1 returning version
            """, course, ct);
        await work.ExecuteAsync("""
            insert into training_course_versions (course, version, title_ja, title_en, minutes, pass_mark, drawn, source_sha256, content, at, by_account)
            values (@Key, @published, @TitleJa, @TitleEn, @Minutes, @PassMark, @Drawn, @hash, @content, @Now, @AccountId);
            delete from training_course_drafts where course = @Key;
            """, new { course.Key, published, course.TitleJa, course.TitleEn, course.Minutes, course.PassMark, course.Drawn, hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))), content, work.Now, user.AccountId }, ct);
        await work.ActAsync("course.published", $"course:{key}", new Dictionary<string, string?> { ["version"] = $"{published}" }, ct: ct);
        await work.CommitAsync(ct);
        return published;
    }

    /// <summary>Throws the draft away; what was published stays.</summary>
    public async Task DiscardAsync(CurrentUser user, string key, int version, CancellationToken ct = default)
    {
        await using var work = await BeginAsync(user, ct);
        _ = await LockAsync(work, key, version, ct);
        await work.ExecuteAsync("delete from training_course_drafts where course = @key", new { key }, ct);
        await work.ActAsync("course.draftDiscarded", $"course:{key}", ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Makes a course that was read from a file the draft, with its media; nothing is published.</summary>
    /// <exception cref="Refusal">There is a draft already.</exception>
    public async Task TakeInAsync(CurrentUser user, Course course, IReadOnlyList<UploadedFile> media, CancellationToken ct = default)
    {
        if (!IsKey(course.Key))
        {
            throw InvalidInput.At<Words>("file", "CourseKey");
        }
        CheckLength(course);
        await CheckAsync(media, ct);
        await using var work = await BeginAsync(user, ct);
        var names = new Dictionary<string, string>();
        foreach (var (given, kept) in (await KeepMediaAsync(work, user, course.Key, media, ct)).OrderBy(pair => pair.Given != pair.Kept))
        {
            names.TryAdd(given, kept);
        }
        // A name that stands for another content here got a new one; the material is told, every name once.
        string Renamed(string text) => MarkdownText.WithPictures(text, names);
        string? Name(string? file) => names.GetValueOrDefault(file ?? "", file!);
        course = course with { Pages = [.. course.Pages.Select(page => page with { Ja = Renamed(page.Ja), En = Renamed(page.En), FileJa = Name(page.FileJa), FileEn = Name(page.FileEn) })] };
        if (!await InsertAsync(work, user, course, await work.FirstAsync<int?>("select version from training_courses where key = @Key", course, ct), ct))
        {
            throw Refusal.Of<Words>("DraftExists", course.Key);
        }
        await work.CommitAsync(ct);
    }

    /// <summary>Words of the addresses beside it are no keys.</summary>
    private static bool IsKey(string key) => Key().IsMatch(key) && key is not ("new" or "import");

    private async Task<UnitOfWork> BeginAsync(CurrentUser user, CancellationToken ct) => May(user) ? await db.BeginAsync(Actor.Of(user), ct) : throw new NotFound();

    private static bool May(CurrentUser user) => user.Is(Role.ComplianceManager);

    private static async Task<bool> InsertAsync(UnitOfWork work, CurrentUser user, Course course, int? basedOn, CancellationToken ct)
    {
        var isNew = await work.ExecuteAsync("insert into training_course_drafts (course, based_on, content, by_account, at) values (@Key, @basedOn, @content, @AccountId, @Now) on conflict do nothing", new { course.Key, basedOn, content = Json(course), user.AccountId, work.Now }, ct) == 1;
        if (isNew)
        {
            await work.ActAsync("course.draftBegun", $"course:{course.Key}", ct: ct);
        }
        return isNew;
    }

    private static async Task<Course> LockAsync(UnitOfWork work, string key, int version, CancellationToken ct)
    {
        var (content, known) = await work.FirstAsync<(string?, int)>("select content, version from training_course_drafts where course = @key for update", new { key }, ct);
        return content is null ? throw new NotFound() : known == version ? JsonSerializer.Deserialize<Course>(content)! : throw Refusal.Of<Words>("DraftChanged");
    }

    /// <exception cref="Refusal">More than a course holds.</exception>
    private static void CheckLength(Course course)
    {
        if (course.Pages.Count > CourseCheck.MostPages || course.Questions.Count > CourseCheck.MostQuestions)
        {
            throw Refusal.Of<Words>("CourseTooLong", CourseCheck.MostPages, CourseCheck.MostQuestions);
        }
        if (CourseCheck.LengthOf(course) > CourseCheck.MostCharacters)
        {
            throw Refusal.Of<Words>("CourseTooLarge", CourseCheck.MostCharacters);
        }
    }

    private static readonly JsonSerializerOptions WithoutNul = new() { Converters = { new PlainText() } };

    private static string Json(Course course, bool withMedia = false) => JsonSerializer.Serialize(withMedia ? course : course with { Media = null }, WithoutNul);

    /// <summary>The database reads no JSON with a NUL in it, wherever it stands: whatever a form sends is written without.</summary>
    private sealed class PlainText : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value.Replace("\0", "", StringComparison.Ordinal));
    }

    /// <summary>A name that needs no quoting in Markdown.</summary>
    private static string FreeName(string given, string sha256, Dictionary<string, string> known)
    {
        var plain = Unquoted().Replace(given.Normalize(NormalizationForm.FormC), "-");
        for (var number = 1; ; number++)
        {
            var name = number == 1 ? plain : $"{Path.GetFileNameWithoutExtension(plain)}-{number}{Path.GetExtension(plain)}";
            if (!known.TryGetValue(name, out var content) || content == sha256)
            {
                return name;
            }
        }
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{1,39}\z")]
    internal static partial Regex Key();

    [GeneratedRegex(@"[\s()<>\[\]""'\\%#?&!*_`]+")]
    private static partial Regex Unquoted();
}
