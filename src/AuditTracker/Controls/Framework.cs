namespace AuditTracker.Controls;

/// <summary>A standard or scheme the company answers to, or one that is only shown beside it.</summary>
/// <param name="ShortJa">The name people say: <c>Pマーク</c>.</param>
/// <param name="Archived">An old edition: shown and mapped, not counted, never changed.</param>
/// <param name="Reference">A reference without owners: nobody is asked for evidence by it.</param>
public sealed record Framework(string Key, string TitleJa, string TitleEn, string ShortJa, string ShortEn, string Edition, bool Archived, bool Reference)
{
    /// <summary>Whether its items count towards coverage and may be treated by the company.</summary>
    public bool IsCounted => !Archived && !Reference;

    public string Short(string language) => language == "ja" ? ShortJa : ShortEn;
    public string Title(string language) => language == "ja" ? TitleJa : TitleEn;
}

/// <summary>A group of items within a framework, the filter of its list.</summary>
public sealed record Theme(string Framework, string Key, string TitleJa, string TitleEn)
{
    public string Title(string language) => language == "ja" ? TitleJa : TitleEn;
}
