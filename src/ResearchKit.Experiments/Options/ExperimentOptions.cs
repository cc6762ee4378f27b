using System.Globalization;
using System.Text.Json.Serialization;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Models;
using ResearchKit.Schedules;
using ResearchKit.Training;

namespace ResearchKit.Experiments.Options;

/// <summary>Everything that decides a run, as plain values: what a preset holds, what <c>--set name=value</c> changes, and what a run
/// folder keeps. The defaults are a DCGAN on small clothes.</summary>
public sealed record ExperimentOptions
{
    /// <summary>What is learnt: a part of a catalog set (<c>fashion-mnist-small:train</c>), a folder of pictures, or points: <c>ring8</c>,
    /// <c>grid25</c>, <c>swiss-roll</c>, <c>two-moons</c>;
    /// or <c>stacked-digits</c>: triples of the digits that the kit's classifier has not seen (<c>digits:test</c>), or of another part, as
    /// <c>stacked-digits:mnist:train</c>.</summary>
    public string Data { get; init; } = "fashion-mnist-small:train";

    /// <summary>Takes only so many samples, the first ones; 0 for all. Of points it is how many are drawn for training, 0 for 100,000; of
    /// stacked digits how many triples, 0 for 128,000.</summary>
    public int Samples { get; init; }

    /// <summary>Keeps so many pictures, the last ones, out of the training, to score with; 0 for none. A catalog set's test part serves
    /// anyway.</summary>
    public int HeldOut { get; init; }

    /// <summary>Side of the pictures of a folder, in pixels: 28, 32 or 64. A catalog set has its own.</summary>
    public int ImageSize { get; init; } = 32;

    /// <summary>Channels of the pictures of a folder: 3, or 1 for grey. A catalog set has its own.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>What every coordinate of points is multiplied by before the training, above 0; scores are taken against the mixture
    /// multiplied alike, so shares and modes keep their meaning.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>The networks: <c>auto</c> (an MLP for points, DCGAN for pictures, sized by the options below), or a paper's own.</summary>
    /// <remarks><c>pacgan</c>: points, arXiv:1712.04086, section 4.1. <c>unrolled-digits</c>: stacked digits, arXiv:1611.02163, section
    /// 3.3.1; <see cref="Features"/> is then D's first width, 2 or 4 there.</remarks>
    public string Architecture { get; init; } = "auto";

    /// <summary>Width of the networks: channels of DCGAN's outer hidden layers, or units of an MLP's hidden layers.</summary>
    public int Features { get; init; } = 32;

    /// <summary>Hidden layers of the MLPs that learn points.</summary>
    public int Layers { get; init; } = 3;

    /// <summary>The length of z.</summary>
    public int Latent { get; init; } = 100;

    /// <summary>What D normalises: <c>None</c>, <c>Batch</c>, <c>Instance</c> (pictures only), <c>Layer</c>, <c>Spectral</c>.</summary>
    public DiscriminatorNormalization Normalization { get; init; } = DiscriminatorNormalization.Batch;

    /// <summary>Samples whose deviation D's last layer is shown, at least 2; 0 for none.</summary>
    public int MinibatchDeviation { get; init; }

    /// <summary>Samples that D judges together (PacGAN); 1 for each alone.</summary>
    public int Pack { get; init; } = 1;

    /// <summary>The game: <c>minimax</c>, <c>non-saturating</c>, <c>least-squares</c>, <c>wasserstein</c>, <c>hinge</c>,
    /// <c>relativistic-average</c>, <c>relativistic-pairing</c>.</summary>
    public string Loss { get; init; } = "non-saturating";

    /// <summary>Weight of WGAN-GP's penalty; 0 for none.</summary>
    public double GradientPenalty { get; init; }

    /// <summary>gamma of R1; 0 for none.</summary>
    public Schedule R1 { get; init; } = 0.0;

    /// <summary>gamma of R2; 0 for none.</summary>
    public Schedule R2 { get; init; } = 0.0;

    /// <summary>Steps from one R1 and R2 to the next: above 1 they are lazy.</summary>
    public int PenaltyEvery { get; init; } = 1;

    /// <summary>Weight of LeCam; 0 for none.</summary>
    public double LeCam { get; init; }

    /// <summary>epsilon of one-sided label smoothing; 0 for none.</summary>
    public Schedule LabelSmoothing { get; init; } = 0.0;

    /// <summary>What pictures go through before D: <c>none</c>, <c>diff</c>, <c>ada</c> or <c>quarter-turns</c>.</summary>
    public string Augment { get; init; } = "none";

    /// <summary>How probable the quarter turns are.</summary>
    public double AugmentProbability { get; init; } = 1;

    /// <summary>Images in which ADA's p could go from 0 to 1.</summary>
    public long AdaSpeed { get; init; } = 500_000;

