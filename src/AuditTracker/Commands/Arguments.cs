namespace AuditTracker.Commands;

/// <summary>A verb's own arguments: <c>--name value</c>, <c>--flag</c>, and what stands alone.</summary>
public sealed class Arguments
{
    private readonly List<(string Name, string Value)> named = [];
    private readonly List<string> alone = [];

    /// <param name="args">As the shell gave them.</param>
    /// <param name="flags">Names that take no value.</param>
    public Arguments(string[] args, params string[] flags)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                alone.Add(args[i]);
            }
            else if (args[i].Split('=', 2) is [var name, var value])
            {
                named.Add((name, value));
            }
            else if (flags.Contains(args[i]))
            {
                named.Add((args[i], "true"));
            }
            else
            {
                named.Add((args[i], ++i < args.Length ? args[i] : throw new UsageException($"{args[i - 1]} needs a value.")));
            }
        }
    }

    public bool Has(string name) => named.Any(pair => pair.Name == name);
    public string? Get(string name) => named.LastOrDefault(pair => pair.Name == name).Value;
    public string Need(string name) => Get(name) ?? throw new UsageException($"{name} is missing.");
    public IEnumerable<string> All(string name) => named.Where(pair => pair.Name == name).Select(pair => pair.Value);
    public string? Alone(int position) => alone.ElementAtOrDefault(position);

    /// <summary>Settings that the command line may give to every verb.</summary>
    public Settings Settings() => AuditTracker.Settings.From(new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection(
        new[] { ("--data", "AuditTracker:Data"), ("--port", "AuditTracker:Port"), ("--listen", "AuditTracker:Listen") }
            .Where(pair => Has(pair.Item1)).Select(pair => KeyValuePair.Create(pair.Item2, Get(pair.Item1)))).Build());
}
