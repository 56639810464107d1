using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AuditTracker.Evidence;

/// <summary>What a population's file says of itself.</summary>
/// <param name="Marks">Of all rows, in order of their hashes.</param>
public sealed record PopulationMarks(IReadOnlyList<string> Columns, IReadOnlyList<RowMark> Marks)
{
    public string Sha256 => SampleDraw.HashOf(Marks);
}

/// <summary>
/// Writes a population as it is kept: JSON Lines in UTF-8, each line an array of texts ended by LF, the heads first, then the rows in the order they came.
/// A line is a row, whatever stands in its cells, so that any tool can number, hash and find them.
/// </summary>
public sealed class PopulationWriter(Stream file, int mostRows)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly List<RowMark> marks = [];
    private readonly ArrayBufferWriter<byte> buffer = new();
    private IReadOnlyList<string>? columns;

    /// <summary>More rows came than may; the rest is left out.</summary>
    public bool IsFull { get; private set; }

    /// <summary>The first is the heads.</summary>
    public void Add(IReadOnlyList<string> cells)
    {
        if (marks.Count == mostRows)
        {
            IsFull = true;
            return;
        }
        buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartArray();
            foreach (var cell in cells)
            {
                json.WriteStringValue(cell.Replace("\0", ""));
            }
            json.WriteEndArray();
        }
        if (columns is null)
        {
            columns = [.. cells];
        }
        else
        {
            marks.Add(RowMark.Of(buffer.WrittenSpan, marks.Count + 1));
        }
        buffer.Write("\n"u8);
        file.Write(buffer.WrittenSpan);
    }

    public PopulationMarks End()
    {
        marks.Sort();
        return new PopulationMarks(columns ?? [], marks);
    }
}

/// <summary>Reads a population's file back, line by line.</summary>
public static class PopulationFile
{
    /// <summary>The heads and the marks of all rows; 40 bytes a row are held.</summary>
    public static async Task<PopulationMarks> MarksAsync(Stream file, CancellationToken ct)
    {
        var (columns, marks) = ((IReadOnlyList<string>)[], new List<RowMark>());
        await EachLineAsync(file, (number, line) =>
        {
            if (number == 0)
            {
                columns = Cells(line.Span);
            }
            else
            {
                marks.Add(RowMark.Of(line.Span, number));
            }
            return true;
        }, ct);
        marks.Sort();
        return new PopulationMarks(columns, marks);
    }

    /// <summary>The lines of some rows, by their numbers.</summary>
    public static async Task<IReadOnlyDictionary<int, string>> LinesAsync(Stream file, IEnumerable<int> numbers, CancellationToken ct)
    {
        var wanted = numbers.ToHashSet();
        var found = new Dictionary<int, string>();
        await EachLineAsync(file, (number, line) =>
        {
            if (wanted.Contains(number))
            {
                found[number] = System.Text.Encoding.UTF8.GetString(line.Span);
            }
            return found.Count < wanted.Count;
        }, ct);
        return found;
    }

    /// <summary>The cells of a line.</summary>
    public static IReadOnlyList<string> Cells(string line) => JsonSerializer.Deserialize<string[]>(line)!;

    private static string[] Cells(ReadOnlySpan<byte> line) => JsonSerializer.Deserialize<string[]>(line)!;

    private static async Task EachLineAsync(Stream file, Func<int, ReadOnlyMemory<byte>, bool> onLine, CancellationToken ct)
    {
        var (buffer, held, number) = (new byte[1 << 20], 0, 0);
        while (true)
        {
            var read = await file.ReadAsync(buffer.AsMemory(held), ct);
            if (read == 0)
            {
                return;
            }
            held += read;
            var at = 0;
            while (buffer.AsSpan(at, held - at).IndexOf((byte)'\n') is >= 0 and var length)
            {
                if (!onLine(number++, buffer.AsMemory(at, length)))
                {
                    return;
                }
                at += length + 1;
            }
            buffer.AsSpan(at, held - at).CopyTo(buffer);
            held -= at;
            if (held == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2); // one row of many long cells
            }
        }
    }
}
