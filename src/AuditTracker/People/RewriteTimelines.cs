namespace AuditTracker.People;

/// <summary>
/// What an import makes of posts, managers and departments by date: the old one ends the day before the effective date, the new one begins on it.
/// Somebody new has their post and manager from the hire date; nobody has any after their last day. Concurrent posts are not in a file and stay.
/// </summary>
internal static class RewriteTimelines
{
    private sealed record Post(string Code, string Title);

    private sealed record Terms(string Name, long? ParentId, string? HeadNo);

    public static Rewrite<PostRow> Posts(Difference difference, IReadOnlyList<PostRow> known)
    {
        var rows = known.ToLookup(row => row.EmployeeNo, StringComparer.Ordinal);
        return Rewritten(known, row => row.Id, difference.ToApply.SelectMany(person =>
        {
            var own = rows[person.After.EmployeeNo];
            var primary = own.Where(row => row.IsPrimary).Select(row => new Held<Post>(row.Id, row.FromOn, row.ToOn, new(row.Code, row.Title))).ToArray();
            var now = person.After.DepartmentCode is { } code ? new Post(code, person.After.Title) : null;
            var then = person.Before?.DepartmentCode is { } old ? new Post(old, person.Before.Title) : null;
            var spans = Of(person, primary, then, now, difference.Terms);
            var others = own.Where(row => !row.IsPrimary).SelectMany(row => Beside(row, spans, person.After.LeftOn));
            return spans.Select(span => new PostRow(span.Id, person.After.EmployeeNo, span.Value.Code, span.Value.Title, true, span.From, span.To)).Concat(others);
        }));
    }

    public static Rewrite<ManagerRow> Managers(Difference difference, IReadOnlyList<ManagerRow> known)
    {
        var rows = known.ToLookup(row => row.EmployeeNo, StringComparer.Ordinal);
        return Rewritten(known, row => row.Id, difference.ToApply.SelectMany(person =>
        {
            var spans = rows[person.After.EmployeeNo].Select(row => new Held<string>(row.Id, row.FromOn, row.ToOn, row.ManagerNo)).ToArray();
            return Of(person, spans, person.Before?.ManagerNo, person.After.ManagerNo, difference.Terms)
                .Select(span => new ManagerRow(span.Id, person.After.EmployeeNo, span.Value, span.From, span.To));
        }));
    }

    /// <summary>The departments whose rows may change: those of the difference and those that people move into.</summary>
    public static IReadOnlyList<string> DepartmentsConcerned(Difference difference, Rewrite<PostRow> posts) =>
        [.. difference.Departments.Select(department => department.Code).Union(posts.Added.Concat(posts.Changed).Select(post => post.Code))];

    /// <param name="known">All versions of <see cref="DepartmentsConcerned"/>.</param>
    /// <param name="posts">The posts as they will be written, so that a department has a name since its first one.</param>
    public static Rewrite<DepartmentRow> Departments(Difference difference, IReadOnlyList<DepartmentRow> known, Rewrite<PostRow> posts)
    {
        var firstPosts = posts.Added.Concat(posts.Changed).GroupBy(post => post.Code, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Min(post => post.FromOn), StringComparer.Ordinal);
        var from = difference.Terms.EffectiveOn;
        var changes = difference.Departments.ToDictionary(department => department.Code, StringComparer.Ordinal);
        return Rewritten(known, row => row.Id, DepartmentsConcerned(difference, posts).SelectMany(code =>
        {
            IReadOnlyList<Held<Terms>> spans = [.. known.Where(row => row.Code == code).Select(row => new Held<Terms>(row.Id, row.FromOn, row.ToOn, new(row.Name, row.ParentId, row.HeadNo)))];
            if (!changes.TryGetValue(code, out var change) && spans.Count == 0)
            {
                return [];
            }

            var name = change?.NewName ?? spans[0].Value.Name;
            if (firstPosts.TryGetValue(code, out var first) && first < (spans.Count > 0 ? spans[0].From : from))
            {
                // Who headed it then is not known.
                spans = [new(0, first, spans.Count > 0 ? spans[0].From.AddDays(-1) : null, new(spans.Count > 0 ? spans[0].Value.Name : name, null, null)), .. spans];
            }

            if (change is not null)
            {
                spans = spans.With(from, new Terms(name, spans.On(from)?.ParentId, change.NewHeadNo));
            }

            return spans.Select(span => new DepartmentRow(span.Id, code, span.Value.Name, span.Value.ParentId, span.Value.HeadNo, span.From, span.To));
        }));
    }

    private static IReadOnlyList<Held<T>> Of<T>(PersonDifference person, IReadOnlyList<Held<T>> spans, T? then, T? now, ImportTerms terms)
        where T : class
    {
        var after = person.After;
        if (person.Before is not { } before)
        {
            return now is null ? [] : [new(0, after.HiredOn, after.LeftOn, now)];
        }

        if (person.BackOn is { } back)
        {
            return spans.With(back, now).Until(after.LeftOn);
        }

        if (before.HiredOn != after.HiredOn)
        {
            spans = spans.Begun(before.HiredOn, after.HiredOn);
        }

        if (before.LeftOn is { } left && before.LeftOn != after.LeftOn)
        {
            spans = spans.Prolonged(left, after.LeftOn);
        }

        if (!Equals(then, now))
        {
            spans = spans.With(terms.EffectiveOn > after.HiredOn ? terms.EffectiveOn : after.HiredOn, now);
        }

        return spans.Until(after.LeftOn);
    }

    // A concurrent post ends where the primary one moves into the same department, and with the last day.
    private static IEnumerable<PostRow> Beside(PostRow row, IReadOnlyList<Held<Post>> primary, DateOnly? leftOn)
    {
        var meets = primary.FirstOrDefault(span => span.Value.Code == row.Code && (row.ToOn is null || span.From <= row.ToOn) && (span.To is null || row.FromOn <= span.To));
        var last = meets is not null ? meets.From.AddDays(-1) : row.ToOn;
        last = leftOn is not null && (last is null || last > leftOn) ? leftOn : last;
        return last < row.FromOn ? [] : [row with { ToOn = last }];
    }

    private static Rewrite<T> Rewritten<T>(IReadOnlyList<T> known, Func<T, long> id, IEnumerable<T> wanted)
        where T : notnull
    {
        var after = wanted.ToArray();
        var before = known.ToDictionary(id);
        var kept = after.Select(id).ToHashSet();
        return new([.. before.Keys.Where(row => !kept.Contains(row))], [.. after.Where(row => id(row) != 0 && !row.Equals(before[id(row)]))], [.. after.Where(row => id(row) == 0)]);
    }
}
