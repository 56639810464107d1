namespace AuditTracker.Platform.Workbooks;

/// <summary>
/// How wide and high a text will be in a Japanese font, in half-width characters and points. An estimate, on the generous side: Excel does
/// not fit rows with merged cells, and other programs do not fit rows at all.
/// </summary>
public static class TextWidth
{
    /// <summary>Height of one line of body text in points.</summary>
    public const double LineHeight = 17;

    /// <summary>The highest row Excel can show, in points; what does not fit is in the cell but not on the paper.</summary>
    public const double HighestRow = 409;

    /// <summary>What a cell keeps free at its sides, in half-width characters.</summary>
    internal const double Air = 0.7;

    /// <summary>Width in half-width characters: full-width and ambiguous characters 2, half-width 1, combining marks 0. The widest line counts.</summary>
    public static int Of(ReadOnlySpan<char> text)
    {
        int widest = 0, width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width = rune.Value == '\n' ? 0 : width + Of(rune.Value);
            widest = Math.Max(widest, width);
        }
        return widest;
    }

    /// <summary>Lines the text takes in a column of this width: Japanese breaks anywhere, Latin words move down whole.</summary>
    public static int Lines(ReadOnlySpan<char> text, double columnWidth)
    {
        var room = Math.Max(2, (int)(columnWidth - Air));
        int lines = 1, used = 0, word = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == '\n')
            {
                lines++;
                used = word = 0;
                continue;
            }
            var width = Of(rune.Value);
            word = width == 1 && rune.Value != ' ' ? word + 1 : 0;
            used += width;
            if (used <= room)
                continue;
            lines++;
            used = word > 1 && word < used && word <= room ? word : width;
            word = Math.Min(word, used);
        }
        return lines;
    }

    /// <summary>Row height in points for a text in a column (or merged columns) of this width.</summary>
    public static double RowHeight(string text, double columnWidth) => RowHeight(Lines(text, columnWidth));

    /// <summary>Row height in points for a number of lines.</summary>
    internal static double RowHeight(int lines) => Math.Min(HighestRow, lines * LineHeight);

    private static int Of(int rune) => rune switch
    {
        < 0x20 => 0,
        < 0xA0 => 1,
        '§' or '¨' or '°' or '±' or '´' or '¶' or '×' or '÷' => 2,
        < 0x300 => 1,
        < 0x370 => 0,
        >= 0x200B and <= 0x200F or >= 0xFE00 and <= 0xFE0F or >= 0xE0100 and <= 0xE01EF or 0x3099 or 0x309A => 0,
        >= 0xFF61 and <= 0xFFDC => 1,
        _ => 2,
    };
}
