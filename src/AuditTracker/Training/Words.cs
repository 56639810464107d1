namespace AuditTracker.Training;

/// <summary>The words of this room (<c>Words.resx</c>, <c>Words.en.resx</c>).</summary>
public sealed class Words;
