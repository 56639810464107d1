using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AuditTracker.Commands;

/// <summary>
/// Where people open the service, kept in the data folder: a verb that prints a link runs beside the service and need not know its port.
/// </summary>
public static class RunningAddress
{
    /// <summary>Remembers where the started service is open.</summary>
    /// <returns>The configured public address, else the one it listens on.</returns>
    public static async Task<string> WriteAsync(Settings settings, WebApplication app)
    {
        var address = settings.HasPublicAddress ? settings.PublicAddress
            : BindingAddress.Parse(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) is var bound
                && bound.Host is "127.0.0.1" or "[::1]" or "0.0.0.0" or "[::]" ? $"{bound.Scheme}://localhost:{bound.Port}" : bound.ToString();
        var file = FileOf(settings);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, address);
        return address;
    }

    /// <summary>The configured public address, else the one the service was last open at.</summary>
    public static string Read(Settings settings) =>
        !settings.HasPublicAddress && File.Exists(FileOf(settings)) ? File.ReadAllText(FileOf(settings)) : settings.PublicAddress;

    private static string FileOf(Settings settings) => Path.Combine(settings.Data, "run", "address");
}
