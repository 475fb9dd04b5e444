namespace VenvBuild.Environments;

/// <summary>By what it is known, without reading it, that a file is still the one that was put there.</summary>
internal enum ExpectedLook
{
    /// <summary>It came from the store: its size, the store's time, and the mode that linking gives it.</summary>
    Linked,

    /// <summary>It was written for its layer: the store's time, and a mode by the user's mask.</summary>
    Written,

    /// <summary>As <see cref="Written"/>, and may be run.</summary>
    Command,

    /// <summary>It was written for the environment, and is small: it is compared with what would be written now.</summary>
    Frame,
}
