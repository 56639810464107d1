using AuditTracker.Controls;
using AuditTracker.Platform;

namespace AuditTracker.Tests.Controls;

public sealed class ControlTests
{
    private static readonly Framework Counted = new("iso27001-2022", "情報", "Information", "ISO/IEC 27001", "ISO/IEC 27001", "2022", Archived: false, Reference: false);
    private static readonly Framework Archived = Counted with { Key = "iso27001-2013", Archived = true };
    private static readonly Framework Reference = Counted with { Key = "appi-safety-measures", Reference = true };
    private static readonly Control Fresh = new("iso27001-2022", "A.5.18", Applicable: true, Reason: "", OwnerId: null, Implementation: "", Version: 3);
    private static readonly Control Excluded = Fresh with { Applicable = false, Reason = "開発をしていない" };

    [Theory]
    [InlineData("yes")]
    [InlineData("na")]
    public void An_item_that_may_be_left_out_is_left_out_with_its_reason(string excludable)
    {
        var changed = Fresh.Change(new ControlChange(3, Applicable: false, Reason: "  開発をしていない "), null, Counted, excludable);

        Assert.Equal(Excluded with { Version = 4 }, changed);
    }

    [Theory]
    [InlineData("yes", null)]
    [InlineData("na", "")]
    [InlineData("yes", " 　")]
    public void Leaving_out_without_a_reason_is_invalid_at_the_reason(string excludable, string? reason)
    {
        var error = Assert.Throws<InvalidInput>(() => Fresh.Change(new ControlChange(3, Applicable: false, Reason: reason), null, Counted, excludable));

        Assert.Equal(("reason", "ReasonMissing"), (error.Field, error.Key));
    }

    [Theory]
    [InlineData("because")]
    [InlineData("")]
    public void A_clause_cannot_be_left_out_whatever_the_reason(string reason)
    {
        var error = Assert.Throws<Refusal>(() => Fresh.Change(new ControlChange(3, Applicable: false, Reason: reason), null, Counted, "no"));

        Assert.Equal("CannotBeExcluded", error.Key);
    }

    [Fact]
    public void A_clause_takes_owner_and_implementation()
    {
        var changed = Fresh.Change(new ControlChange(3, Implementation: "規程12条", SetsOwner: true, Owner: "000042"), new Owner(42, IsEmployed: true), Counted, "no");

        Assert.Equal(Fresh with { Implementation = "規程12条", OwnerId = 42, Version = 4 }, changed);
    }

    [Fact]
    public void Nothing_of_an_archived_or_reference_framework_changes()
    {
        Assert.Equal("ArchivedIsNotChanged", Assert.Throws<Refusal>(() => Fresh.Change(new ControlChange(3, Implementation: "x"), null, Archived, "yes")).Key);
        Assert.Equal("ReferenceIsNotChanged", Assert.Throws<Refusal>(() => Fresh.Change(new ControlChange(3, Implementation: "x"), null, Reference, "yes")).Key);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_change_made_on_another_version_is_refused(int version) =>
        Assert.Equal("ChangedMeanwhile", Assert.Throws<Refusal>(() => Fresh.Change(new ControlChange(version, Implementation: "x"), null, Counted, "yes")).Key);

    [Fact]
    public void An_owner_must_exist_and_work_here()
    {
        var change = new ControlChange(3, SetsOwner: true, Owner: "000042");

        Assert.Equal(("owner", "OwnerUnknown"), Fault(() => Fresh.Change(change, null, Counted, "yes")));
        Assert.Equal(("owner", "OwnerNotEmployed"), Fault(() => Fresh.Change(change, new Owner(42, IsEmployed: false), Counted, "yes")));
    }

    [Fact]
    public void An_owner_who_left_does_not_stop_other_changes()
    {
        var owned = Fresh with { OwnerId = 42 };

        var changed = owned.Change(new ControlChange(3, Implementation: "x", SetsOwner: true, Owner: "000042"), new Owner(42, IsEmployed: false), Counted, "yes");

        Assert.Equal(owned with { Implementation = "x", Version = 4 }, changed);
    }

    [Fact]
    public void No_owner_is_an_answer_and_no_word_about_the_owner_is_not()
    {
        var owned = Fresh with { OwnerId = 42 };

        Assert.Null(owned.Change(new ControlChange(3, SetsOwner: true, Owner: null), null, Counted, "yes").OwnerId);
        Assert.Equal(42, owned.Change(new ControlChange(3, Implementation: "x"), null, Counted, "yes").OwnerId);
    }

    [Fact]
    public void A_reason_does_not_outlive_the_switch_to_the_other_answer() =>
        Assert.Equal("", Excluded.Change(new ControlChange(3, Applicable: true), null, Counted, "yes").Reason);

    [Fact]
    public void An_excluded_item_may_not_lose_its_reason() =>
        Assert.Equal(("reason", "ReasonMissing"), Fault(() => Excluded.Change(new ControlChange(3, Reason: ""), null, Counted, "yes")));

    [Fact]
    public void What_changes_nothing_makes_no_version() =>
        Assert.Same(Excluded, Excluded.Change(new ControlChange(3, Applicable: false, Reason: "開発をしていない"), null, Counted, "yes"));

    [Fact]
    public void A_text_has_an_end() =>
        Assert.Equal(("implementation", "TextTooLong"), Fault(() => Fresh.Change(new ControlChange(3, Implementation: new string('あ', 10_001)), null, Counted, "yes")));

    private static (string Field, string Key) Fault(Func<Control> change)
    {
        var error = Assert.Throws<InvalidInput>(change);
        return (error.Field, error.Key);
    }
}
