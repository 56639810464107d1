using System.Net;
using System.Net.Sockets;

namespace AuditTracker.Platform.Security;

/// <summary>
/// Which addresses this machine may be made to talk to by somebody's typing. Public ones; others only where the operator has named them. What embeds another address (IPv4-mapped, NAT64,
/// 6to4, Teredo) is no way around.
/// </summary>
public static class PublicAddresses
{
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Within 2000::/3, the only part of IPv6 that is public.
            "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        return (address.AddressFamily == AddressFamily.InterNetwork || address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId == 0 && GlobalUnicast.Contains(address))
            && !NotPublic.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address));
    }

    /// <summary>Networks of a setting: <c>10.1.0.0/16, 192.168.3.7</c>; null: one of them is none.</summary>
    public static IReadOnlyList<IPNetwork>? Networks(string text)
    {
        var networks = new List<IPNetwork>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPNetwork.TryParse(part, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(part, out var one))
            {
                networks.Add(new IPNetwork(one, one.AddressFamily == AddressFamily.InterNetwork ? 32 : 128));
            }
            else
            {
                return null;
            }
        }
        return networks;
    }
}

/// <summary>The address is none that this machine may be sent to.</summary>
public sealed class AddressRefused(string host) : HttpRequestException($"{host} is not a public address.");

/// <summary>
/// HTTP to addresses that somebody typed: the address is judged when the connection is made, so a name that means another machine the second time gets nowhere; no redirect is followed, no
/// proxy of the environment is asked, no cookie kept.
/// </summary>
public static class GuardedHttp
{
    /// <param name="allowed">Networks that are reached although they are not public.</param>
    public static HttpClient Create(IReadOnlyList<IPNetwork> allowed, TimeSpan timeout) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = timeout,
        MaxResponseHeadersLength = 16,
        // A connection is judged when it is made: none is kept for long.
        PooledConnectionLifetime = TimeSpan.FromSeconds(30),
        ConnectCallback = async (context, ct) =>
        {
            var host = context.DnsEndPoint.Host;
            var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, ct);
            // In the open only where the operator's own network is; what is said to others is said encrypted.
            var isPlain = context.InitialRequestMessage.RequestUri?.Scheme != Uri.UriSchemeHttps;
            var open = addresses.Where(address => isPlain ? IsNamed(address, allowed) : MayReach(address, allowed)).ToArray();
            if (open.Length == 0 || open.Length < addresses.Length)
            {
                // A name that means both a public and a private machine is a trick, not a mistake.
                throw new AddressRefused(host);
            }
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(open, context.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    { Timeout = timeout };

    /// <summary>Public, or named by the operator.</summary>
    public static bool MayReach(IPAddress address, IReadOnlyList<IPNetwork> allowed) => PublicAddresses.IsPublic(address) || IsNamed(address, allowed);

    /// <summary>Named by the operator.</summary>
    public static bool IsNamed(IPAddress address, IReadOnlyList<IPNetwork> allowed)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return allowed.Any(network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain));
    }
}
