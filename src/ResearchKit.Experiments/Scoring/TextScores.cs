using ResearchKit.Data.Text;
using ResearchKit.Metrics.Text;

namespace ResearchKit.Experiments.Scoring;

/// <summary>Scores of lines, from the averaged generator, with what real lines get beside them: those that are held out, or where there
/// are none those that are trained on, in two halves.</summary>
internal static class TextScores
{
    private const int Generated = 2000;
    private const int AtOnce = 256;

    /// <summary>How far n-grams are from those of held-out lines, and how far those of as many training lines are.</summary>
    public static double[] Ngrams(ScoreContext context)
    {
        var (real, other) = Real(context);
        var lines = Lines(context);
        return
        [
            .. NgramDivergence.Lengths.Select(n => NgramDivergence.Of(lines, real, n)),
            .. NgramDivergence.Lengths.Select(n => NgramDivergence.Of(other.Take(lines.Count), real, n)),
        ];
    }

    /// <summary>What the lines are, and what as many real ones are.</summary>
    public static double[] Words(ScoreContext context)
    {
        var (training, heldOut, whole) = context.Experiment.Data.Text!;
        var lines = Lines(context);
        return [.. Of(lines), .. Of([.. Real(context).Real.Take(lines.Count)])];

        double[] Of(IReadOnlyList<string> some)
        {
            var read = LineReading.Of(some, whole.Lines, heldOut?.Lines, training.Lines);
            return [read.Known, read.HeldOut, read.Distinct, read.Copied, read.Length];
        }
    }

    private static List<string> Lines(ScoreContext context)
    {
        using var scope = NewDisposeScope();
        var vocabulary = context.Experiment.Shape.Vocabulary!;
        var z = NormalLatents.Draw(context.Options.Scoring.ScoreSamples ?? Generated, context.Trainer.Generator.LatentSize, seed: 1);
        return [.. z.split(AtOnce).SelectMany(some => Decoded(context, vocabulary, some))];
    }

    private static IReadOnlyList<string> Decoded(ScoreContext context, Vocabulary vocabulary, Tensor z)
    {
        using var samples = context.Trainer.Sample(z); // (B, V, L)
        return vocabulary.Decode(samples);
    }

    // Held-out lines and those that are trained on; without the first the trained ones in two halves.
    private static (IEnumerable<string> Real, IEnumerable<string> Other) Real(ScoreContext context)
    {
        var (training, heldOut, _) = context.Experiment.Data.Text!;
        var half = training.Count / 2;
        return heldOut is null ? (training.Lines.Skip(half), training.Lines.Take(half)) : (heldOut.Lines, training.Lines);
    }
}
