namespace AuditTracker.Platform.Workbooks;

/// <summary>
/// The looks a cell may have; there are no others. Bordered ones belong inside tables. Number formats come with the look, so a date
/// written with a date style is a real Excel date. The order is the order in the style part: <see cref="Plain"/> stays first.
/// </summary>
public enum CellStyle
{
    /// <summary>No border, no wrap.</summary>
    Plain,
    /// <summary>16 pt bold: the name of the paper.</summary>
    Title,
    /// <summary>12 pt bold: the name of a part of it.</summary>
    Subtitle,
    /// <summary>Small grey explanation, wrapped, no border.</summary>
    Note,
    /// <summary>Head of a column: bold on grey, centred, wrapped.</summary>
    Heading,
    /// <summary>Name of a fact at the left of its value: bold on grey.</summary>
    Label,
    /// <summary>Wrapped text in a table.</summary>
    Text,
    /// <summary>Centred symbols and short words: ○ × △ －.</summary>
    Centered,
    /// <summary>Numbers that are names (employee numbers, 管理番号): Excel keeps leading zeros even after an edit.</summary>
    Code,
    /// <summary>Whole number with thousands separators.</summary>
    Number,
    /// <summary>Number with two decimals and thousands separators.</summary>
    TwoDecimals,
    /// <summary>Share of one, shown as whole percent.</summary>
    Percent,
    /// <summary>yyyy/mm/dd.</summary>
    Date,
    /// <summary>yyyy/mm/dd, in the colours of late.</summary>
    DateLate,
    /// <summary>yyyy/mm/dd hh:mm, Asia/Tokyo.</summary>
    DateTime,
    /// <summary>Fixed-pitch, for hashes; wraps anywhere.</summary>
    Hash,
    /// <summary>Text that leads somewhere.</summary>
    Link,
    /// <summary>Status: done, covered, accepted.</summary>
    Done,
    /// <summary>Status: soon, ageing, needs a look.</summary>
    Warn,
    /// <summary>Status: late, missing, stale.</summary>
    Late,
    /// <summary>Status: waiting, planned, excluded.</summary>
    Wait,
    /// <summary>Status: under way.</summary>
    Move,
    /// <summary>Head of a stamp box: 承認, 確認, 作成.</summary>
    StampHead,
    /// <summary>The empty or filled stamp box itself; about 2 cm square is 57 pt high and 12 wide.</summary>
    StampBox,
    /// <summary>A stamp box with an electronic approval in it: red, as a seal is.</summary>
    StampSeal,
}
