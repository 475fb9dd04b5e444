namespace VenvBuild.Remote;

/// <summary>
/// A shelf is not any more what it was: a draft that several were filling was taken away, because another of its name became visible first,
/// or it was published and can take nothing more. All is looked at anew.
/// </summary>
internal sealed class ShelfGoneException : Exception;
