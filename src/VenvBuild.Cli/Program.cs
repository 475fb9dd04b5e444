using VenvBuild.Cli;

CollectionPause.Begin();
return await CommandLine.RunAsync(args, Streams.OfProcess());
