using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

public sealed class RealWheels
{
    [Fact]
    public void Every_wheel_of_the_slice_is_accepted()
    {
        var refusals = new List<string>();
        var wheels = Directory.GetFiles(Path.Combine(Require.Slice(), "files"), "*.whl");
        Assert.NotEmpty(wheels);
        foreach (var path in wheels)
        {
            try
            {
                using var wheel = WheelArchive.Open(path);
                wheel.Verify(TestContext.Current.CancellationToken);
            }
            catch (Packaging.DiagnosticException e)
            {
                refusals.Add(e.Message);
            }
        }

        Assert.True(refusals.Count == 0, string.Join("\n", refusals));
    }
}
