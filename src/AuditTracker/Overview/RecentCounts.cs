namespace AuditTracker.Overview;

/// <summary>How often each did something lately, for limits. Kept in memory, and of bounded size whoever asks.</summary>
/// <param name="window">How long a count runs from the first time.</param>
/// <param name="most">Of how many it is kept; while all of them are recent, another one is not counted.</param>
internal sealed class RecentCounts(TimeProvider time, TimeSpan window, int most)
{
    // Looking at all of them costs something: no more often, however many ask.
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (DateTimeOffset Since, int Count)> counts = [];
    private DateTimeOffset sweptAt = DateTimeOffset.MinValue;

    /// <summary>Of how many something is kept.</summary>
    public int Kept
    {
        get
        {
            lock (gate)
            {
                return counts.Count;
            }
        }
    }

    /// <summary>How often within the window; asking is not counted.</summary>
    public int Of(string who)
    {
        lock (gate)
        {
            return counts.TryGetValue(who, out var seen) && seen.Since >= time.GetUtcNow() - window ? seen.Count : 0;
        }
    }

    /// <summary>Counts once more.</summary>
    /// <returns>How often within the window, this time with it.</returns>
    public int Add(string who)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (counts.TryGetValue(who, out var seen) && seen.Since >= now - window)
            {
                counts[who] = (seen.Since, seen.Count + 1);
                return seen.Count + 1;
            }
            if (counts.Count >= most && sweptAt <= now - BetweenSweeps)
            {
                sweptAt = now;
                foreach (var (old, _) in counts.Where(pair => pair.Value.Since < now - window).ToList())
                {
                    counts.Remove(old);
                }
            }
            if (counts.Count < most || counts.ContainsKey(who))
            {
                counts[who] = (now, 1);
            }
            return 1;
        }
    }
}
