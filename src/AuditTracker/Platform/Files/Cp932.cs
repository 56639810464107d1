using System.Text;

namespace AuditTracker.Platform.Files;

/// <summary>
/// CP932 that refuses what it does not know. .NET's own strict decoder also refuses the 398 characters that have two codes, among them 髙 and 﨑 as
/// NEC's extension writes them (EE E0), and its lax one turns the unknown into ・.
/// </summary>
internal static class Cp932
{
    private const int CodePage = 932;
    private const string LaxUnknown = "・";

    private static readonly Encoding Lax = CodePagesEncodingProvider.Instance.GetEncoding(CodePage)!;

    /// <summary>Throws <see cref="DecoderFallbackException"/> on bytes that are no character.</summary>
    public static Encoding Strict { get; } =
        CodePagesEncodingProvider.Instance.GetEncoding(CodePage, EncoderFallback.ExceptionFallback, new SecondCodes())!;

    private sealed class SecondCodes : DecoderFallback
    {
        public override int MaxCharCount => 1;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new OneCharacter();
    }

    private sealed class OneCharacter : DecoderFallbackBuffer
    {
        private char? waiting;

        public override int Remaining => waiting is null ? 0 : 1;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            var character = Lax.GetString(bytesUnknown);
            if (bytesUnknown.Length != 2 || character.Length != 1 || character == LaxUnknown)
            {
                throw new DecoderFallbackException("No CP932 character.", bytesUnknown, index);
            }

            waiting = character[0];
            return true;
        }

        public override char GetNextChar()
        {
            var next = waiting ?? '\0';
            waiting = null;
            return next;
        }

        public override bool MovePrevious() => false;

        public override void Reset() => waiting = null;
    }
}