    /// <summary>Standard deviation of instance noise; 0 for none.</summary>
    public Schedule Noise { get; init; } = 0.0;

    /// <summary>The rule that both networks move by.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>The step size for G.</summary>
    public Schedule GeneratorRate { get; init; } = 2e-4;

    /// <summary>The step size for D.</summary>
    public Schedule DiscriminatorRate { get; init; } = 2e-4;

    /// <summary>Adam's decay of the mean gradient.</summary>
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Adam's decay of the mean squared gradient.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Steps of D for each of G.</summary>
    public int DiscriminatorSteps { get; init; } = 1;

    /// <summary>Steps of D that G looks ahead; 0 for none.</summary>
    public int Unrolled { get; init; }

    /// <summary>WGAN's bound on D's weights; 0 for none.</summary>
    public double WeightClip { get; init; }

    /// <summary>The greatest norm of a network's gradient; 0 for no limit.</summary>
    public double GradientClip { get; init; }

    /// <summary>Decay a step of the averaged generator; 0 for none.</summary>
    public double Average { get; init; } = 0.999;

    /// <summary>The average's half-life in images, in place of <see cref="Average"/>; 0 for none.</summary>
    public double AverageHalfLife { get; init; }

    /// <summary>The arithmetic.</summary>
    public Precision Precision { get; init; } = Precision.Full;

    /// <summary>Samples a batch.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Steps of G in the whole run.</summary>
    public int Steps { get; init; } = 3000;

    /// <summary>Chooses the initial weights, the noise and the order of the data.</summary>
    public long Seed { get; init; }

    /// <summary>CPU threads inside an operation. The last digits of results depend on it, so it is fixed here.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Where it runs: <c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>best</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Steps from one line of the log to the next.</summary>
    public int LogEvery { get; init; } = 10;

    /// <summary>Steps from one checkpoint to the next.</summary>
    public int CheckpointEvery { get; init; } = 500;

    /// <summary>Steps from one sheet of samples to the next; 0 for none.</summary>
    public int GridEvery { get; init; } = 500;

    /// <summary>What is measured: <c>auto</c>, or names of <see cref="Scoring.ScoreKinds.All"/> with commas between them.</summary>
    public string Scores { get; init; } = ScoreKinds.Auto;

    /// <summary>Steps from one scoring to the next; 0 for one at the end. The last step is always scored.</summary>
    public int ScoreEvery { get; init; }

    /// <summary>Generated samples that are scored; 0 for 1,000 pictures, 10,000 points or 26,000 stacked digits.</summary>
    public int ScoreSamples { get; init; }

    /// <summary>The feature network that pictures are scored with; <c>auto</c> for <c>digits-28</c> on digits, else
    /// <c>fashion-28</c>.</summary>
    public string Network { get; init; } = ScoreKinds.Auto;

    /// <summary>Checks the options that nothing else checks when the experiment is built.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; names the option, the value and the range.</exception>
    public void Validate()
    {
        (string Name, double Value, double Least)[] bounds =
        [
            ("samples", Samples, 0), ("heldOut", HeldOut, 0), ("scoreEvery", ScoreEvery, 0), ("scoreSamples", ScoreSamples, 0),
                ("layers", Layers, 0), ("pack", Pack, 1), ("gradientPenalty", GradientPenalty, 0), ("penaltyEvery", PenaltyEvery, 1),
                ("leCam", LeCam, 0),
            ("weightClip", WeightClip, 0), ("gradientClip", GradientClip, 0), ("averageHalfLife", AverageHalfLife, 0), ("steps", Steps, 1),
            ("logEvery", LogEvery, 1), ("checkpointEvery", CheckpointEvery, 1), ("gridEvery", GridEvery, 0),
        ];
        if (Array.Find(bounds, b => !(b.Value >= b.Least && double.IsFinite(b.Value))) is { Name: { } name } wrong)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The option {name} is {wrong.Value}; it must be at least {wrong.Least}."));
        }

        if (!(Scale > 0 && double.IsFinite(Scale)))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The option scale is {Scale}; it must be a finite number above 0."));
        }

        ScoreKinds.Check(this);
        if (Architecture is not ("auto" or PointNetworks.PacGan or PictureNetworks.UnrolledDigits))
        {
            throw new ArgumentException($"There is no architecture '{Architecture}'; there are auto, {PointNetworks.PacGan}, " +
                $"{PictureNetworks.UnrolledDigits}.");
        }

        PointNetworks.Check(this);
        PictureNetworks.Check(this);
        StackedSets.Check(this);
        _ = GameParts.Loss(Loss);
        GameParts.CheckAugmentation(Augment);
    }

    /// <summary>Whether points are learnt, not pictures.</summary>
    [JsonIgnore]
    public bool HasPoints => PointSets.Find(Data) is not null;
}
