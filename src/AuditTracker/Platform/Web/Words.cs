namespace AuditTracker.Platform.Web;

/// <summary>The words of the shell, the shared components and the states every room shows (<c>Words.resx</c>, <c>Words.en.resx</c>).</summary>
public sealed class Words;
