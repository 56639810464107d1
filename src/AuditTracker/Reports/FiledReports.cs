using System.Globalization;
using AuditTracker.Platform.Files;
using AuditTracker.Training;

namespace AuditTracker.Reports;

/// <summary>The reports that a closed matter files: which writer builds which.</summary>
public sealed class FiledReports(TrainingWorkbook training)
{
    /// <summary>Builds one as of an instant and keeps its bytes.</summary>
    /// <param name="subject">As in the trail: <c>trainingCampaign:5</c>.</param>
    /// <exception cref="InvalidOperationException">No such report.</exception>
    public async Task<(string Name, Blob Blob)> SaveAsync(BlobStore blobs, string report, string subject, DateTime cutoffAt, string language, CancellationToken ct)
    {
        var path = Path.GetTempFileName();
        try
        {
            string name;
            await using (var output = File.Create(path))
            {
                name = report switch
                {
                    CloseCampaign.Report => await training.WriteAsync(long.Parse(subject[(subject.IndexOf(':', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture), cutoffAt, language, output, ct),
                    _ => throw new InvalidOperationException($"There is no report {report}."),
                };
            }
            await using var content = File.OpenRead(path);
            return (name, await blobs.SaveAsync(content, long.MaxValue, ct));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
