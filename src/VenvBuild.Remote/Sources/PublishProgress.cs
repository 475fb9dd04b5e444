namespace VenvBuild.Remote;

/// <summary>How far a publication is.</summary>
/// <param name="Done">How many layers were sent.</param>
/// <param name="Total">How many are to be sent at most.</param>
/// <param name="Pause">How long the place's limits are waited for now; zero while it goes on.</param>
public readonly record struct PublishProgress(int Done, int Total, TimeSpan Pause);
