using AuditTracker.People;

namespace AuditTracker.Tests.People;

public sealed class ManagerLinesTests
{
    [Fact]
    public void Each_circle_is_found_once_from_its_first_member() =>
        Assert.Equal(
            [["b", "c"], ["d"], ["x", "y", "z"]],
            ManagerLines.Circles([("a", "b"), ("b", "c"), ("c", "b"), ("d", "d"), ("e", "nobody"), ("f", "e"), ("x", "y"), ("z", "x"), ("y", "z")]));

    [Fact]
    public void A_long_line_is_no_circle() =>
        Assert.Empty(ManagerLines.Circles(Enumerable.Range(0, 100_000).Select(number => ($"{number}", $"{number + 1}"))));
}
