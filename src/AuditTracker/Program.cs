using AuditTracker.Commands;

return await Verbs.RunAsync(args);
