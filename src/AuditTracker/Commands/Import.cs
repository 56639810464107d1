using System.Globalization;
using AuditTracker.People;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Commands;

/// <summary>
/// <c>import FILE.csv [--apply] [--effective DATE] [--missing leave --on DATE] [--many leave]</c> prints what the file changes and its errors; exit code 1 with errors.
/// </summary>
public static class Import
{
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, "--apply", "--skip-errors");
        if (arguments.Alone(0) == "evidence")
        {
            return await ImportEvidence.RunAsync(arguments);
        }
        var path = arguments.Alone(0) ?? throw new UsageException("Write: import FILE.csv [--apply] [--effective DATE] [--missing leave --on DATE] [--many leave]");
        var content = File.Exists(path) ? await File.ReadAllBytesAsync(path) : throw new UsageException($"There is no file {path}.");
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ja" ? "ja" : "en");
        await using var installation = await Installation.OpenAsync(arguments.Settings(), mayCreate: false);
        await installation.RefuseForeignSchemaAsync();
        await using var services = new ServiceCollection().AddLogging().AddRooms(installation).BuildServiceProvider();
        return await RunAsync(services, arguments, Path.GetFileName(path), content, Console.Out);
    }

    /// <summary>The verb on rooms that are open already.</summary>
    public static async Task<int> RunAsync(IServiceProvider services, Arguments arguments, string fileName, byte[] content, TextWriter output)
    {
        var import = services.GetRequiredService<ImportPeople>();
        var isApply = arguments.Has("--apply");
        var actor = Actor.Operator("import");
        try
        {
            var today = (await services.GetRequiredService<BusinessClock>().NowAsync()).Today;
            var terms = ImportTermsInput.Read(arguments.Get("--effective"), arguments.Get("--missing"), arguments.Get("--on"), today);
            var difference = isApply ? await import.ApplyAsync(actor, null, fileName, content, terms, manyMayLeave: ImportTermsInput.ManyMayLeave(arguments.Get("--many"))) : await import.CompareAsync(await import.ReadAsync(content, null, null), terms);
            Print(difference, isApply, services.GetRequiredService<IStringLocalizer<Words>>(), output);
            return difference.Errors.Count > 0 ? 1 : 0;
        }
        catch (Refusal refusal)
        {
            throw new UsageException(refusal.In(services.GetRequiredService<IStringLocalizerFactory>()));
        }
    }

    private static void Print(Difference difference, bool isApply, IStringLocalizer<Words> words, TextWriter output)
    {
        foreach (var person in difference.People.Where(person => person.Change is not PersonChange.Unchanged))
        {
            output.WriteLine($"{person.Change.ToString().ToLowerInvariant(),-9} {person.After.EmployeeNo}  {person.After.Name}  "
                + string.Join("; ", person.Changes.Select(change => $"{words[PeopleColumns.Of(change.Field).LabelKey]}: {change.Old} → {change.New}")));
        }

        foreach (var error in difference.Errors)
        {
            output.WriteLine(error.In(words));
        }

        var totals = difference.Totals;
        output.WriteLine($"added {totals.Added}, changed {totals.Changed}, leaving {totals.Leaving}, missing {totals.Missing}, unchanged {totals.Unchanged}, errors {difference.Errors.Count}. "
            + (!isApply ? "Nothing was changed; add --apply." : difference.Errors.Count > 0 ? "Nothing was changed." : "Applied."));
    }
}
