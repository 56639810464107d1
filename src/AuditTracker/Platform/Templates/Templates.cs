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
/// </remarks>
public sealed class Templates(string root)
{
    private const string Extension = ".hbs";

    private readonly string folder = Path.GetFullPath(root);
    private readonly ConcurrentDictionary<string, Lazy<IHandlebars>> environments = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Func<object, string>>> compiled = new(StringComparer.Ordinal);

    /// <summary>Whether there is such a template.</summary>
    public bool Has(string name) => File.Exists(PathOf(name));

    /// <summary>The filled-in text.</summary>
    /// <param name="name">Path below the folder with <c>/</c>, without <c>.hbs</c>.</param>
    /// <param name="model">A dictionary, record or anonymous object of plain values and lists; dates already as text.</param>
    /// <exception cref="TemplateException">No such template, a mistake in it, or a name the model does not have.</exception>
    public string Render(string name, object model)
    {
        try
        {
            var text = compiled.GetOrAdd(name, n => new(() => Compile(n))).Value(model);
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
        var template = environment.Compile(File.ReadAllText(PathOf(name)));
        return model => template(model);
    }

    // One environment for each ".ja.html", so that a partial's name means the file of the same language and kind.
    private IHandlebars CreateEnvironment(string suffix)
    {
        var kind = suffix[(suffix.LastIndexOf('.') + 1)..];
        var environment = Handlebars.Create(new HandlebarsConfiguration
        {
            ThrowOnUnresolvedBindingExpression = true,
            NoEscape = kind is not ("html" or "row"),
        });
        foreach (var name in Partials("." + kind).Concat(Partials(suffix)).Distinct())
        {
            var path = Path.GetFileName(name);
            environment.RegisterTemplate(path[..path.IndexOf('.')], File.ReadAllText(name));
        }

        return environment;
    }

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
