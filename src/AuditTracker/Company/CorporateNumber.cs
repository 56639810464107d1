using System.Text;

namespace AuditTracker.Company;

/// <summary>
/// The corporate number (法人番号): thirteen digits, the first of which checks the other twelve
/// (法人番号の指定等に関する省令 第2条: 9 − (Σ Pn × Qn mod 9), Pn from the right, Qn 1 and 2 in turn).
/// </summary>
public static class CorporateNumber
{
    /// <summary>The thirteen digits as typed, full width or with hyphens; null when they are not a corporate number.</summary>
    public static string? Read(string typed)
    {
        var digits = typed.Normalize(NormalizationForm.FormKC).Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return digits.Length == 13 && digits.All(char.IsAsciiDigit) && digits[0] - '0' == CheckDigit(digits.AsSpan(1)) ? digits : null;
    }

    /// <param name="base12">The twelve digits behind the check digit.</param>
    public static int CheckDigit(ReadOnlySpan<char> base12)
    {
        var sum = 0;
        for (var n = 1; n <= 12; n++)
        {
            sum += (base12[12 - n] - '0') * (n % 2 == 1 ? 1 : 2);
        }
        return 9 - sum % 9;
    }
}
