using VenvBuild.Cli;

return await CommandLine.RunAsync(args, Streams.OfProcess());
