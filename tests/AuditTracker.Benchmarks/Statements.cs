using System.Diagnostics;
using System.Text;

namespace AuditTracker.Benchmarks;

/// <summary>What PostgreSQL was asked in this process, and how long the answers took, as Npgsql's own tracing tells it.</summary>
internal sealed class Statements : IDisposable
{
    private readonly ActivityListener listener;
    private readonly List<(string Text, DateTime From, DateTime To)> asked = [];

    public Statements()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (asked)
                {
                    asked.Add((activity.GetTagItem("db.query.text") as string ?? activity.GetTagItem("db.statement") as string ?? activity.DisplayName, activity.StartTimeUtc, activity.StartTimeUtc + activity.Duration));
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>The time in which at least one statement was under way: those asked side by side count once.</summary>
    public double Milliseconds
    {
        get
        {
            lock (asked)
            {
                var (sum, reached) = (TimeSpan.Zero, DateTime.MinValue);
                foreach (var (_, from, to) in asked.OrderBy(one => one.From))
                {
                    sum += to > reached ? to - (from > reached ? from : reached) : TimeSpan.Zero;
                    reached = to > reached ? to : reached;
                }
                return sum.TotalMilliseconds;
            }
        }
    }

    public int Count
    {
        get
        {
            lock (asked)
            {
                return asked.Count;
            }
        }
    }

    public void Forget()
    {
        lock (asked)
        {
            asked.Clear();
        }
    }

    /// <summary>Each statement with its milliseconds, in the order of their ends.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        lock (asked)
        {
            foreach (var (statement, from, to) in asked)
            {
                text.AppendLine($"      {(to - from).TotalMilliseconds,7:F2} ms  {string.Join(' ', statement.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}");
            }
        }
        return text.ToString();
    }

    public void Dispose() => listener.Dispose();
}
