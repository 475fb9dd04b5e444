namespace VenvBuild.Environments;

/// <summary>Which Python takes a bytecode file.</summary>
/// <param name="CacheTag">What names its bytecode files, such as <c>cpython-312</c>.</param>
/// <param name="Magic">The number that its bytecode files begin with, 8 lower-case hexadecimal digits.</param>
public sealed record BytecodeFormat(string CacheTag, string Magic)
{
    /// <summary>The format of an interpreter.</summary>
    public static BytecodeFormat Of(Interpreter interpreter) => new(interpreter.CacheTag, interpreter.BytecodeMagic);

    /// <summary>Such as <c>cpython-312-cb0d0d0a</c>.</summary>
    public override string ToString() => $"{CacheTag}-{Magic}";
}
