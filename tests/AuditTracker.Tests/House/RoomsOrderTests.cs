using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace AuditTracker.Tests.House;

/// <summary>One order of rooms: a room may use every room before it and none after it (design §3).</summary>
public sealed partial class RoomsOrderTests
{
    private static readonly string[] Order =
    [
        "Platform", "Calendar", "Trail", "People", "Company", "Notifications", "Accounts", "Controls", "Evidence", "Improvement", "Training", "Subcontractors",
        "OperationChecks", "Audits", "Certificates", "ManagementReviews", "Reports", "Visits", "Overview", "Health", "Commands",
    ];

    private static readonly string[] Apart = ["Training", "Subcontractors", "OperationChecks", "Audits"];

    internal static string Source([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/AuditTracker"));

    [Fact]
    public void Every_folder_is_a_room_of_the_order() =>
        Assert.Empty(Directory.GetDirectories(Source()).Select(Path.GetFileName).Except(Order).Except(["bin", "obj", "Migrations", "wwwroot", "Properties"]));

    [Fact]
    public void No_room_uses_one_that_comes_after_it()
    {
        var wrong = new List<string>();
        foreach (var (file, room) in Files())
        {
            foreach (Match used in Uses().Matches(File.ReadAllText(file)))
            {
                var other = used.Groups[1].Value;
                var upward = Array.IndexOf(Order, other) > Array.IndexOf(Order, room);
                if (Order.Contains(other) && (upward || (other != room && Apart.Contains(other) && Apart.Contains(room))))
                {
                    wrong.Add($"{Path.GetRelativePath(Source(), file)} uses {other}");
                }
            }
        }
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void Third_party_libraries_are_named_in_Platform_only_and_SQL_libraries_nowhere_in_pages()
    {
        var wrong = Files().Where(file => file.Room != "Platform").SelectMany(file => Libraries().Matches(File.ReadAllText(file.File))
                .Where(match => !(match.Groups[1].Value is "Dapper" or "Npgsql") || file.File.Contains($"{Path.DirectorySeparatorChar}Pages{Path.DirectorySeparatorChar}"))
                .Select(match => $"{Path.GetRelativePath(Source(), file.File)} names {match.Groups[1].Value}"));
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_table_is_written_only_by_its_own_rooms()
    {
        var owners = Directory.GetFiles(Path.Combine(Source(), "Migrations"), "*.sql").SelectMany(file =>
            Tables().Matches(File.ReadAllText(file)).Select(match => (Table: match.Groups[1].Value, Room: match.Groups[2].Success ? match.Groups[2].Value : RoomOf(file)))).ToDictionary(pair => pair.Table, pair => pair.Room);
        Assert.Contains("collections", owners.Keys);
        var wrong = new List<string>();
        foreach (var (file, room) in Files().Where(file => file.Room is not "Commands"))
        {
            foreach (Match write in Writes().Matches(File.ReadAllText(file)))
            {
                if (owners.TryGetValue(write.Groups[1].Value, out var owner) && owner != "foundation" && !owner.Equals(room, StringComparison.OrdinalIgnoreCase))
                {
                    wrong.Add($"{Path.GetRelativePath(Source(), file)} writes {write.Groups[1].Value}");
                }
            }
        }
        Assert.Empty(wrong.Distinct());
    }

    // 0012_people_in_full.sql is the room People's; a file with another name says so in its first line, "-- Room: Accounts" or "-- Evidence: …";
    // a table of another room behind its bracket, "create table x ( -- Evidence".
    private static string RoomOf(string migration)
    {
        if (File.ReadLines(migration).First().Split(' ', ':', '.', ';').FirstOrDefault(Order.Contains) is { } said)
        {
            return said;
        }
        var name = Path.GetFileNameWithoutExtension(migration)[5..];
        return Order.FirstOrDefault(room => name.Replace("_", "").StartsWith(room, StringComparison.OrdinalIgnoreCase)) ?? name;
    }

    private static IEnumerable<(string File, string Room)> Files() => Order.Where(room => Directory.Exists(Path.Combine(Source(), room)))
        .SelectMany(room => new[] { "*.cs", "*.cshtml" }.SelectMany(kind => Directory.GetFiles(Path.Combine(Source(), room), kind, SearchOption.AllDirectories)).Select(file => (file, room)));

    [GeneratedRegex(@"(?:using\s+(?:static\s+|\w+\s*=\s*)?|[\s(<,@])AuditTracker\.(\w+)")]
    private static partial Regex Uses();

    [GeneratedRegex(@"using\s+(?:static\s+)?(Dapper|Npgsql|Quartz|HandlebarsDotNet|YamlDotNet|CsvHelper|ExcelDataReader|Markdig|OpenTelemetry)\b")]
    private static partial Regex Libraries();

    [GeneratedRegex(@"^create table (\w+) \((?: -- (\w+)$)?", RegexOptions.Multiline)]
    private static partial Regex Tables();

    [GeneratedRegex(@"(?:insert into|delete from|update)\s+(\w+)\s")]
    private static partial Regex Writes();
}
