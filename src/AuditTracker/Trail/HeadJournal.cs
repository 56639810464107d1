using System.Globalization;

namespace AuditTracker.Trail;

/// <summary>
/// Heads of the trail kept outside the database, one a line (<c>number hex</c>), in <c>&lt;data&gt;/trail/heads</c>: whoever rewrites the database alone cannot
/// cut its end off unseen. Lines are only added; a line that a crash cut short is ignored.
/// </summary>
public sealed class HeadJournal(string file)
{
    private readonly Lock once = new();
    private long noted = -1;

    /// <summary>Adds the head unless it was the last one noted.</summary>
    public void Note(long number, byte[] head)
    {
        lock (once)
        {
            if (noted < 0)
            {
                noted = Read().Select(line => line.Number).DefaultIfEmpty(0).Max();
            }
            // A smaller number means that an older state was restored; its heads are in the journal already.
            if (number <= noted)
            {
                return;
            }
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.AppendAllText(file, string.Create(CultureInfo.InvariantCulture, $"{number} {Convert.ToHexStringLower(head)}\n"));
            noted = number;
        }
    }

    /// <summary>Every head noted so far, oldest first.</summary>
    public IReadOnlyList<(long Number, byte[] Head)> Read() => !File.Exists(file) ? [] : [.. File.ReadLines(file)
        .Select(line => line.Split(' '))
        .Where(parts => parts.Length == 2 && parts[1].Length == 64 && parts[0].All(char.IsAsciiDigit) && parts[1].All(char.IsAsciiHexDigitLower))
        .Select(parts => (long.Parse(parts[0], CultureInfo.InvariantCulture), Convert.FromHexString(parts[1])))];
}
