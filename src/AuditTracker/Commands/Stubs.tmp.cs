namespace AuditTracker.Commands;
public static class Report { public static Task<int> RunAsync(string[] a)=>throw new UsageException("-"); }
public static class AccountCommand { public static Task<int> RunAsync(string[] a)=>throw new UsageException("-"); }
