using System.Globalization;
using AuditTracker.Platform.Database;
using Npgsql;

namespace AuditTracker.Commands;

/// <summary>
/// <c>erase --entry N --name NAME --why TEXT [--side before|after]</c>: takes a personal value out of the trail as the owner of the database, together with the act that tells it.
/// The row the entry was about stays as it is: its room changes or destroys it.
/// </summary>
public static class EraseCommand
{
    public const string Usage = "--entry N --name NAME --why TEXT [--side before|after]";

    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args);
        var entry = long.TryParse(arguments.Need("--entry"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new UsageException("--entry takes a number.");
        var side = arguments.Get("--side") ?? "after";
        if (side is not ("before" or "after"))
        {
            throw new UsageException("--side takes before or after.");
        }
        var (name, why) = (arguments.Need("--name"), arguments.Need("--why"));
        await using var installation = await Installation.OpenAsync(arguments.Settings(), mayCreate: false);
        await installation.RefuseForeignSchemaAsync();
        var isNew = await RunAsync(installation.Owner, entry, side, name, why, CancellationToken.None);
        Console.WriteLine(isNew ? "Erased." : "It was erased before.");
        return 0;
    }

    /// <returns>False: an act has told it before.</returns>
    /// <exception cref="UsageException">The trail keeps no such value.</exception>
    internal static async Task<bool> RunAsync(string owner, long entry, string side, string name, string why, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(owner);
        await using var work = await new Db(source).BeginAsync(Actor.Operator("erase"), ct);
        try
        {
            var isNew = await work.FirstAsync<bool>("select trail.erase_value(@entry, @side, @name, @why)", new { entry, side, name, why }, ct);
            await work.CommitAsync(ct);
            return isNew;
        }
        catch (PostgresException none) when (none.SqlState == PostgresErrorCodes.NoDataFound)
        {
            throw new UsageException(none.MessageText);
        }
    }
}
