namespace ResearchKit.Experiments.Scoring;

/// <summary>One kind of measurement of a run in progress.</summary>
internal interface IRunScore
{
    /// <summary>Measures the run as it stands; the training is not disturbed.</summary>
    /// <returns>Numbers by name, always the same names.</returns>
    IEnumerable<(string Name, double Value)> Take();
}
