using System.Globalization;
using System.Text.Json;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.People;

/// <summary>The wire of people (design §7).</summary>
public static class PeopleApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").WithTags("people");
        api.MapPost("/people/import", ImportAsync).May(Role.ComplianceManager).DisableAntiforgery()
            .WithMetadata(new RequestSizeLimitAttribute(PeopleFile.MaxBytes + (1 << 20)))
            .WithMetadata(new DescribedBody(typeof(ImportBody), "multipart/form-data")).Produces<ImportAnswer>().Produces<ImportAnswer>(StatusCodes.Status422UnprocessableEntity);
        // For the preview's page: what must be put right, as a workbook.
        app.MapGet("/people/import/{id:long}/errors", ErrorsAsync).May(Role.ComplianceManager).ExcludeFromDescription();
        api.MapGet("/people", PeopleAsync).May();
        api.MapGet("/departments", DepartmentsAsync).May();
    }

    private static async Task<IResult> ImportAsync(
        HttpContext http, ImportPeople import, BusinessClock clock, IStringLocalizer<Words> words, string? apply, string? effective, string? missing, string? on, string? errors, string? many, CancellationToken ct)
    {
        var user = http.CurrentUser();
        var terms = ImportTermsInput.Read(effective, missing, on, (await clock.NowAsync(ct)).Today);
        terms = string.IsNullOrEmpty(errors) ? terms : errors == "skip" ? terms with { SkipErrors = true } : throw InvalidInput.At<Words>("errors", "ImportErrorsRule");
        var manyMayLeave = ImportTermsInput.ManyMayLeave(many);
        var form = await FormAsync(http.Request, ct);
        var file = form.Files.GetFile("file") ?? throw InvalidInput.At<Words>("file", "ImportNoFile");
        var content = await ContentAsync(file, ct);
        var sheet = form["sheet"].ToString() is { Length: > 0 } named ? named : null;
        var holds = form["columns"].ToString();
        var read = content.Length <= PeopleFile.MaxBytes && holds.Length > 0 && PeopleFile.TableOf(content, sheet) is { Header: { } header } table
            ? PeopleFile.Of(table, ColumnMap.Of(holds, header))
            : await import.ReadAsync(content, sheet, null, ct);
        var isApply = apply is not null && (bool.TryParse(apply, out var given) ? given : throw InvalidInput.At<Words>("apply", "ImportApply"));
        var difference = isApply
            ? await import.ApplyAsync(Actor.Of(user), user.AccountId, file.FileName, content, terms, read, manyMayLeave, ct)
            : await import.CompareAsync(read, terms, ct);
        var isApplied = isApply && difference.Errors.Count == 0;
        return Results.Json(ImportAnswer.Of(read, difference, isApplied, words), statusCode: isApply && !isApplied ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private static async Task ErrorsAsync(HttpContext http, ImportPeople import, PeopleImportStore imports, BusinessClock clock, IStringLocalizer<Words> words, long id, string? effective, CancellationToken ct)
    {
        if (await imports.FindAsync(http.CurrentUser(), id, ct) is not { Content: { } content } kept)
        {
            throw new NotFound();
        }

        var now = await clock.NowAsync(ct);
        var file = await import.ReadAsync(content, kept.Sheet, kept.ChosenColumns, ct);
        var difference = await import.CompareAsync(file, new(ImportTermsInput.Day("effective", effective) ?? now.Today, null, SkipErrors: true), ct);
        http.Response.ContentType = WorkbookWriter.MediaType;
        http.Response.Headers.ContentDisposition = FileDownload.Disposition($"{words["ImportErrorSheet"].Value}_{Path.GetFileNameWithoutExtension(kept.FileName)}.xlsx");
        http.Response.Headers.CacheControl = "no-store, private";
        await ErrorWorkbook.WriteAsync(http.Response.Body, file, [.. difference.Errors.Concat(difference.Skipped)], words, now.Now, ct);
    }

    private static async Task<IFormCollection> FormAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasFormContentType)
        {
            throw new UploadRefusedException(UploadRefusal.NotMultipart);
        }
        try
        {
            return await request.ReadFormAsync(ct);
        }
        catch (InvalidDataException e)
        {
            throw new UploadRefusedException(UploadRefusal.Malformed, null, e);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new UploadRefusedException(UploadRefusal.Incomplete, null, e);
        }
    }

    /// <summary>The bytes of a file, or as many as show that it is too large.</summary>
    public static async Task<byte[]> ContentAsync(IFormFile file, CancellationToken ct)
    {
        var content = new byte[Math.Min(file.Length, PeopleFile.MaxBytes + 1)];
        await using var stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(content, ct);
        return content;
    }

    private static async Task<WirePage<PersonEntry>> PeopleAsync(
        HttpContext http, PeopleList list, string? q, string? department, string? on, bool? here, string? after, int? limit, CancellationToken ct)
    {
        var filter = new PeopleFilter(ImportTermsInput.Day("on", on), q, department, here ?? false);
        if (!string.IsNullOrEmpty(after) && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw InvalidInput.At<Words>("after", "CursorUnknown", after);
        }
        var (rows, next) = await list.PageAsync(http.CurrentUser(), filter, after, WireLimit.Of(limit), ct);
        return new([.. rows.Select(PersonEntry.Of)], next);
    }

    private static async Task<WirePage<DepartmentAnswer>> DepartmentsAsync(HttpContext http, PeopleList list, string? on, string? after, int? limit, CancellationToken ct)
    {
        var (rows, next) = await list.DepartmentsAsync(http.CurrentUser(), ImportTermsInput.Day("on", on), after, WireLimit.Of(limit), ct);
        return new([.. rows.Select(row => new DepartmentAnswer(row.Code, row.Name, row.HeadNo, row.Parent))], next);
    }
}

