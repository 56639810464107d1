namespace AuditTracker.Commands;
public static class Demo { public static Task<int> RunAsync(string[] a)=>throw new UsageException("-"); public static Task<string?> LoadIntoEmptyAsync(IServiceProvider s, Installation i)=>Task.FromResult<string?>(null);}
public static class Import { public static Task<int> RunAsync(string[] a)=>throw new UsageException("-"); }
public static class Report { public static Task<int> RunAsync(string[] a)=>throw new UsageException("-"); }
public static class AccountCommand { public static Task<int> RunAsync(string[] a)=>throw new UsageException("-"); }
public static class W { public static IServiceCollection AddWorker(this IServiceCollection s)=>s; }
public static class F { public static IServiceCollection AddFace(this IServiceCollection s)=>s; public static void UseFace(this WebApplication a){} public static void UseFaceErrors(this WebApplication a){} }
