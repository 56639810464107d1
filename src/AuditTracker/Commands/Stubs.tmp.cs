namespace AuditTracker.Commands;
public static class Demo { public static Task<int> RunAsync(string[] a)=>throw new UsageException("-"); public static Task<string?> LoadIntoEmptyAsync(IServiceProvider s, Installation i)=>Task.FromResult<string?>(null);}
public static class Report { public static Task<int> RunAsync(string[] a)=>throw new UsageException("-"); }
public static class AccountCommand { public static Task<int> RunAsync(string[] a)=>throw new UsageException("-"); }
