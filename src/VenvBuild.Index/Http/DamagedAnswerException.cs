namespace VenvBuild.Index;

/// <summary>
/// What came is damaged, by chance or by malice: asking again may help. When it does not, <see cref="Verdict"/> says what to tell.
/// </summary>
internal sealed class DamagedAnswerException(Packaging.Diagnostic verdict, Exception? innerException = null) : Exception(verdict.Message, innerException)
{
    public Packaging.Diagnostic Verdict => verdict;
}
