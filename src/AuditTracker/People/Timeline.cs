namespace AuditTracker.People;

/// <summary>Something that held from a day to a day.</summary>
/// <param name="Id">Its row, or 0 while it has none.</param>
/// <param name="To">The last day, included; null = open.</param>
public sealed record Held<T>(long Id, DateOnly From, DateOnly? To, T Value)
{
    public bool Holds(DateOnly day) => From <= day && (To is null || day <= To);
}

/// <summary>
/// What held when, oldest first and never two at once. Changes leave earlier days as they were and stop at the next change that is already known.
/// </summary>
public static class Timeline
{
    /// <summary>What holds on the day; the default of <typeparamref name="T"/> when nothing does.</summary>
    public static T? On<T>(this IEnumerable<Held<T>> spans, DateOnly day) => spans.FirstOrDefault(span => span.Holds(day)) is { } found ? found.Value : default;

    /// <summary>The spans with <paramref name="value"/> from <paramref name="day"/> on: what held then ends the day before.</summary>
    /// <param name="value">Null = nothing holds from then on.</param>
    public static IReadOnlyList<Held<T>> With<T>(this IReadOnlyList<Held<T>> spans, DateOnly day, T? value)
        where T : class
    {
        var held = spans.FirstOrDefault(span => span.Holds(day));
        if (Equals(held?.Value, value))
        {
            return spans;
        }

        var last = held is not null ? held.To : spans.Where(span => span.From > day).Min(span => (DateOnly?)span.From)?.AddDays(-1);
        List<Held<T>> changed = [];
        foreach (var span in spans)
        {
            if (span != held)
            {
                changed.Add(span);
            }
            else if (span.From < day)
            {
                changed.Add(span with { To = day.AddDays(-1) });
            }
            else if (value is not null)
            {
                changed.Add(span with { Value = value });
                value = null;
            }
        }

        if (value is not null)
        {
            changed.Add(new(0, day, last, value));
        }

        return [.. changed.OrderBy(span => span.From)];
    }

    /// <summary>The spans up to <paramref name="last"/>, included; what lies behind is gone.</summary>
    public static IReadOnlyList<Held<T>> Until<T>(this IReadOnlyList<Held<T>> spans, DateOnly? last) =>
        last is null ? spans : [.. spans.Where(span => span.From <= last).Select(span => span.To is null || span.To > last ? span with { To = last } : span)];

    /// <summary>The spans, of which the one that ended on <paramref name="end"/> goes on until <paramref name="to"/>: the end itself was moved.</summary>
    public static IReadOnlyList<Held<T>> Prolonged<T>(this IReadOnlyList<Held<T>> spans, DateOnly end, DateOnly? to) =>
        [.. spans.Select(span => span.To == end ? span with { To = to } : span)];

    /// <summary>The spans, of which those from <paramref name="start"/> on begin on <paramref name="from"/>: the start itself was moved. Older ones stay.</summary>
    public static IReadOnlyList<Held<T>> Begun<T>(this IReadOnlyList<Held<T>> spans, DateOnly start, DateOnly from)
    {
        var free = spans.Where(span => span.From < start).Max(span => span.To)?.AddDays(1);
        from = free > from ? free.Value : from;
        return
        [
            .. spans.Where(span => span.From < start || span.To is null || span.To >= from)
                .Select(span => span.From == start || (span.From > start && span.From < from) ? span with { From = from } : span),
        ];
    }
}
