namespace AuditTracker.People;

/// <summary>The words of this room: Words.resx (Japanese) and Words.en.resx (English).</summary>
public sealed class Words;
