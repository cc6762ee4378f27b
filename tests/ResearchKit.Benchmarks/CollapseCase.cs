using ResearchKit.Data.Toy;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Schedules;
using ResearchKit.Training;

namespace ResearchKit.Benchmarks;

/// <summary>A run for the collapse monitor to judge: a game and a way to play it. What becomes of it is measured, not written here.
/// </summary>
/// <param name="Recipe">The way: see <see cref="PointWays"/> and <see cref="PictureWays"/>.</param>
/// <param name="Domain"><c>points</c> or <c>pictures</c>.</param>
/// <param name="Seed">The run's seed; it also chooses the data.</param>
internal sealed record CollapseCase(string Recipe, string Domain, int Seed)
{
    private static readonly string[] PointWays =
    [
        "rpgan", "r1", "critic", "plain", "hinge", "minimax", "small-d", "fast-g", "hot", "momentum", "slow-d", "late-rate", "late-d",
        "early-rpgan", "early-r1",
    ];

    private static readonly string[] PictureWays =
    [
        "rpgan", "plain", "hinge", "minimax", "momentum", "fast-g", "slow-d", "slower-d", "late-rate", "late-d",
        "early-plain", "early-hinge",
    ];

    /// <summary>The runs of a benchmark: each way with some seeds from a first one on.</summary>
    public static IEnumerable<CollapseCase> All(int firstSeed, int seeds) =>
        from domain in ((string Name, string[] Ways)[])[("points", PointWays), ("pictures", PictureWays)]
        from way in domain.Ways
        from seed in Enumerable.Range(firstSeed, seeds)
        select new CollapseCase(way, domain.Name, seed);

    /// <summary>The run's key in tables and files.</summary>
    public string Name => $"{Domain}-{Recipe}-{Seed}";

    /// <summary>Whether the domain is the plane.</summary>
    public bool HasPoints => Domain == "points";

    /// <summary>The data: of points one of three mixtures, of images clothes (even seeds) or digits.</summary>
    public string Data => HasPoints
        ? (Seed % 3) switch { 0 => "ring8", 1 => "grid9", _ => "wide-ring8" }
        : Seed % 2 == 0 ? "fashion-mnist-small" : "digits";

    /// <summary>The kinds of images: five that a small GAN learns in some thousand steps and that the classifier does not confuse
    /// (T-shirt, trouser, pullover, sneaker, bag).</summary>
    public long[] Kinds => Data == "digits" ? [0, 1, 3, 4, 6] : [0, 1, 2, 7, 8];

    /// <summary>The Fréchet distance of images up to which 500 of them count as good, beside 500 held-out real ones.</summary>
    public double GoodDistance => 12;

    /// <summary>The modes of points.</summary>
    public GaussianMixture Mixture => Data switch
    {
        "ring8" => GaussianMixture.Ring(sigma: 0.04),
        "grid9" => GaussianMixture.Grid(3, 1, 0.05),
        _ => GaussianMixture.Ring(8, 2, 0.1),
    };

    /// <summary>Steps of a whole run.</summary>
    public int Whole => 4000;

    /// <summary>Another step to judge after than the way's own.</summary>
    public int? At { get; init; }

    /// <summary>The step after which the monitor must judge.</summary>
    public int Judged => At ?? (IsEarly ? (HasPoints ? 1000 : 1500) : Whole);

    /// <summary>What the way changes begins here, where it is late.</summary>
    private int Late => Whole / 2;

    private bool IsEarly => Recipe.StartsWith("early", StringComparison.Ordinal);

    /// <summary>Whether D has one hidden layer of 16.</summary>
    public bool HasSmallDiscriminator => Way == "small-d";

    /// <summary>What the discriminator of images normalises: nothing where penalties look at each sample.</summary>
    public DiscriminatorNormalization Normalization => Way == "rpgan" ? DiscriminatorNormalization.None : DiscriminatorNormalization.Batch;

    /// <summary>The loss.</summary>
    public IAdversarialLoss Loss => Way switch
    {
        "rpgan" => new RelativisticPairingLoss(),
        "critic" => new WassersteinLoss(),
        "hinge" or "hot" => new HingeLoss(),
        "minimax" => new MinimaxLoss(),
        "slow-d" or "slower-d" => new LeastSquaresLoss(),
        _ => new NonSaturatingLoss(),
    };

    /// <summary>The penalties. The caller disposes those that can be.</summary>
    public IReadOnlyList<IDiscriminatorPenalty> Penalties => Way switch
    {
        "rpgan" => [new R1Penalty(HasPoints ? 0.1 : 1), new R2Penalty(HasPoints ? 0.1 : 1)],
        "r1" or "late-rate" or "late-d" when HasPoints => [new R1Penalty(0.1)],
        "critic" => [new WganGpPenalty(1, Seed)],
        _ => [],
    };

    /// <summary>The trainer's options.</summary>
    public TrainerOptions Options
    {
        get
        {
            var plain = new TrainerOptions { Seed = Seed, GeneratorLearningRate = Rate, DiscriminatorLearningRate = Rate, Beta1 = 0.5,
                AverageDecay = null, Threads = 1 };
            var calm = HasPoints ? 0 : 0.5; // of the games with R1 and without
            return Way switch
            {
                "rpgan" or "r1" => plain with { Beta1 = 0 },
                "critic" => plain with { Beta1 = 0, DiscriminatorSteps = 2 },
                "hot" => plain with { GeneratorLearningRate = 10 * Rate, DiscriminatorLearningRate = 10 * Rate },
                "momentum" => plain with { Beta1 = 0.9, GeneratorLearningRate = 3 * Rate, DiscriminatorLearningRate = 3 * Rate },
                "slow-d" => plain with { DiscriminatorLearningRate = Rate / 10 },
                "slower-d" => plain with { DiscriminatorLearningRate = Rate / 50 },
                "fast-g" => plain with { GeneratorLearningRate = 10 * Rate },
                "late-rate" => plain with
                {
                    Beta1 = calm, GeneratorLearningRate = new LinearSchedule(Rate, (HasPoints ? 20 : 100) * Rate, 100, Late),
                },
                "late-d" => plain with
                {
                    Beta1 = calm, DiscriminatorLearningRate = new LinearSchedule(Rate, Rate / 100, 100, Late),
                    GeneratorLearningRate = new LinearSchedule(Rate, 5 * Rate, 100, Late),
                },
                _ => plain,
            };
        }
    }

    private double Rate => (HasPoints ? 1e-3 : 5e-4) / (IsEarly ? 3 : 1);

    private string Way => Recipe.Replace("early-", "", StringComparison.Ordinal);
}
