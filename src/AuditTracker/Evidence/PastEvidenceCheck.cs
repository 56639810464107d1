using System.Text;
using AuditTracker.Calendar;

namespace AuditTracker.Evidence;

/// <summary>A file that came with the sheet.</summary>
/// <param name="Source">Its place among the sources of the run.</param>
/// <param name="Entry">Its place in that ZIP; null: the source itself.</param>
public sealed record PastFile(string Path, int Source, int? Entry, long Size)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}

/// <summary>A request that past evidence may be brought in for.</summary>
public sealed record PastRequest(long Id, string Title, string? AdoptedFrom, string Every, int EveryMonths, string OnDay, DateOnly StartOn)
{
    public Recurrence Recurrence => Recurrence.Read(Every, OnDay, EveryMonths) ?? throw new InvalidOperationException($"Request {Id} has no recurrence.");
}

/// <summary>What there is of a period already.</summary>
/// <param name="State">planned, open, submitted, returned, accepted or waived.</param>
public sealed record PastCollection(long RequestId, DateOnly PeriodFrom, DateOnly PeriodTo, string State, DateOnly OpensOn);

/// <summary>What becomes of one period of one request.</summary>
/// <param name="Kind">added (the period is new here), filled (asked for and still open), there (something was handed in already), error.</param>
/// <param name="Lines">The lines of the sheet it comes from.</param>
public sealed record PastPiece(string Kind, IReadOnlyList<int> Lines, string RequestTitle, string PeriodText, long? RequestId, Period? Period, DateOnly? CapturedOn,
    DateOnly? SubmittedOn, string SubmittedBy, DateOnly? AcceptedOn, string AcceptedBy, string Remark, IReadOnlyList<PastFile> Files, IReadOnlyList<PastProblem> Problems);

/// <summary>Holds the sheet against what came with it and what is here: what becomes what, before anything is written. Pure.</summary>
public static class PastEvidenceCheck
{
    /// <param name="sheet">Where the sheet stood in its ZIP; files are looked for beside it.</param>
    /// <param name="refused">Files that are not taken as evidence, and why.</param>
    /// <param name="hashes">Of the files that were hashed: where else those bytes are, as a request's title and period.</param>
    public static IReadOnlyList<PastPiece> Of(IReadOnlyList<PastLine> lines, string sheet, IReadOnlyList<PastFile> files, IReadOnlyList<PastRequest> requests,
        IReadOnlyList<PastCollection> collections, FiscalPeriods fiscal, DateOnly today, IReadOnlyDictionary<PastFile, string> hashes, IReadOnlyDictionary<PastFile, PastProblem>? refused = null)
    {
        var beside = sheet.Contains('/') ? sheet[..(sheet.LastIndexOf('/') + 1)] : "";
        var byPath = files.GroupBy(file => Key(file.Path)).ToDictionary(group => group.Key, group => group.First());
        var byName = files.ToLookup(file => Key(file.Name));
        var known = requests.ToLookup(request => Key(request.Title));
        var numbered = requests.Where(request => request.AdoptedFrom is not null).ToLookup(request => Key(request.AdoptedFrom!));
        var there = collections.ToDictionary(collection => (collection.RequestId, collection.PeriodFrom, collection.PeriodTo));

        (PastLine Line, PastRequest? Request, IReadOnlyList<PastFile> Files, List<PastProblem> Problems) Look(PastLine line)
        {
            var problems = line.Problems.ToList();
            var named = known[Key(line.Request)].Concat(numbered[Key(line.Request)]).Distinct().ToList();
            var request = named.Count == 1 ? named[0] : null;
            if (request is null && line.Request.Length > 0)
            {
                problems.Add(new(line.Line, named.Count == 0 ? "PastRequestUnknown" : "PastRequestAmbiguous", line.Request));
            }
            if (request is not null && line.Period is { } period && !request.Recurrence.Cuts(period, fiscal, request.StartOn))
            {
                problems.Add(new(line.Line, "PastPeriodDoesNotFit", line.PeriodText, $"Every{request.Recurrence.Every}"));
            }
            var found = new List<PastFile>();
            foreach (var path in line.Files)
            {
                var wanted = Key(path.Replace('\\', '/').TrimStart('.', '/'));
                var candidates = byPath.TryGetValue(Key(beside) + wanted, out var exact) || byPath.TryGetValue(wanted, out exact) ? [exact] : wanted.Contains('/') ? [] : byName[wanted].ToList();
                if (candidates.Count == 1)
                {
                    found.Add(candidates[0]);
                    if (refused?.GetValueOrDefault(candidates[0]) is { } why)
                    {
                        problems.Add(why with { Line = line.Line });
                    }
                }
                else
                {
                    problems.Add(new(line.Line, candidates.Count == 0 ? "PastFileMissing" : "PastFileAmbiguous", path));
                }
            }
            return (line, request, found, problems);
        }

        // One line a file, or one line for several: lines of the same request and period are one submission.
        return [.. lines.Select(Look).GroupBy(row => row.Request is null || row.Line.Period is null ? (row.Line.Line, 0L, default) : (0, row.Request.Id, row.Line.Period.Value)).Select(group =>
        {
            var rows = group.ToList();
            var (line, request) = (rows[0].Line, rows[0].Request);
            var problems = rows.SelectMany(row => row.Problems).ToList();
            var kind = problems.Count > 0 ? "error" : "added";
            if (kind != "error" && there.TryGetValue((request!.Id, line.Period!.Value.From, line.Period.Value.To), out var collection))
            {
                kind = collection.State switch { "open" or "returned" => "filled", "planned" when collection.OpensOn <= today => "filled", "planned" => "error", _ => "there" };
                if (kind == "error")
                {
                    problems.Add(new(line.Line, "PastNotOpenYet", line.PeriodText));
                }
            }
            var pieces = rows.SelectMany(row => row.Files).Distinct().ToList();
            problems.AddRange(pieces.Where(hashes.ContainsKey).Select(file => new PastProblem(line.Line, "PastSameBytes", file.Name, hashes[file])));
            return new PastPiece(kind, [.. rows.Select(row => row.Line.Line)], request?.Title ?? line.Request, line.PeriodText, request?.Id, line.Period, rows.Max(row => row.Line.CapturedOn),
                rows.Max(row => row.Line.SubmittedOn), One(rows.Select(row => row.Line.SubmittedBy)), rows.Max(row => row.Line.AcceptedOn), One(rows.Select(row => row.Line.AcceptedBy)),
                string.Join('\n', rows.Select(row => row.Line.Remark).Where(remark => remark.Length > 0).Distinct()), pieces, problems);
        })];
    }

    private static string One(IEnumerable<string> values) => string.Join("、", values.Where(value => value.Length > 0).Distinct());

    // macOS writes か and ゛ apart, so names are compared composed and shown as they came.
    private static string Key(string text) => text.Normalize(NormalizationForm.FormKC).Trim().ToLowerInvariant();
}
