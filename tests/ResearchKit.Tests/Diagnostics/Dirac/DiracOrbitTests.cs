using ResearchKit.Data;
using ResearchKit.Diagnostics.Dirac;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Dirac;

/// <summary>The steps of training in the Dirac game against closed forms, and against the trainer itself.</summary>
public class DiracOrbitTests
{
    private static readonly DiracPoint Start = new(1, 0.2);

    public static TheoryData<DiracLaw> Laws => [.. DiracLaw.All];

    [Theory]
    [MemberData(nameof(Laws))]
    public void A_steps_eigenvalues_are_those_of_the_closed_form(DiracLaw law)
    {
        DiracUpdates[] updates =
        [
            new() { Simultaneous = true },
            new(),
            new() { DiscriminatorSteps = 5 },
            new() { DiscriminatorSteps = 3, Simultaneous = true },
            new() { GeneratorLearningRate = 0.05, DiscriminatorLearningRate = 0.4, DiscriminatorSteps = 2 },
        ];
        foreach (var gamma in (double[])[0, 0.8])
        {
            var game = new DiracGan(law.Loss, [new R1Penalty(gamma)]);
            Assert.All(updates, u => DiracGanTests.Near(DiracEigenvalues.Steps(law.Rotation, gamma, u), game.StepEigenvalues(u)));
        }
    }

