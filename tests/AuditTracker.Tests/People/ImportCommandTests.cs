using AuditTracker.Commands;
using AuditTracker.Tests.Support;
using static AuditTracker.Tests.People.ImportFiles;

namespace AuditTracker.Tests.People;

public sealed class ImportCommandTests
{
    [Fact]
    public async Task The_verb_prints_the_difference_and_ends_with_1_when_there_are_errors()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.SetClockAsync("2026-11-24T09:00:00");
        var good = Lines(Person("0001", title: "部長"), Person("0002"));

        var (preview, shown) = await RunAsync(database, good);
        Assert.Equal(0, preview);
        Assert.Contains("added     0001  山田 花子", shown);
        Assert.Contains("added 2, changed 0, leaving 0, missing 8, unchanged 0, errors 0. Nothing was changed", shown);
        Assert.Equal(8, await database.ScalarAsync<long>("select count(*) from people"));

        var (bad, told) = await RunAsync(database, Lines(Person("0001", hired: "2026/13/1")), "--apply");
        Assert.Equal(1, bad);
        Assert.Contains("2026/13/1", told);
        Assert.Equal(8, await database.ScalarAsync<long>("select count(*) from people"));

        string[] missing = ["--apply", "--effective", "2026-04-01", "--missing", "leave", "--on", "2026-11-30"];
        await Assert.ThrowsAsync<UsageException>(() => RunAsync(database, good, missing));
        Assert.Equal(8, await database.ScalarAsync<long>("select count(*) from people"));
        Assert.Equal(0, (await RunAsync(database, good, [.. missing, "--many", "leave"])).Code);
        Assert.Equal(10, await database.ScalarAsync<long>("select count(*) from people"));
        Assert.Equal(8, await database.ScalarAsync<long>("select count(*) from people where left_on = '2026-11-30'"));
        await Assert.ThrowsAsync<UsageException>(() => RunAsync(database, good, "--effective", "tomorrow"));
    }

    private static async Task<(int Code, string Output)> RunAsync(TestDatabase database, byte[] content, params string[] args)
    {
        var output = new StringWriter();
        var code = await Import.RunAsync(database.Services, new Arguments(args, "--apply"), "people.csv", content, output);
        return (code, output.ToString());
    }
}
