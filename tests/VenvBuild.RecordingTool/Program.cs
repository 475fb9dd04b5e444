// Called as dotnet-pyenv is by the targets. Beside the manifest: runs.log gets one line for each call; reply.txt, if there, is said on stderr
// and fails the call.
var manifest = args[Array.IndexOf(args, "--manifest") + 1];
var home = Path.GetDirectoryName(Path.GetFullPath(manifest))!;

var inherited = new[] { "MSBuildSDKsPath", "MSBuildExtensionsPath" }.Where(name => Environment.GetEnvironmentVariable(name) is not null);
File.AppendAllText(Path.Combine(home, "runs.log"), string.Join(' ', args.Concat(inherited)) + "\n");

var reply = Path.Combine(home, "reply.txt");
if (File.Exists(reply))
{
    Console.Error.Write(File.ReadAllText(reply));
    return 1;
}

if (args[0] == "sync")
{
    var path = Array.IndexOf(args, "--path");
    var environment = Path.Combine(home, path < 0 ? ".venv" : args[path + 1]);
    Directory.CreateDirectory(Path.Combine(environment, "lib", "python3.11", "site-packages"));
    File.WriteAllText(Path.Combine(environment, "pyvenv.cfg"), "home = /usr/bin\n");
    File.WriteAllText(Path.Combine(home, "pylock.toml"), "lock-version = \"1.0\"\n");
    Console.Error.WriteLine("a remark on the way");
    Console.WriteLine(".venv: made with 3 packages");
}

return 0;
