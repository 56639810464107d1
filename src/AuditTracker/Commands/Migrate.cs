namespace AuditTracker.Commands;

/// <summary>Brings the database to this program's schema and loads the data that ships with it.</summary>
public static class Migrate
{
    public static async Task<int> RunAsync(string[] args)
    {
        await using var installation = await Installation.OpenAsync(new Arguments(args).Settings(), mayCreate: true);
        await installation.MigrateAsync();
        Console.WriteLine("The database has this program's schema.");
        return 0;
    }
}
