using System.Diagnostics;
using AuditTracker.Platform.Jobs;

namespace AuditTracker.Tests.Support;

/// <summary>A real worker of the product in a process of its own, on a test's database, to be killed.</summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process process;

    private WorkerProcess(Process process) => this.process = process;

    public static WorkerProcess Start(TestDatabase database, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "audit-tracker.dll"), "worker", "--data", database.Installation.Settings.Data])
        {
            Environment = { ["ConnectionStrings__Main"] = database.AppConnection, ["ConnectionStrings__Owner"] = database.OwnerConnection },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new WorkerProcess(process);
    }

    /// <summary>Asks the job engine, from this process, to have the worker run a job now.</summary>
    public static Task AskAsync(TestDatabase database, string job) => database.Get<IJobEngine>().RunNowAsync(job, CancellationToken.None);

    /// <summary>SIGKILL: nothing of it gets to say goodbye.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }
        process.Dispose();
    }
}