    [Fact]
    public void Closed_forms_of_steps_are_the_papers()
    {
        foreach (var (h, c) in ((double, double)[])[(0.1, 0.5), (0.7, 1)])
        {
            var simultaneous = DiracEigenvalues.Steps(c, 0,
                new() { GeneratorLearningRate = h, DiscriminatorLearningRate = h, Simultaneous = true });
            Assert.All(simultaneous, v => Assert.Equal(Math.Sqrt(1 + (h * h * c * c)), v.Magnitude, 1e-12));
        }

        foreach (var (h, n) in ((double, int)[])[(0.1, 1), (0.5, 5), (0.9, 1), (0.95, 4)])
        {
            var alpha = Math.Sqrt(n) * h;
            var steps = DiracEigenvalues.Steps(1, 0,
                new() { GeneratorLearningRate = h, DiscriminatorLearningRate = h, DiscriminatorSteps = n });
            Assert.All(steps, v => Assert.Equal(1, v.Magnitude, 1e-12));
            Assert.Equal(1 - (alpha * alpha / 2), steps[0].Real, 1e-12);
        }

        var wild = DiracEigenvalues.Steps(1, 0,
            new() { GeneratorLearningRate = 1.1, DiscriminatorLearningRate = 1.1, DiscriminatorSteps = 4 });
        Assert.True(wild.Max(v => v.Magnitude) > 1); // h sqrt(n) is 2.2
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_linear_game_takes_the_steps_of_its_matrix(bool simultaneous)
    {
        var (h, gamma, at) = (0.2, 0.3, Start);
        var updates = new DiracUpdates { GeneratorLearningRate = h, DiscriminatorLearningRate = h, Simultaneous = simultaneous };
        foreach (var state in new DiracGan(new WassersteinLoss(), [new R1Penalty(gamma)]).Orbit(Start, 100, updates))
        {
            Assert.Equal(at.Theta, state.Theta, 1e-12);
            Assert.Equal(at.Psi, state.Psi, 1e-12);
            var psi = at.Psi - (h * (at.Theta + (gamma * at.Psi)));
            at = new(at.Theta + (h * (simultaneous ? at.Psi : psi)), psi);
        }
    }

    [Fact]
    public void Simultaneous_steps_leave_the_equilibrium_further_behind_each_time()
    {
        var radii = new DiracGan(new MinimaxLoss()).Orbit(Start, 300, new() { Simultaneous = true }).Select(p => p.Radius).ToList();
        Assert.Equal(radii.Order(), radii);
        Assert.True(radii[^1] > 1.25 * radii[0]);
    }

    [Fact]
    public void Wgan_gp_and_clipped_weights_go_on_for_ever()
    {
        using var penalty = new WganGpPenalty(1);
        var (h, at) = (0.1, Start);
        var way = new DiracGan(new WassersteinLoss(), [penalty]).Orbit(Start, 1000, new());
        foreach (var state in way)
        {
            Assert.Equal(at.Theta, state.Theta, 1e-10);
            Assert.Equal(at.Psi, state.Psi, 1e-10);
            var psi = at.Psi - (h * (at.Theta + (2 * (at.Psi - Math.Sign(at.Psi)))));
            at = new(at.Theta + (h * psi), psi);
        }

        Assert.True(way.TakeLast(200).Min(p => p.Radius) > 0.5);
        var clipped = new DiracGan(new WassersteinLoss()).Orbit(Start, 1000, new() { Clip = 0.3 });
        Assert.Equal(0.3, clipped.Max(p => Math.Abs(p.Psi)), 1e-12);
        Assert.True(clipped.TakeLast(200).Max(p => p.Radius) > 0.25);
    }

    [Theory]
    [MemberData(nameof(Laws))]
    public void The_orbit_is_the_way_that_the_trainer_takes(DiracLaw law)
    {
        using var d = new Slope(Start.Psi, law.Loss.Logits == LogitKind.Label ? 0.5 : 0);
        using var g = new Place(Start.Theta);
        var options = new TrainerOptions { GeneratorLearningRate = 0.02, DiscriminatorLearningRate = 0.05, DiscriminatorSteps = 2,
            AverageDecay = null, Threads = 1 };
        IDiscriminatorPenalty[] penalties = [new R1Penalty(0.3)];
        using var trainer = new GanTrainer(g, d, new Game(law.Loss, penalties), new Zeros(), options);
        var expected = new DiracGan(law.Loss, penalties)
            .Orbit(Start, 50, new() { Adam = true, GeneratorLearningRate = 0.02, DiscriminatorLearningRate = 0.05,
            DiscriminatorSteps = 2 });
        foreach (var step in trainer.Run(50))
        {
            Assert.Equal(expected[(int)step.Step].Theta, g.Value, 1e-9);
            Assert.Equal(expected[(int)step.Step].Psi, d.Value, 1e-9);
        }
    }

    [Fact]
    public void Bad_steps_are_refused()
    {
        var game = new DiracGan(new HingeLoss());
        void Refused(string name, DiracUpdates updates) =>
            Assert.Contains($"The option {char.ToLowerInvariant(name[0])}{name[1..]} is ",
                Assert.Throws<ArgumentException>(() => game.Orbit(Start, 1, updates)).Message, StringComparison.Ordinal);
        Refused("GeneratorLearningRate", new() { GeneratorLearningRate = 0 });
        Refused("DiscriminatorLearningRate", new() { DiscriminatorLearningRate = double.NaN });
        Refused("DiscriminatorSteps", new() { DiscriminatorSteps = 0 });
        Refused("Beta1", new() { Beta1 = 1 });
        Refused("Beta2", new() { Beta2 = -0.1 });
        Refused("Clip", new() { Clip = 0 });
        Assert.Contains("Adam", Assert.Throws<ArgumentException>(() => game.StepEigenvalues(new() { Adam = true })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_orbit_ends_before_it_is_not_finite()
    {
        var way = new DiracGan(new WassersteinLoss())
            .Orbit(Start, 500, new() { GeneratorLearningRate = 1e10, DiscriminatorLearningRate = 1e10 });
        Assert.InRange(way.Count, 5, 100);
        Assert.All(way, p => Assert.True(double.IsFinite(p.Radius) || p.Radius == double.PositiveInfinity));
    }

    private sealed class Place : LatentGenerator
    {
        private readonly TorchSharp.Modules.Parameter theta;

        public Place(double start)
            : base(nameof(Place), 1)
        {
            theta = new TorchSharp.Modules.Parameter(full([1, 1], start, dtype: ScalarType.Float64));
            RegisterComponents();
        }

        public double Value => theta.item<double>();

        public override Tensor forward(Tensor input) => theta + (0 * input);
    }

    private sealed class Slope : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter psi;
        private readonly double _offset;

        public Slope(double start, double offset)
            : base(nameof(Slope))
        {
            psi = new TorchSharp.Modules.Parameter(full([1], start, dtype: ScalarType.Float64));
            _offset = offset;
            RegisterComponents();
        }

        public double Value => psi.item<double>();

        public override Tensor forward(Tensor input) => (input * psi).sum(1) + _offset;
    }

    private sealed class Zeros : IBatchSource
    {
        public int BatchSize => 1;

        public long BatchesPerEpoch => 1;

        public SamplerPosition Position { get; set; }

        public Batch Next() => zeros(1, 1);
    }
}