/// <summary>The terms of an import as they are typed: dates as 2026-11-22.</summary>
public static class ImportTermsInput
{
    /// <param name="today">The business date, which is meant when no effective date is given.</param>
    /// <exception cref="InvalidInput">At <c>effective</c>, <c>missing</c> or <c>on</c>.</exception>
    public static ImportTerms Read(string? effective, string? missing, string? on, DateOnly today)
    {
        var effectiveOn = Day("effective", effective) ?? today;
        var lastDay = Day("on", on);
        return string.IsNullOrEmpty(missing) ? new(effectiveOn, null)
            : missing != "leave" ? throw InvalidInput.At<Words>("missing", "ImportMissingRule")
            : new(effectiveOn, lastDay ?? throw InvalidInput.At<Words>("on", "ImportMissingWithoutDay"));
    }

    /// <summary>Whether more than a fifth may leave: <c>leave</c> says so.</summary>
    /// <exception cref="InvalidInput">At <c>many</c>.</exception>
    public static bool ManyMayLeave(string? many) => many switch { null or "" => false, "leave" => true, _ => throw InvalidInput.At<Words>("many", "ImportManyRule") };

    /// <summary>A day of the wire, or null when it is left out.</summary>
    public static DateOnly? Day(string field, string? text) =>
        string.IsNullOrEmpty(text) ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw InvalidInput.At<Words>(field, "ImportDay", text);
}

/// <summary>The body of an import, as the API's document shows it.</summary>
public sealed class ImportBody
{
    public required IFormFile File { get; init; }

    /// <summary>The sheet of a workbook; left out = the one whose heads are known best.</summary>
    public string? Sheet { get; init; }

    /// <summary>What columns hold whose heads we do not know: a JSON object of head and field, remembered for files with the same heads when it is applied.</summary>
    public string? Columns { get; init; }
}

/// <summary>What an import means or did. Every person is counted once; departments that are new or renamed are counted apart.</summary>
/// <param name="Warnings">What looks wrong and stops nothing.</param>
/// <param name="Sheet">The sheet of a workbook that was read; null for a CSV.</param>
/// <param name="Columns">The columns of the file, what each is read as, and its first values.</param>
public sealed record ImportAnswer(
    int Added, int Changed, int Leaving, int Missing, int Unchanged, ImportErrorAnswer[] Errors, bool Applied, ImportDepartments Departments,
    ImportErrorAnswer[] Warnings, string? Sheet, string[] Sheets, ImportColumnAnswer[] Columns)
{
    internal static ImportAnswer Of(PeopleFile file, Difference difference, bool isApplied, IStringLocalizer words) => new(
        difference.Totals.Added,
        difference.Totals.Changed,
        difference.Totals.Leaving,
        difference.Totals.Missing,
        difference.Totals.Unchanged,
        [.. difference.Errors.Concat(difference.Skipped).Select(error => new ImportErrorAnswer(error.Line, error.FieldName, error.In(words)))],
        isApplied,
        new(difference.Departments.Count(department => department.IsNew), difference.Departments.Count(department => department.IsRenamed)),
        [.. difference.Warnings.Select(warning => new ImportErrorAnswer(warning.Line, warning.FieldName, warning.In(words)))],
        file.Table.Sheet,
        [.. file.Table.Sheets],
        [.. ColumnMap.Choices(file).Select(column => new ImportColumnAnswer(column.Header, column.Field is { } field ? JsonNamingPolicy.CamelCase.ConvertName(field.ToString()) : null, [.. column.Samples]))]);
}

public sealed record ImportColumnAnswer(string Header, string? Field, string[] Samples);

public sealed record ImportErrorAnswer(int Line, string Field, string Message);

public sealed record ImportDepartments(int Added, int Renamed);

/// <summary>A person on the wire.</summary>
public sealed record PersonEntry(
    long Id,
    string EmployeeNo,
    string Name,
    string NameKana,
    string Email,
    string Language,
    PostDepartment? Department,
    PostEntry[] Posts,
    string? Title,
    string? EmploymentType,
    DateOnly? HiredOn,
    DateOnly? LeftOn,
    string? Manager,
    string[]? Tags)
{
    internal static PersonEntry Of(PersonRow row) => new(
        row.Id, row.EmployeeNo, row.Name, row.NameKana, row.Email, row.Language, row.DepartmentCode is { } code ? new(code, row.DepartmentName) : null,
        [.. row.Posts], row.Title, row.EmploymentType, row.HiredOn, row.LeftOn, row.ManagerNo, row.Tags);
}

public sealed record DepartmentAnswer(string Code, string? Name, string? Head, string? Parent);
