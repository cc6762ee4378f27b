using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>One run of a sweep.</summary>
/// <param name="Setting">Its point of the grid.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Options">Its options, seed and changes included.</param>
/// <param name="Folder">Its folder below the sweep's.</param>
public sealed record SweepCell(SweepSetting Setting, long Seed, ExperimentOptions Options, string Folder)
{
    /// <summary>The run's folder, opened; null where it has not begun.</summary>
    /// <param name="sweep">The sweep's folder.</param>
    /// <exception cref="Files.DataFileException">The folder holds a run with other options, or is damaged.</exception>
    public RunFolder? Find(string sweep)
    {
        var path = Path.Combine(sweep, Folder);
        if (!RunFolder.Exists(path))
        {
            return null;
        }

        var run = RunFolder.Open(path);
        return ExperimentJson.Hash(run.Options) == ExperimentJson.Hash(Options)
            ? run
            : throw new Files.DataFileException(path,
                "this folder holds a run with other options than the sweep's; name another folder for the sweep, or delete this one.");
    }
}
