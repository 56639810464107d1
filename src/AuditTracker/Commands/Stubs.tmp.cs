namespace AuditTracker.Commands;
public static class Report { public static Task<int> RunAsync(string[] a)=>throw new UsageException("-"); }
