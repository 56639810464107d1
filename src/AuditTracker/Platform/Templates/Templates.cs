using System.Collections.Concurrent;
using HandlebarsDotNet;
using HandlebarsDotNet.Compiler;

namespace AuditTracker.Platform.Templates;

/// <summary>
/// The texts of mails, as Handlebars files below one folder: <c>mail/evidence/returned.ja.html.hbs</c> is
/// <c>Render("mail/evidence/returned.ja.html", model)</c>. A name the model does not have is an error, never a gap.
/// </summary>
/// <remarks>
/// <c>.html</c> and <c>.row</c> escape what they show; <c>.subject</c>, <c>.text</c>, <c>.line</c> and all else do not, and a
/// subject is one line. A partial is a file that begins with <c>_</c>, anywhere below the folder: <c>{{&gt; _footer}}</c>
/// takes <c>_footer.ja.html.hbs</c> in <c>….ja.html</c>, else <c>_footer.html.hbs</c>.
/// Only branches that run find missing names: test each template with models that take every branch.
/// A file of the same name below the folder of overrides stands in for the one that ships, as soon as it is there and as long as it is sound; one that is not is
/// passed over (<see cref="ProblemOf"/>).
/// </remarks>
/// <param name="root">What ships.</param>
/// <param name="overrides">Where an operator's own stand; null: nowhere.</param>
public sealed class Templates(string root, string? overrides = null)
{
    private const string Extension = ".hbs";

    private readonly string folder = Path.GetFullPath(root);
    private readonly ConcurrentDictionary<string, Lazy<IHandlebars>> environments = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Func<object, string>>> compiled = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Own> owns = new(StringComparer.Ordinal);

    /// <summary>Says what is wrong with an override, by its name and text; null: nothing. Asked once for each version of a file.</summary>
    public Func<string, string, string?> Vet { get; init; } = (_, _) => null;

    /// <summary>Told when an override failed at a mail although it had been found sound.</summary>
    public Action<string, Exception>? Passed { get; init; }

    /// <summary>Where an operator's own stand; null: nowhere.</summary>
    public string? Overrides { get; } = overrides is null ? null : Path.GetFullPath(overrides);

    private sealed record Own(DateTime At, long Size, Func<object, string>? Template, string? Problem);

    /// <summary>Whether there is such a template.</summary>
    public bool Has(string name) => File.Exists(PathOf(name));

    /// <summary>The filled-in text.</summary>
    /// <param name="name">Path below the folder with <c>/</c>, without <c>.hbs</c>.</param>
    /// <param name="model">A dictionary, record or anonymous object of plain values and lists; dates already as text.</param>
    /// <exception cref="TemplateException">No such template, a mistake in it, or a name the model does not have.</exception>
    public string Render(string name, object model)
    {
        if (OwnOf(name)?.Template is { } own)
        {
            try
            {
                return Fill(name, own, model);
            }
            catch (TemplateException problem)
            {
                // What ships has been tested with more than an operator can think of.
                Passed?.Invoke(name, problem);
            }
        }
        return Fill(name, compiled.GetOrAdd(name, n => new(() => Compile(n))).Value, model);
    }

    /// <summary>Fills in a text that is not in a file (yet), under the rules of the name it is to have.</summary>
    /// <exception cref="TemplateException">A mistake in it, or a name the model does not have.</exception>
    public static string Render(string name, string text, object model) => Trial(name, text)(model);

    /// <summary>Like <see cref="Render(string, string, object)"/> for many models.</summary>
    public static Func<object, string> Trial(string name, string text)
    {
        try
        {
            var template = Plain(Suffix(name)).Compile(text);
            return model => Fill(name, filled => template(filled), model);
        }
        catch (HandlebarsException e)
        {
            throw new TemplateException(name, e.Message, e);
        }
    }

    /// <summary>What ships under this name.</summary>
    public string Shipped(string name) => Has(name) ? File.ReadAllText(PathOf(name)) : throw new TemplateException(name, "there is no such file");

    /// <summary>The override as it stands in its file, sound or not; null: there is none.</summary>
    public string? OverrideOf(string name) => OverridePath(name) is { } path && File.Exists(path) ? File.ReadAllText(path) : null;

    /// <summary>Why an override is passed over; null: there is none, or it is sound.</summary>
    public string? ProblemOf(string name) => OwnOf(name)?.Problem;

