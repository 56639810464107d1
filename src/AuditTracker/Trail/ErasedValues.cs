using AuditTracker.Platform.Database;
using Npgsql;

namespace AuditTracker.Trail;

/// <summary>The personal values whose erasing the trail itself tells, by acts <c>trail.valueErased</c> that come behind their entries. Any other value that is gone was taken away.</summary>
internal sealed class ErasedValues
{
    public const string Act = "trail.valueErased";
    private readonly Dictionary<string, long> acts = [];
    private long met;

    /// <summary>How many values that are gone were accepted.</summary>
    public long Met => Interlocked.Read(ref met);

    /// <param name="connection">In the snapshot that counts. What an act says is read from its bytes; whether these are the sealed ones is looked at like with every entry.</param>
    public static async Task<ErasedValues> LoadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var erased = new ErasedValues();
        foreach (var canonical in await connection.ListAsync<byte[]>("select canonical from trail.entries where kind = 'act' and what = @Act order by id", new { Act }, ct))
        {
            if (CanonicalEntry.TryDecode(canonical) is { Kind: "act", What: Act } act)
            {
                erased.acts[act.Subject] = act.Id;
            }
        }
        return erased;
    }

    public static string Subject(long entry, string side, string name) => FormattableString.Invariant($"entry:{entry}/{side}/{name}");

    public bool Tells(long entry, string side, string name) => acts.TryGetValue(Subject(entry, side, name), out var act) && act > entry;

    /// <summary>As <see cref="Tells"/>, and counts it.</summary>
    public bool Accepts(long entry, string side, string name)
    {
        var told = Tells(entry, side, name);
        if (told)
        {
            Interlocked.Increment(ref met);
        }
        return told;
    }
}
