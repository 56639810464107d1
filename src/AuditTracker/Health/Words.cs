namespace AuditTracker.Health;

/// <summary>The room's words: <c>Words.resx</c> (Japanese) and <c>Words.en.resx</c>.</summary>
public sealed class Words;
