using VenvBuild.Testing;

namespace VenvBuild.Remote.Tests;

/// <summary>Several who make and sign the same environment, each at a time of its own, for a policy that wants all of them.</summary>
public sealed class SigningAtOnce
{
    private const int Signers = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Into_a_folder_leaves_the_signatures_of_all()
    {
        using var folder = new TestFolder();
        await CheckAsync(() => new EnvironmentFolderStore(folder.File("environments")), isAtOnce: true);
    }

    [Fact]
    public async Task A_signature_is_renewed_when_it_is_a_day_old_and_a_file_never_has_more_than_is_read()
    {
        using var folder = new TestFolder();
        using var key = SigningKey.Create();
        var made = new MadeEnvironment("a-1.0");
        var store = new EnvironmentFolderStore(folder.Path);
        async Task<bool> PushAsync(string builder, TimeSpan later) => (await store.PublishAsync(
            new(made.Manifest, made, manifest => DsseEnvelope.Sign(DsseEnvelope.InTotoPayloadType, StatementOfEnvironment.Of(manifest, builder, Sample.Now + later).Write(), key)), Token)).IsUnchanged;

        Assert.False(await PushAsync("test", TimeSpan.Zero));
        Assert.True(await PushAsync("test", TimeSpan.FromHours(23)));
        Assert.False(await PushAsync("test", TimeSpan.FromDays(40)));
        var offer = await store.FindEnvironmentAsync(made.Plan.Key, Token);
        Assert.Single(SignatureFile.Parse(offer!.Signatures!.Value.Span));
        var policy = new TrustPolicy([Sample.Signer("team", key)]) { MaximumAge = TimeSpan.FromDays(30) };
        policy.Check(made.Offered(offer), offer.Signatures, Sample.Now + TimeSpan.FromDays(41));

        for (var i = 0; i < 40; i++)
            await PushAsync($"build {i}", TimeSpan.FromDays(40) + TimeSpan.FromMinutes(i));
        offer = await store.FindEnvironmentAsync(made.Plan.Key, Token);
        Assert.Equal("build 39", policy.Check(made.Offered(offer!), offer!.Signatures, Sample.Now + TimeSpan.FromDays(41)).Builder);
    }

    /// <summary>Publishes for all of them and holds what is there against a policy that wants every one, several times.</summary>
    internal static async Task CheckAsync<T>(Func<T> open, bool isAtOnce)
        where T : IEnvironmentStore
    {
        for (var round = 0; round < 5; round++)
        {
            var keys = Enumerable.Range(0, Signers).Select(_ => SigningKey.Create()).ToList();
            var wheel = $"a-{round}.0";
            var made = new MadeEnvironment(wheel, "b-1.0");
            // At first nothing is there, later another's.
            using var first = SigningKey.Create();
            if (round > 2)
                await PushAsync(first, 0);
            if (isAtOnce)
                await Task.WhenAll(keys.Select(PushAsync));
            else
                await PushOneByOneAsync();
            var offer = await UsingAsync(store => store.FindEnvironmentAsync(made.Plan.Key, Token));
            var policy = new TrustPolicy([.. keys.Select((key, i) => Sample.Signer($"signer-{i}", key))], Signers);
            policy.Check(made.Offered(offer!), offer!.Signatures, Sample.Now);
            foreach (var key in keys)
            {
                await PushAgainAsync(key);
                key.Dispose();
            }

            Task PushAsync(SigningKey key, int i) =>
                UsingAsync(store => store.PublishAsync(new MadeEnvironment(TimeSpan.FromSeconds(i), wheel, "b-1.0").Publication(key), Token));

            async Task PushAgainAsync(SigningKey key) => Assert.True((await UsingAsync(store => store.PublishAsync(made.Publication(key), Token))).IsUnchanged);

            async Task PushOneByOneAsync()
            {
                for (var i = 0; i < keys.Count; i++)
                    await PushAsync(keys[i], i);
            }
        }

        async Task<TResult> UsingAsync<TResult>(Func<T, Task<TResult>> work)
        {
            var store = open();
            using (store as IDisposable)
                return await work(store);
        }
    }
}
