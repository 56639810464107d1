namespace AuditTracker.Commands;

/// <summary>Prints every setting with its effect; secrets stay hidden.</summary>
public static class SettingsCommand
{
    public static Task<int> RunAsync(string[] args)
    {
        Console.WriteLine(new Arguments(args).Settings().Print());
        return Task.FromResult(0);
    }
}
