using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Cli;

public sealed class CompareCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_arrays_get_a_verdict_on_each_value()
    {
        Array("near.npy", 1, 0.1);
        Array("far.npy", 2, 1.5);
        Array("real.npy", 3, 0);
        var run = Run("near.npy", "far.npy", "--real", "real.npy");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.StartsWith("A: near.npy\nB: far.npy\nagainst real.npy, 200 samples of each\n", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^overall +frechet-distance ↓ .* A is better$", run.Output);
        Assert.Matches(@"(?m)^diversity +clipped-coverage ↑ .* A is better$", run.Output);

        var same = Run("near.npy", "near.npy", "--real", "real.npy", "--fid");
        Assert.Matches(@"frechet-distance ↓ .* 1\.0000  not told apart$", same.Output.Split('\n')[^3]);
    }

    [Theory]
    [InlineData("Option '--real' is required.", "a.npy", "a.npy")]
    [InlineData("fld cannot be compared: it has no interval.", "a.npy", "a.npy", "--real", "a.npy", "--train", "a.npy", "--fld")]
    [InlineData("holds statistics, and a comparison needs the samples.", "a.npy", "s.npz", "--real", "a.npy")]
    [InlineData("none.npy", "a.npy", "none.npy", "--real", "a.npy")]
    public void What_cannot_be_compared_is_told_in_a_sentence(string message, params string[] arguments)
    {
        Array("a.npy", 1, 0);
        Assert.Equal(0, ProgramRun.ResearchKit(_folder.Path, null, "stats", "a.npy", "--out", "s.npz").ExitCode);
        var run = Run(arguments);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(message, Assert.Single(run.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_runs_is_one_generator_with_several_seeds()
    {
        foreach (var seed in (int[])[0, 1])
        {
            var trained = ProgramRun.ResearchKit(_folder.Path, null, "train", "dcgan-fashion", "--data", "digits", "--set", "features=4",
                "--set", "scores=losses", "--set", "gridEvery=none", "--steps", "2", "--seed", $"{seed}",
                "--out", $"a/seed-{seed}");
            Assert.True(trained.ExitCode == 0, trained.Error);
        }

        var run = Run("a", "a", "--real", "digits:test", "--network", "digits-28", "--samples", "200", "--prdc");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("200 samples of each, 2 run(s) of A and 2 of B", run.Output, StringComparison.Ordinal);
        Assert.Contains("not told apart by these runs", run.Output, StringComparison.Ordinal);
    }

    private ProgramRun Run(params string[] arguments) =>
        ProgramRun.ResearchKit(_folder.Path, null, ["metrics", "compare", .. arguments]);

    private void Array(string name, int seed, double shift)
    {
        using var random = new Generator((ulong)seed);
        using var features = randn(200, 4, generator: random) + shift;
        NpyFile.Write(_folder[name], features);
    }
}
