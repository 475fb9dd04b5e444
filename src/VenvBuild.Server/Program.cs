return await VenvBuild.Server.ServerProgram.RunAsync(args);
