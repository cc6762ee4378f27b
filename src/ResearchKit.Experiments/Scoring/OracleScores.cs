using ResearchKit.Metrics.Text;

namespace ResearchKit.Experiments.Scoring;

/// <summary>Scores of lines beside the oracle of the data, from the averaged generator.</summary>
internal static class OracleScores
{
    private const int Generated = 2000;
    private const long Seed = 1;

    /// <summary>The generator's reading, that of held-out lines, and the likelihoods of uniform tokens and of the greedy line.</summary>
    public static double[] Of(ScoreContext context)
    {
        using var scope = NewDisposeScope();
        using var average = context.Trainer.UseAverage();
        var set = context.Experiment.Data.Text!.HeldOut!;
        using var oracle = SequenceOracle.OfLines(set.Length);
        var (heldOut, count) = (set.Tokens(), context.Options.Scoring.ScoreSamples ?? Generated);
        var made = OracleReading.Of(context.Trainer.Generator, oracle, heldOut, count, Seed);
        var real = OracleReading.Of(heldOut.narrow(0, 0, Math.Min(count, set.Count)), oracle, set.Vocabulary);
        return
        [
            made.NllOracle, made.NllGenerator, made.Distinct, .. made.SelfBleu, real.NllOracle, real.Distinct, .. real.SelfBleu,
            oracle.NegativeLogLikelihood(oracle.Uniform(count, Seed)), oracle.NegativeLogLikelihood(oracle.Greedy()),
        ];
    }
}
