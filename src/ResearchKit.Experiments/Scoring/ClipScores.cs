using ResearchKit.Metrics;
using ResearchKit.Metrics.Clips;

namespace ResearchKit.Experiments.Scoring;

/// <summary>Scores of clips, from the averaged generator, with what real clips get beside them: those that are held out, or where there are
/// none those that are trained on, against as many others that are trained on.</summary>
internal static class ClipScores
{
    private const int Generated = 500;
    private const int AtOnce = 32;

    /// <summary>How shapes move, whether they stay what they are, and how many of them there are.</summary>
    public static double[] Tracks(ScoreContext context)
    {
        using var scope = NewDisposeScope();
        var (real, other) = Real(context);
        var known = TrackReading.Of(real);
        return [.. Of(Clips(context)), .. Of(other)];

        IEnumerable<double> Of(Tensor clips)
        {
            var read = TrackReading.Of(clips);
            return [read.SpeedDistance(known), read.DirectionDistance(known), read.Frozen, read.Teleports(known), read.Lost,
                read.Constancy, read.ShapeError, read.ModesReached()];
        }
    }

    /// <summary>How much changes from frame to frame.</summary>
    public static double[] Changes(ScoreContext context)
    {
        using var scope = NewDisposeScope();
        var (real, other) = Real(context);
        var (made, known, more) = (FrameChange.Of(Clips(context)), FrameChange.Of(real), FrameChange.Of(other));
        return [made.mean().item<double>(), Distance(made, known), known.mean().item<double>(), Distance(more, known)];

        double Distance(Tensor x, Tensor y) => WassersteinDistance.Of(x.unsqueeze(1), y.unsqueeze(1));
    }

    private static Tensor Clips(ScoreContext context)
    {
        var z = NormalLatents.Draw(context.Options.Scoring.ScoreSamples ?? Generated, context.Trainer.Generator.LatentSize, seed: 1);
        return cat([.. z.split(AtOnce).Select(some => context.Trainer.Sample(some))]); // (N, C, T, H, W)
    }

    private static (Tensor Real, Tensor Other) Real(ScoreContext context)
    {
        var (trained, held) = (context.Experiment.Data.TrainingClips!, context.Experiment.Data.HeldOutClips);
        return ScoreContext.RealAndOther(trained.First((int)trained.Count), held?.First((int)held.Count));
    }
}
