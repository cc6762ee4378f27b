namespace ResearchKit.Support;

/// <summary>What holds for every failure of the command line.</summary>
internal static class FailedRun
{
    /// <summary>Checks that a run failed with one sentence on the error stream.</summary>
    public static void IsOneSentence(this ProgramRun run, int exitCode, string problem)
    {
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Trim().Split('\n'));
    }
}
