using AuditTracker.Calendar;
using AuditTracker.Notifications;
using AuditTracker.Platform.Database;

namespace AuditTracker.Evidence;

/// <summary>Notices about files themselves.</summary>
public static class FileMails
{
    private const string Quarantined = "evidence/file-quarantined";

    /// <summary>To the compliance managers and to whoever handed it in: what was found, and what to do. Once a finding and person.</summary>
    public static async Task TellQuarantinedAsync(UnitOfWork work, long quarantine, string found, CancellationToken ct)
    {
        var handedIn = await work.QueryAsync<(long Collection, long? Person, string FileName)>("""
            select h.collection_id, p.id, h.file_name from quarantines q join (
                select e.sha256, e.file_name, s.collection_id, s.by_person from evidence e join submissions s on s.id = e.submission_id where e.kind = 'file'
                union all select sha256, file_name, collection_id, by_person from sample_contents) h on h.sha256 = q.sha256
            left join people p on p.id = h.by_person and (p.left_on is null or p.left_on >= @Today)
            where q.id = @quarantine order by h.collection_id, h.file_name
            """, new { quarantine, work.Today }, ct);
        var facts = (await EvidenceMails.FactsAsync(work, handedIn.Select(row => row.Collection).Distinct(), ct)).ToDictionary(row => row.Id);
        var managers = await WorkingMails.ManagersAsync(work, ct);
        var told = managers.Select(person => (Person: person, handedIn[0].Collection, handedIn[0].FileName, IsManager: true))
            .Concat(handedIn.Where(row => row.Person is { } person && !managers.Contains(person)).Select(row => (Person: row.Person!.Value, row.Collection, row.FileName, IsManager: false)))
            .DistinctBy(row => row.Person);
        await work.TellManyAsync([.. told.Select(row => new Notice($"{Quarantined}:{quarantine}:{row.Person}", Quarantined, row.Person, Quarantine.Subject(quarantine))
        {
            Urgency = Urgency.Returned,
            DueOn = facts[row.Collection].DueOn,
            Model = new Dictionary<string, object?>(EvidenceMails.Model(facts[row.Collection]))
            {
                ["fileName"] = row.FileName,
                ["found"] = found,
                ["manager"] = row.IsManager,
                ["minutes"] = null,
                ["link"] = row.IsManager ? $"/evidence/quarantine/{quarantine}" : $"/evidence/collections/{row.Collection}",
            },
        })], ct);
    }
}
