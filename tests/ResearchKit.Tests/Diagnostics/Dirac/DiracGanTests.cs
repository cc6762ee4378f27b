using System.Numerics;
using ResearchKit.Diagnostics.Dirac;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using TorchSharp;

namespace ResearchKit.Tests.Diagnostics.Dirac;

/// <summary>Gradient flow of the Dirac game against closed forms, for every loss of the kit.</summary>
public class DiracGanTests
{
    private static readonly DiracPoint Start = new(0.3, 0);

    public static TheoryData<DiracLaw> Laws => [.. DiracLaw.All];

    [Theory]
    [MemberData(nameof(Laws))]
    public void Eigenvalues_are_those_of_the_closed_form(DiracLaw law)
    {
        (DiracGan Game, double Damping)[] cases =
        [
            (new(law.Loss), 0),
            (new(law.Loss, [new R1Penalty(0.3)]), 0.3),
            (new(law.Loss, [new R2Penalty(1)]), 1),
            (new(law.Loss, [new R1Penalty(2), new R2Penalty(1)]), 3),
            (new(law.Loss, instanceNoise: 0.7), law.NoiseDamping * 0.49),
            (new(law.Loss, [new R1Penalty(0.2)], instanceNoise: 0.5), 0.2 + (law.NoiseDamping * 0.25)),
        ];
        Assert.All(cases, c => Near(DiracEigenvalues.Flow(law.Rotation, c.Damping), c.Game.Eigenvalues()));
    }

    [Theory]
    [MemberData(nameof(Laws))]
    public void The_plain_flow_keeps_its_distance_or_loses_it_as_one_over_the_time(DiracLaw law)
    {
        var way = new DiracGan(law.Loss).Flow(Start, 1000, stepLength: 0.1);
        var expected = 1 / ((1 / Math.Pow(Start.Radius, 2)) + (law.Spiral * 100));
        // Runge-Kutta itself loses h^6 / 72 a step; the spiral's law is the mean over a turn, for small distances
        Assert.Equal(1, Math.Pow(way[^1].Radius, 2) / expected, law.Spiral == 0 ? 2e-5 : 0.03);
        var phase = Math.Atan2(way[10].Psi, way[10].Theta);
        Assert.Equal(-law.Rotation, phase, 0.05); // after a unit of time; theta' = c psi turns clockwise
    }

    [Fact]
    public void A_damped_linear_game_follows_its_closed_form_all_along()
    {
        const double gamma = 0.4; // theta'' = -gamma theta' - theta
        var way = new DiracGan(new WassersteinLoss(), [new R1Penalty(gamma)]).Flow(new(1, 0), 100, stepLength: 0.1);
        var w = Math.Sqrt(1 - (gamma * gamma / 4));
        for (var i = 0; i < way.Count; i++)
        {
            var t = 0.1 * i;
            var decay = Math.Exp(-gamma * t / 2);
            Assert.Equal(decay * (Math.Cos(w * t) + (gamma / 2 / w * Math.Sin(w * t))), way[i].Theta, 5e-6);
            Assert.Equal(-decay * Math.Sin(w * t) / w, way[i].Psi, 5e-6);
        }
    }

    [Fact]
    public void The_velocity_is_the_papers()
    {
        static double Sigmoid(double v) => 1 / (1 + Math.Exp(-v));
        DiracPoint at = new(1.3, -0.8);
        var (product, minimax, nonSaturating) = (at.Theta * at.Psi, new DiracGan(new MinimaxLoss()).Velocity(at),
            new DiracGan(new NonSaturatingLoss()).Velocity(at));
        Assert.Equal(at.Psi * Sigmoid(product), minimax.Theta, 1e-12);
        Assert.Equal(-at.Theta * Sigmoid(product), minimax.Psi, 1e-12);
        Assert.Equal(at.Psi * Sigmoid(-product), nonSaturating.Theta, 1e-12);
        Assert.Equal(minimax.Psi, nonSaturating.Psi, 1e-12);
    }

    [Fact]
    public void One_sided_label_smoothing_changes_nothing_for_D_is_0_on_the_real_point()
    {
        DiracPoint at = new(0.7, -1.1);
        Assert.Equal(new DiracGan(new NonSaturatingLoss()).Velocity(at), new DiracGan(new NonSaturatingLoss(), [new LabelSmoothing(0.1)])
            .Velocity(at));
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(3)]
    public void A_strong_gradient_penalty_around_1_comes_to_rest_at_the_wrong_place(double lambda)
    {
        using var penalty = new WganGpPenalty(lambda);
        var end = new DiracGan(new WassersteinLoss(), [penalty]).Orbit(new(1, 0.5), 3000, new())[^1];
        Assert.Equal(2 * lambda, end.Theta, 1e-4); // from above psi = 0: D's pull down, theta, balances the penalty's push up, 2 lambda
        Assert.Equal(0, end.Psi, 1e-4);
    }

    [Fact]
    public void A_gradient_penalty_around_1_has_no_eigenvalues()
    {
        using var penalty = new WganGpPenalty(1);
        var game = new DiracGan(new WassersteinLoss(), [penalty]);
        Assert.Contains("jumps", Assert.Throws<InvalidOperationException>(game.Eigenvalues).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_game_that_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new DiracGan(new HingeLoss(), instanceNoise: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DiracGan(new HingeLoss()).Flow(Start, -1));
        Assert.Equal("not with hinge", Assert.Throws<ArgumentException>(() => new DiracGan(new HingeLoss(),
            [new Picky()])).Message.Split(" (")[0]);
    }

    [Fact]
    public void Nothing_stays_behind()
    {
        var game = new DiracGan(new NonSaturatingLoss(), [new R1Penalty(1)], instanceNoise: 0.1);
        game.Flow(Start, 2);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        game.Flow(Start, 20);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    internal static void Near(IReadOnlyList<Complex> expected, IReadOnlyList<Complex> actual, double tolerance = 1e-8)
    {
        Assert.Equal(2, actual.Count);
        Assert.All(expected.Zip(actual),
            pair => Assert.True((pair.First - pair.Second).Magnitude < tolerance, $"{pair.First} is expected, {pair.Second} was measured"));
    }

    private sealed class Picky : IDiscriminatorPenalty
    {
        public SlopeSites Sites => SlopeSites.None;

        public string? Refuses(IAdversarialLoss loss) => loss is HingeLoss ? "not with hinge" : null;

        public torch.Tensor Compute(DiscriminatorPass pass) => throw new NotSupportedException();
    }
}
