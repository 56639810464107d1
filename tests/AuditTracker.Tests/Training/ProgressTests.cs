using AuditTracker.Tests.Support;
using AuditTracker.Training;

namespace AuditTracker.Tests.Training;

/// <summary>Numbers of a campaign and of its parts come from the same rows.</summary>
public sealed class ProgressTests
{
    private static readonly ProgressGroup[] Groups =
    [
        new("D1", "第一部", "正社員", "completed", null, 3), new("D1", "第一部", "派遣社員", "notStarted", null, 1), new("D1", "第一部", "正社員", "exempt", "leave", 2),
        new("D2", "第二部", "正社員", "retake", null, 1), new("D2", "第二部", "正社員", "inProgress", null, 2), new("D2", "第二部", "派遣社員", "exempt", "away", 1), new("", "", "正社員", "exempt", "left", 1),
    ];

    [Fact]
    public void The_whole_is_the_sum_of_departments_and_of_types()
    {
        var progress = new Progress(Groups);
        Assert.Equal(new Numbers(3, 1, 2, 1, 2, 1, 0, 1, 0), progress.Numbers);
        Assert.Equal([("D2", 0, 3, 1), ("D1", 3, 1, 2), ("", 0, 0, 1)], progress.Departments.Select(part => (part.Code, part.Completed, part.Unexplained, part.Exempt)));
        Assert.Equal([("派遣社員", 0, 1, 1), ("正社員", 3, 3, 3)], progress.Types.Select(part => (part.Code, part.Completed, part.Unexplained, part.Exempt)));
        Assert.All(new[] { progress.Departments, progress.Types }, parts => Assert.Equal(progress.Numbers.Total, parts.Sum(part => part.Total)));
        Assert.Equal(0, new Progress([]).Numbers.Total);
    }

    [Fact]
    public async Task Read_in_one_go_they_equal_the_numbers_each_reader_gets_alone()
    {
        var school = new School();
        await school.InitializeAsync();
        try
        {
            var id = await school.RunAsync();
            Assert.True(await school.TakeAsync(Cast.Alice, id));
            Assert.False(await school.TakeAsync(Cast.Bob, id, right: false));
            var (store, now) = (school.App.Get<CampaignStore>(), await school.NowAsync());
            foreach (var user in new[] { School.Manager, School.Top, AuditTracker.Tests.Evidence.Desk.User(Cast.Hana), AuditTracker.Tests.Evidence.Desk.User(Cast.Mallory) })
            {
                var progress = await store.ProgressAsync(user, id, now, default);
                Assert.Equal(await school.NumbersAsync(id, user: user), progress.Numbers);
                Assert.Equal(progress.Numbers.Total, progress.Departments.Sum(part => part.Total));
            }
            Assert.Equal("第一部", (await store.ProgressAsync(School.Manager, id, now, default)).Departments.Single(part => part.Code == "D1").Name);
        }
        finally
        {
            await school.DisposeAsync();
        }
    }
}
