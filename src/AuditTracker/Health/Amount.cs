using System.Globalization;

namespace AuditTracker.Health;

/// <summary>Bytes as people read them: <c>1.4GB</c>.</summary>
public static class Amount
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    public static string Of(long bytes)
    {
        var (amount, unit) = ((double)bytes, 0);
        while (amount >= 1000 && unit < Units.Length - 1)
        {
            (amount, unit) = (amount / 1000, unit + 1);
        }
        return $"{amount.ToString(unit == 0 ? "0" : "#,0.0", CultureInfo.InvariantCulture)}{Units[unit]}";
    }
}
