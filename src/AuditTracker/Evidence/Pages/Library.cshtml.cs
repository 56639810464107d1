using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Evidence.Pages;

/// <summary>The requests that ship with the product, to start from.</summary>
[May(Role.ComplianceManager)]
public sealed class LibraryModel(Library library, RequestStore requests, Choices choices) : PageModel
{
    [FromQuery(Name = "q")] public string? Search { get; set; }

    public IReadOnlyList<(LibrarySubject Subject, IReadOnlyList<LibraryEntry> Entries)> Found { get; private set; } = [];
    public IReadOnlyDictionary<string, long> Adopted { get; private set; } = new Dictionary<string, long>();
    public IReadOnlyDictionary<string, ItemName> Items { get; private set; } = new Dictionary<string, ItemName>();
    public int Total { get; private set; }
    public int All => library.Subjects.Sum(subject => subject.Requests.Count);

    public async Task OnGetAsync(CancellationToken ct)
    {
        var search = Prose.Given(Search) ?? "";
        Found = [.. library.Subjects.Select(subject => (subject, (IReadOnlyList<LibraryEntry>)[.. subject.Requests.Where(entry => entry.Matches(search))])).Where(group => group.Item2.Count > 0)];
        Total = Found.Sum(group => group.Entries.Count);
        Adopted = await requests.AdoptedAsync(HttpContext.CurrentUser(), ct);
        Items = (await choices.ItemsOfAsync(Found.SelectMany(group => group.Entries).SelectMany(entry => entry.Items), ct)).ToDictionary(item => item.Key);
    }
}
