namespace VenvBuild.Remote;

/// <summary>A draft that several were filling was taken away, because another shelf of its name became visible first: all is looked at anew.</summary>
internal sealed class ShelfGoneException : Exception;
