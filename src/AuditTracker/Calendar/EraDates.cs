namespace AuditTracker.Calendar;

/// <summary>
/// Whether Japanese dates are written in eras (令和8年11月22日) in what runs now: a request, a mail, a paper. It flows like a culture, for the
/// same reason: a date is written in too many places to hand it down. English dates are western always, and so is what machines read.
/// </summary>
public static class EraDates
{
    private static readonly AsyncLocal<bool> Flowing = new();

    public static bool AreOn => Flowing.Value;

    /// <summary>From here on, until the result is disposed or the asynchronous method that called it ends.</summary>
    public static IDisposable Use(bool on)
    {
        var before = Flowing.Value;
        Flowing.Value = on;
        return new Back(before);
    }

    private sealed class Back(bool before) : IDisposable
    {
        public void Dispose() => Flowing.Value = before;
    }
}
