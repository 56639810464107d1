using Microsoft.Extensions.Localization;

namespace AuditTracker.Trail;

/// <summary>Words acts, rows, actors and values at reading, in the reader's language; what has no words is shown as it stands.</summary>
public sealed class TrailWords(IStringLocalizer<Words> words)
{
    /// <summary>Every act that has words, as the filter offers them; a test holds the code's acts against it.</summary>
    public static IReadOnlyList<string> Acts { get; } =
    [
        "account.added", "account.disabled", "account.enabled", "account.endedWithEmployment", "account.firstAdministrator", "account.invited",
        "account.linked", "account.locked", "account.opened", "account.passwordReset", "account.resetAsked", "account.codeAsked", "account.codeEntered", "account.signInFailed",
        "account.signedIn", "account.signedOut", "account.unlocked", "account.sessionsEnded", "account.passwordChanged", "account.factorAdded",
        "account.factorRemoved", "account.factorReset", "account.codesRenewed", "account.confirmed", "account.invitationRevoked",
        "backup.taken",
        "calendar.issued", "calendar.revoked",
        "collection.submitted", "collection.withdrawn", "collection.accepted", "collection.returned", "collection.reopened", "collection.waived",
        "collection.waiverAsked", "collection.waiverDeclined", "collection.waiverUndone", "collection.askWithdrawn", "collection.dueAsked",
        "collection.dueDeclined", "collection.dueMoved", "collection.commented", "collection.commentUndone", "collection.ownerChanged",
        "collection.handedOver", "collection.broughtIn", "collection.partSubmitted", "collection.partWithdrawn",
        "collection.itemsConfirmed", "collection.itemsRejected", "collection.itemsTakenBack",
        "collection.deputyStandsIn", "collection.deputyEnded",
        "collections.opened", "collections.replanned", "collections.assigned", "collections.assignmentUndone", "collections.reminded",
        "company.changed", "company.noticeRulesChanged", "company.appointed", "company.appointmentEnded", "company.appointmentWithdrawn",
        "company.closureAdded", "company.closureRemoved", "company.makeUpDayAdded", "company.makeUpDayRemoved", "company.holidaysImported",
        "company.changeWithdrawn", "company.changeReported", "company.changeNeedsNoReport", "company.changeReportReopened",
        "control.changed",
        "course.draftBegun", "course.draftDiscarded", "course.published",
        "department.changed", "department.closed",
        "departments.imported",
        "filing.askedAgain", "filing.paperAsked", "filing.paperBuilt", "filing.paperFailed", "filing.downloaded",
        "file.quarantined", "file.released", "file.confirmed",
        "file.damaged", "file.destroyed", "files.destructionApproved", "files.destructionWithdrawn",
        "retention.held", "retention.released", "retention.classified", "retention.termSet",
        "installation.restored",
        "leaver.handedOver",
        "mail.arrived", "mail.sendNow", "mail.sentAgain", "mail.test", "mail.released", "mail.templateChanged", "mail.templateTakenBack",
        "pastEvidence.checked", "pastEvidence.asked", "pastEvidence.applied", "pastEvidence.failed", "pastEvidence.dropped",
        "people.imported",
        "person.added", "person.changed", "person.deputyNamed",
        "post.changed",
        "posts.imported",
        "trail.guarded",
        "trail.rowsKnown", "trail.verificationAsked", "trail.verified", "trail.verificationFailed", "trail.valueErased",
        "report.requested", "report.requestedAgain", "report.built", "report.written", "report.failed", "report.downloaded", "report.filed",
        "request.added", "request.changed",
        "role.granted", "role.ended",
        "sample.populationTaken", "sample.drawn", "sample.rowReplaced", "sample.rowJudged", "sample.concluded", "sample.abandoned", "sample.sizesSet", "sample.destroyed", "samples.destructionApproved", "samples.destructionWithdrawn",
        "token.added", "token.revoked",
        "webhook.added", "webhook.changed", "webhook.paused", "webhook.resumed", "webhook.ended", "webhook.keyRenewed", "webhook.tested", "webhook.retried",
        "training.planned", "training.planChanged", "training.approved", "training.approvalTakenBack", "training.started",
        "training.peopleFollowed", "training.exemptionAsked", "training.exempted", "training.exemptionDeclined", "training.attendanceRecorded",
        "training.reminded", "training.linkOpened", "training.linksRevoked", "training.completed", "training.testFailed",
        "training.reported", "training.reportReturned", "training.closed", "training.cadenceChanged",
    ];

    /// <summary>The key of an act's words: <c>collection.accepted</c> → <c>ActCollectionAccepted</c>.</summary>
    public static string KeyOf(string act) => "Act" + string.Concat(act.Split('.').Select(Pascal));

    /// <summary>What was done: <c>受領</c>, or for a row <c>行の変更 collections</c>.</summary>
    public string What(string kind, string what)
    {
        if (kind == "row" && what.LastIndexOf('.') is > 0 and var dot)
        {
            return what[(dot + 1)..] is "insert" or "update" or "delete" ? words["Row" + Pascal(what[(dot + 1)..]), what[..dot]] : what;
        }
        return Known(KeyOf(what)) ?? what;
    }

    /// <summary>Who: the person's name, or the job or command that acted by itself.</summary>
    public string Who(string actor, string? name) => name ?? actor.Split(':', 2) switch
    {
        ["job", var job] => words["ActorJob", Known("Job" + job) ?? job],
        ["visitor"] => words["ActorVisitor"],
        ["operator", var verb] => words["ActorOperator", verb],
        _ => actor,
    };

    /// <summary>The name of a value: the words of the facts that acts carry, else the column itself.</summary>
    public string Name(string kind, string name) => (kind == "act" ? Known("Fact" + Pascal(name)) : null) ?? name;

    /// <summary>A value as this reader may see it; null when it is empty.</summary>
    public string? Value(TrailValue value) => value.Showing != Showing.Plain ? words["Value" + value.Showing]
        : value is { Name: "role", Text: { } role } ? Known("Role" + Pascal(role)) ?? role : value.Text;

    private string? Known(string key) => words[key] is { ResourceNotFound: false } found ? found.Value : null;

    private static string Pascal(string word) => word.Length == 0 ? "" : char.ToUpperInvariant(word[0]) + word[1..];
}
