using ResearchKit.Experiments.Options;

namespace ResearchKit.Benchmarks;

/// <summary>A run whose health is known from how it is made: a game as it should be, or broken by one change.</summary>
/// <param name="Family">The change: <c>rate</c> (both learning rates x 100), <c>critic</c> (WGAN without its penalty), <c>saturating</c>
/// (the minimax loss with 10 steps of D for each of G).</param>
/// <param name="Domain"><c>points</c> (MLPs; ring8 for even seeds, grid25 for odd ones) or <c>pictures</c> (DCGAN on clothes).</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="IsBad">Whether the change was made.</param>
internal sealed record MonitorCase(string Family, string Domain, int Seed, bool IsBad)
{
    /// <summary>40 runs, half of them broken: each broken one beside its twin, which has the same seed.</summary>
    public static IEnumerable<MonitorCase> All(int firstSeed)
    {
        foreach (var domain in (string[])["points", "pictures"])
        {
            foreach (var (family, seeds) in new[] { ("rate", 4), ("critic", 3), ("saturating", 3) })
            {
                foreach (var seed in Enumerable.Range(firstSeed, seeds))
                {
                    yield return new(family, domain, seed, false);
                    yield return new(family, domain, seed, true);
                }
            }
        }
    }

    /// <summary>The run's key in tables and folders.</summary>
    public string Name => $"{Domain}-{Family}-{(IsBad ? "broken" : "healthy")}-{Seed}";

    /// <summary>Whether the domain is the plane.</summary>
    public bool HasPoints => Domain == "points";

    /// <summary>All that decides the run.</summary>
    public ExperimentOptions Options => !IsBad ? Healthy : Family switch
    {
        "rate" => Healthy.With($"generatorLearningRate={100 * Rate}", $"discriminatorLearningRate={100 * Rate}"),
        "critic" => Healthy.With("gradientPenalty=none"),
        _ => Healthy.With("discriminatorSteps=10"),
    };

    private double Rate => Family == "rate" && !HasPoints ? 2e-3 : 1e-3; // at 1e-3 some of the pictures' runs bear a hundred times the rate

    private ExperimentOptions Healthy
    {
        get
        {
            var plain = HasPoints
                ? new ExperimentOptions().With($"data={(Seed % 2 == 0 ? "ring8" : "grid25")}", "features=64", "latent=2", "batch=64",
                    "steps=2000", "normalization=None")
                : new ExperimentOptions().With("features=8", "batch=16", "steps=1000");
            plain = plain.With($"seed={Seed}", $"generatorLearningRate={Rate}", $"discriminatorLearningRate={Rate}", "averageDecay=0.99",
                "logEvery=10", "gridEvery=none", "checkpointEvery=100000");
            return Family switch
            {
                "critic" => plain.With("loss=wasserstein", "gradientPenalty=10", $"discriminatorSteps={(HasPoints ? 5 : 2)}", "beta1=0",
                    "normalization=None"),
                "saturating" => plain.With("loss=minimax"),
                _ => plain,
            };
        }
    }
}
