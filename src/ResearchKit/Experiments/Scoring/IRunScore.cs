namespace ResearchKit.Experiments.Scoring;

/// <summary>One kind of measurement of a run in progress.</summary>
internal interface IRunScore
{
    /// <summary>Measures the run after a step; the training is not disturbed.</summary>
    /// <param name="step">The step.</param>
    /// <returns>Numbers by name, always the same names.</returns>
    IEnumerable<(string Name, double Value)> Take(long step);
}
