namespace AuditTracker.Company;

/// <summary>The words of the company's pages (<c>Words.resx</c>, <c>Words.en.resx</c>).</summary>
public sealed class Words;