    /// <summary>Every override there is, by name.</summary>
    public IReadOnlyList<string> Overridden() => Overrides is null || !Directory.Exists(Overrides) ? []
        : [.. Directory.EnumerateFiles(Overrides, "*" + Extension, SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Overrides, path)[..^Extension.Length].Replace('\\', '/')).Order(StringComparer.Ordinal)];

    /// <summary>Puts an override in place, or takes it away (null); whoever renders next has it.</summary>
    public void SetOverride(string name, string? text)
    {
        var path = OverridePath(name) ?? throw new InvalidOperationException("There is no folder of overrides.");
        Files.DurableFiles.CreateDirectory(Path.GetDirectoryName(path)!);
        if (text is null)
        {
            File.Delete(path);
        }
        else
        {
            var half = $"{path}.{Guid.NewGuid():N}.new";
            using (var file = new FileStream(half, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }
            File.Move(half, path, overwrite: true);
        }
        Files.DurableFiles.SyncDirectory(Path.GetDirectoryName(path)!);
        owns.TryRemove(name, out _);
    }

    private string? OverridePath(string name) => Overrides is null ? null : PathOf(name) is { Length: > 0 } ? Path.Combine(Overrides, name + Extension) : null;

    /// <summary>The override as its file is now: size and time are asked each time, its text is read when they changed.</summary>
    private Own? OwnOf(string name)
    {
        if (OverridePath(name) is not { } path || new FileInfo(path) is not { Exists: true } file)
        {
            return null;
        }
        if (owns.TryGetValue(name, out var known) && known.At == file.LastWriteTimeUtc && known.Size == file.Length)
        {
            return known;
        }
        Own read;
        try
        {
            var text = File.ReadAllText(path);
            read = Vet(name, text) is { } problem ? new Own(file.LastWriteTimeUtc, file.Length, null, problem) : new Own(file.LastWriteTimeUtc, file.Length, Trial(name, text), null);
        }
        catch (Exception problem) when (problem is TemplateException or IOException or UnauthorizedAccessException)
        {
            read = new Own(file.LastWriteTimeUtc, file.Length, null, problem.Message);
        }
        return owns[name] = read;
    }

    private static string Fill(string name, Func<object, string> template, object model)
    {
        try
        {
            var text = template(model);
            return name.EndsWith(".subject", StringComparison.Ordinal) ? OneLine(text) : text;
        }
        catch (HandlebarsUndefinedBindingException e)
        {
            throw new TemplateException(name, $"the model has no \"{e.Path ?? e.MissingKey}\"", e);
        }
        catch (HandlebarsException e)
        {
            throw new TemplateException(name, e.Message, e);
        }
    }

    private Func<object, string> Compile(string name)
    {
        if (!Has(name))
        {
            throw new TemplateException(name, "there is no such file");
        }

        var environment = environments.GetOrAdd(Suffix(name), s => new(() => CreateEnvironment(s))).Value;
        try
        {
            var template = environment.Compile(File.ReadAllText(PathOf(name)));
            return filled => template(filled);
        }
        catch (HandlebarsException e)
        {
            throw new TemplateException(name, e.Message, e);
        }
    }

    // One environment for each ".ja.html", so that a partial's name means the file of the same language and kind.
    private IHandlebars CreateEnvironment(string suffix)
    {
        var kind = suffix[(suffix.LastIndexOf('.') + 1)..];
        var environment = Plain(suffix);
        foreach (var name in Partials("." + kind).Concat(Partials(suffix)).Distinct())
        {
            var path = Path.GetFileName(name);
            environment.RegisterTemplate(path[..path.IndexOf('.')], File.ReadAllText(name));
        }

        return environment;
    }

    private static IHandlebars Plain(string suffix) => Handlebars.Create(new HandlebarsConfiguration
    {
        ThrowOnUnresolvedBindingExpression = true,
        NoEscape = suffix[(suffix.LastIndexOf('.') + 1)..] is not ("html" or "row"),
    });

    private IEnumerable<string> Partials(string suffix) => Directory
        .EnumerateFiles(folder, $"_*{suffix}{Extension}", SearchOption.AllDirectories)
        .Where(path => Suffix(Path.GetFileNameWithoutExtension(path)) == suffix)
        .Order(StringComparer.Ordinal);

    /// <summary><c>a/b.ja.html</c> → <c>.ja.html</c></summary>
    private static string Suffix(string name)
    {
        var file = name[(name.LastIndexOf('/') + 1)..];
        var dot = file.IndexOf('.');
        return dot < 0 ? "" : file[dot..];
    }

    private string PathOf(string name) => name.Contains("..", StringComparison.Ordinal) || Path.IsPathRooted(name)
        ? throw new TemplateException(name, "that is not a name below the folder")
        : Path.Combine(folder, name + Extension);

    private static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n', '\u0085', '\u2028', '\u2029'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}

/// <summary>A template that cannot be filled in: a mistake of ours or the operator's, not of the person reading.</summary>
public sealed class TemplateException(string template, string problem, Exception? inner = null)
    : Exception($"Template {template}: {problem}.", inner)
{
    public string Template { get; } = template;
}
