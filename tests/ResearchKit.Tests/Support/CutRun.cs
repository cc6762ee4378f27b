using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;

namespace ResearchKit.Support;

/// <summary>A training that was cut off and went on, beside one that was not.</summary>
internal static class CutRun
{
    /// <summary>Trains six steps at one go, and once more with a cut after the fifth; both must leave the same bytes.</summary>
    /// <param name="folder">Gets the folders whole and cut.</param>
    /// <param name="options">Six steps, with a checkpoint every two.</param>
    /// <param name="files">Which files are compared, beside the generator, the log and the scores.</param>
    /// <returns>The training at one go.</returns>
    public static RunFolder AsWhole(TemporaryFolder folder, ExperimentOptions options, params string[] files)
    {
        var whole = RunFolder.Create(folder["whole"], options);
        Assert.Equal(6, ExperimentRun.Train(whole).Count());
        Assert.Equal(5, ExperimentRun.Train(RunFolder.Create(folder["cut"], options)).Take(5).Count());
        Assert.Equal(2, ExperimentRun.Train(RunFolder.Open(folder["cut"])).Count()); // after the checkpoint of step 4
        Assert.All((string[])["generator.safetensors", "log.jsonl", "scores.jsonl", .. files], file =>
            Assert.Equal(File.ReadAllBytes(folder[$"whole/{file}"]), File.ReadAllBytes(folder[$"cut/{file}"])));
        return whole;
    }
}
