namespace AuditTracker.Training;

/// <summary>A question in a test, and the letters of its choices in the order in which they are shown.</summary>
public sealed record DrawnQuestion(string Id, IReadOnlyList<string> Order);

/// <summary>Drawing and marking tests; pure. The same course, version and seed give the same test on every machine.</summary>
public static class TestRules
{
    /// <summary>
    /// The course's number of questions by chance, at least one for each of the four contents (J.4.3: in the material and in the test), in an order and with choices in an order by chance, or in the bank's own where the course says so.
    /// </summary>
    public static IReadOnlyList<DrawnQuestion> Draw(Course course, long seed)
    {
        var dice = new Dice(seed);
        if (course.IsFixed)
        {
            return [.. Chosen(course, dice).OrderBy(question => course.Questions.ToList().IndexOf(question)).Select(question => new DrawnQuestion(question.Id, [.. Enumerable.Range(0, question.Ja.Choices.Count).Select(Question.Letter)]))];
        }
        return [.. dice.Shuffle(Chosen(course, dice)).Select(question => new DrawnQuestion(question.Id, dice.Shuffle([.. Enumerable.Range(0, question.Ja.Choices.Count).Select(Question.Letter)])))];
    }

    private static List<Question> Chosen(Course course, Dice dice)
    {
        var shuffled = dice.Shuffle(course.Questions);
        var must = Course.Contents.Select(content => shuffled.First(question => question.Shows == content)).ToList();
        var rest = shuffled.Where(question => !must.Contains(question)).Take(course.Drawn - must.Count);
        return [.. must, .. rest];
    }

    /// <summary>Right means exactly the right choices: one too many or one too few is not.</summary>
    public static bool IsRight(Question question, IEnumerable<string> chosen) => chosen.Distinct().Order(StringComparer.Ordinal).SequenceEqual(question.Right);

    /// <summary>Percent, rounded down: 100 only when all are right.</summary>
    public static int Score(int right, int asked) => asked == 0 ? 0 : right * 100 / asked;

    /// <summary>Whether so many right answers pass; compared before rounding.</summary>
    public static bool Passes(int right, int asked, int passMark) => asked > 0 && right * 100 >= passMark * asked;

    /// <summary>Chance by SplitMix64: the framework's own generator may change between versions, a stored seed must not.</summary>
    private sealed class Dice(long seed)
    {
        private ulong state = unchecked((ulong)seed);

        private ulong Next()
        {
            var mixed = state += 0x9E3779B97F4A7C15UL;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
            return mixed ^ (mixed >> 31);
        }

        public List<T> Shuffle<T>(IReadOnlyList<T> items)
        {
            var list = items.ToList();
            for (var last = list.Count - 1; last > 0; last--)
            {
                var other = (int)(Next() % (ulong)(last + 1));
                (list[last], list[other]) = (list[other], list[last]);
            }
            return list;
        }
    }
}
