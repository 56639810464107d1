using AuditTracker.People;

namespace AuditTracker.Tests.People;

public sealed class TimelineTests
{
    private static readonly Held<string>[] OneOpen = [new(1, Day(1), null, "A")];

    [Fact]
    public void A_change_ends_the_old_value_the_day_before() =>
        Assert.Equal([new(1, Day(1), Day(9), "A"), new(0, Day(10), null, "B")], OneOpen.With(Day(10), "B"));

    [Fact]
    public void A_change_on_the_first_day_replaces_the_value_in_its_row() =>
        Assert.Equal([new(1, Day(1), null, "B")], OneOpen.With(Day(1), "B"));

    [Fact]
    public void The_same_value_changes_nothing() =>
        Assert.Same(OneOpen, OneOpen.With(Day(10), "A"));

    [Fact]
    public void A_change_stops_at_the_next_one_that_is_known()
    {
        Held<string>[] spans = [new(1, Day(1), Day(19), "A"), new(2, Day(20), null, "C")];
        Assert.Equal([new(1, Day(1), Day(9), "A"), new(0, Day(10), Day(19), "B"), new(2, Day(20), null, "C")], spans.With(Day(10), "B"));
    }

    [Fact]
    public void A_gap_is_filled_until_the_next_one()
    {
        Held<string>[] spans = [new(1, Day(1), Day(5), "A"), new(2, Day(20), null, "C")];
        Assert.Equal([new(1, Day(1), Day(5), "A"), new(0, Day(10), Day(19), "B"), new(2, Day(20), null, "C")], spans.With(Day(10), "B"));
    }

    [Fact]
    public void No_value_ends_what_held() =>
        Assert.Equal([new(1, Day(1), Day(9), "A")], OneOpen.With(Day(10), null));

    [Fact]
    public void What_lies_behind_the_last_day_is_gone()
    {
        Held<string>[] spans = [new(1, Day(1), Day(9), "A"), new(2, Day(10), null, "B")];
        Assert.Equal([new(1, Day(1), Day(5), "A")], spans.Until(Day(5)));
        Assert.Equal([spans[0], new(2, Day(10), Day(12), "B")], spans.Until(Day(12)));
    }

    [Fact]
    public void A_moved_first_day_moves_the_first_span_and_swallows_what_lies_before_it()
    {
        Held<string>[] spans = [new(1, Day(1), Day(9), "A"), new(2, Day(10), null, "B")];
        Assert.Equal([new(1, Day(3), Day(9), "A"), spans[1]], spans.Begun(Day(1), Day(3)));
        Assert.Equal([new(2, Day(12), null, "B")], spans.Begun(Day(1), Day(12)));
    }

    [Fact]
    public void A_first_day_never_moves_into_an_earlier_time_here()
    {
        Held<string>[] spans = [new(1, Day(1), Day(9), "A"), new(2, Day(15), null, "B")];
        Assert.Equal([spans[0], new(2, Day(10), null, "B")], spans.Begun(Day(15), Day(5)));
    }

    private static DateOnly Day(int day) => new(2026, 4, day);
}
