using System.Text.Json;
using ResearchKit.Data.Catalog;
using ResearchKit.Data.Sounds;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public class DataCommandTests
{
    [Fact]
    public void Lists_what_is_here_and_what_can_be_fetched()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder, "list");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("fashion-mnist-small", run.Output, StringComparison.Ordinal);
        Assert.Contains("researchkit data fetch fashion-mnist", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Verifies_what_ships()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder, "verify");
        Assert.Equal(0, run.ExitCode);
        var files = DataCatalog.Find().Sets.Where(s => s.Shipped).Sum(s => s.Files.Count);
        Assert.True(files >= 12);
        Assert.Equal(files, run.Output.Split(": intact").Length - 1);
        Assert.Equal(1, Run(folder, "verify", "fashion-mnist").ExitCode);
    }

    [Fact]
    public void An_unknown_set_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder, "fetch", "cats");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("error: The catalog has no data set 'cats'", run.Error, StringComparison.Ordinal);
    }

    // A script in npm's place, or none; no package is fetched, and nothing is left behind.
    [Theory]
    [InlineData(null, "npm could not be started, and it fetches this package; install Node.js")]
    [InlineData("echo 'npm error code E404' >&2; echo 'npm error 404 Not Found' >&2; exit 1", "npm error 404 Not Found; check the network")]
    [InlineData("exit 1", "npm could not fetch this package: it does not say why")]
    [InlineData("echo other > emoji-datasource-google-16.0.0.tgz", "npm did not give the package emoji-datasource-google 16.0.0")]
    public void What_npm_cannot_do_is_one_error(string? npm, string problem)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in for npm is a shell script");
        using var folder = new TemporaryFolder();
        if (npm is not null)
        {
            StandIn.Write(folder["bin/npm"], npm);
        }

        FailsToFetch("emoji-noto-64", problem, folder);
    }

    // Without the programs; where the package sonic-pi-samples is not installed either, that is said.
    [Theory]
    [InlineData("drums", "install", "(Debian and Ubuntu: apt-get install sonic-pi-samples flac).")]
    [InlineData("spoken-digits", "espeak-ng: this program could not be started, and it speaks the digits; install it",
        "(Debian and Ubuntu: apt-get install espeak-ng).")]
    public void A_missing_program_is_one_sentence_with_the_cure(string set, string problem, string cure)
    {
        using var folder = new TemporaryFolder();
        Assert.EndsWith(cure, FailsToFetch(set, problem, folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Sounds_that_are_not_as_they_were_made_are_damaged_and_those_of_another_version_are_not()
    {
        using var folder = new TemporaryFolder();
        foreach (var set in (string[])["drums", "spoken-digits"])
        {
            SoundFile.Write(folder[$"{set}/train/a/sound.wav"], [0.5f], 16_000);
            FileSums.Write(folder[set]);
        }

        var run = Run(folder, "verify", "spoken-digits");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("spoken-digits/SHA256SUMS: intact, made by another version than the catalog's", run.Output.Trim());
        Assert.Contains("drums/SHA256SUMS: DAMAGED", Run(folder, "verify", "drums").Output, StringComparison.Ordinal); // it has one version
        SoundFile.Write(folder["spoken-digits/train/a/sound.wav"], [0.6f], 16_000);
        run = Run(folder, "verify", "spoken-digits");
        Assert.Equal((1, "spoken-digits/SHA256SUMS: DAMAGED"), (run.ExitCode, run.Output.Trim()));
    }

    /// <summary>Those of train are trained on and those of test held out; both go into metrics.</summary>
    [Fact]
    public void Sounds_of_the_catalog_are_trained_on_scored_and_compared()
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string> { ["RESEARCHKIT_DATA"] = folder["data"] };
        var absent = ProgramRun.ResearchKit(folder.Path, environment, "train", "wavegan", "--data", "spoken-digits", "--out", "run");
        Assert.Contains("has not been fetched. Run `researchkit data fetch spoken-digits`.", absent.Error, StringComparison.Ordinal);
        foreach (var i in Enumerable.Range(0, 24))
        {
            Put("train", i < 12 ? "one" : "two", i, 0.05f);
            Put("test", i < 12 ? "one" : "two", i, 1.5f); // of another pitch
        }

        var partial = ProgramRun.ResearchKit(folder.Path, environment, "train", "wavegan", "--data", "spoken-digits", "--out", "run");
        Assert.Contains("has not been fetched", partial.Error, StringComparison.Ordinal); // the list is not there: the fetch was ended
        FileSums.Write(folder["data/spoken-digits"]);
        var run = ProgramRun.ResearchKit(folder.Path, environment, "train", "wavegan", "--data", "spoken-digits", "--out", "run",
            "--steps", "1", "--set", "batch=4", "--set", "features=1", "--set", "scoreSamples=12", "--set", "scores=spectrum");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("spoken-digits: 24 sounds to train on, 24 held out", run.Error, StringComparison.Ordinal);
        using var scores = JsonDocument.Parse(File.ReadAllLines(folder["run/scores.jsonl"])[^1]);
        Assert.True(scores.RootElement.GetProperty("logMelFloor").GetDouble() > 100, scores.RootElement.ToString());

        run = ProgramRun.ResearchKit(folder.Path, environment, "train", "wavegan", "--data", "spoken-digits:train:two", "--out", "two",
            "--set", "batch=4", "--set", "heldOut=3", "--dry-run");
        Assert.Contains("spoken-digits:train:two: 9 sounds to train on, 3 held out", run.Output + run.Error, StringComparison.Ordinal);
        run = ProgramRun.ResearchKit(folder.Path, environment, "metrics", "spoken-digits:train+test:one", "spoken-digits:test", "--fid");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("spoken-digits train+test:one (24) against spoken-digits test (24)", run.Output, StringComparison.Ordinal);

        void Put(string part, string word, int number, float pitch) => SoundFile.Write(
            folder[$"data/spoken-digits/{part}/{word}/{number}.wav"],
            [.. Enumerable.Range(0, 600).Select(i => MathF.Cos(pitch * (1 + (number / 100f)) * i) / 2)], 16_000);
    }

    private static string FailsToFetch(string set, string problem, TemporaryFolder folder)
    {
        var run = ProgramRun.ResearchKit(Repository.Root, new Dictionary<string, string>
        {
            ["RESEARCHKIT_DATA"] = folder["data"], ["PATH"] = Directory.CreateDirectory(folder["bin"]).FullName,
        }, "data", "fetch", set);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder["data"]));
        return Assert.Single(run.Error.Trim().Split('\n'));
    }

    private static ProgramRun Run(TemporaryFolder folder, params string[] arguments) =>
        ProgramRun.ResearchKit(Repository.Root, new Dictionary<string, string> { ["RESEARCHKIT_DATA"] = folder.Path },
            ["data", .. arguments]);
}
