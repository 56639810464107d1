using AuditTracker.Evidence;
using AuditTracker.Platform;

namespace AuditTracker.Tests.Evidence;

public sealed class CollectionTests
{
    private static Collection In(CollectionState state) => new(1, state, new(2026, 10, 1), new(2026, 10, 15), AssigneeId: 1, ReviewerId: 2, 7, SubmitterAccountId: 11, SubmitterId: 1, OnBehalfOf: null);

    [Theory]
    [InlineData(CollectionState.Open)]
    [InlineData(CollectionState.Returned)]
    public void Handing_in_is_possible_while_it_is_with_the_owner(CollectionState state) => Assert.Equal(CollectionState.Submitted, In(state).Submit());

    [Theory]
    [InlineData(CollectionState.Planned, "NotOpenYet")]
    [InlineData(CollectionState.Submitted, "AlreadySubmitted")]
    [InlineData(CollectionState.Accepted, "AlreadyAccepted")]
    [InlineData(CollectionState.Waived, "AlreadyWaived")]
    public void Handing_in_is_refused_otherwise(CollectionState state, string key) => Assert.Equal(key, Assert.Throws<Refusal>(() => In(state).Submit()).Key);

    [Fact]
    public void The_reviewer_accepts_and_returns()
    {
        Assert.Equal(CollectionState.Accepted, In(CollectionState.Submitted).Decide(Decision.Accept, "", 12, 2, false));
        Assert.Equal(CollectionState.Returned, In(CollectionState.Submitted).Decide(Decision.Return, "件数の欄が空です", 12, 2, false));
        Assert.Equal("CommentNeeded", Assert.Throws<InvalidInput>(() => In(CollectionState.Submitted).Decide(Decision.Return, " ", 12, 2, false)).Key);
    }

    [Theory]
    [InlineData(11, null, null)] // the same account
    [InlineData(99, 1L, null)] // the same person by another account
    [InlineData(99, 5L, 5L)] // the person it was handed in for
    public void Nobody_decides_on_what_they_handed_in(long account, long? person, long? onBehalfOf)
    {
        var own = In(CollectionState.Submitted) with { OnBehalfOf = onBehalfOf };
        Assert.Equal("OwnSubmission", Assert.Throws<Refusal>(() => own.Decide(Decision.Accept, "", account, person, true)).Key);
        Assert.Equal("OwnSubmission", Assert.Throws<Refusal>(() => own.Decide(Decision.Return, "x", account, person, true)).Key);
    }

    [Fact]
    public void Only_a_compliance_manager_reopens_and_only_what_was_accepted()
    {
        Assert.Equal(CollectionState.Submitted, In(CollectionState.Accepted).Decide(Decision.Reopen, "別の期間でした", 12, 2, true));
        Assert.Equal("ReopenByManager", Assert.Throws<Refusal>(() => In(CollectionState.Accepted).Decide(Decision.Reopen, "x", 12, 2, false)).Key);
        Assert.Equal("NotAccepted", Assert.Throws<Refusal>(() => In(CollectionState.Open).Decide(Decision.Reopen, "x", 12, 2, true)).Key);
    }

    [Fact]
    public void Overdue_begins_the_day_after_the_due_date_and_ends_with_handing_in()
    {
        Assert.False(In(CollectionState.Open).IsOverdue(new(2026, 10, 15)));
        Assert.True(In(CollectionState.Open).IsOverdue(new(2026, 10, 16)));
        Assert.True(In(CollectionState.Returned).IsOverdue(new(2026, 10, 16)));
        Assert.False(In(CollectionState.Submitted).IsOverdue(new(2026, 12, 1)));
    }
}
