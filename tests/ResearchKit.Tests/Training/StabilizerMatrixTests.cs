using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Support;
using ResearchKit.Training;
using ResearchKit.Training.Augmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

/// <summary>Every loss with every gradient penalty, with and without augmentation: one step against PyTorch
/// (tests/peers/stabilizer_matrix.py), and twenty of its own.</summary>
public class StabilizerMatrixTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("stabilizer-matrix.safetensors"));
    private static readonly ReferenceTensors Start = new(Repository.Reference("dcgan.safetensors"));

    private static readonly IAdversarialLoss[] Losses = [.. AdversarialLosses.All.Select(l => l.Create())];

    private static readonly string[] Penalties = ["none", "wgan-gp", "r1", "r1-r2"];

    public static TheoryData<int, int, bool> Pairs
    {
        get
        {
            var pairs = new TheoryData<int, int, bool>();
            for (var loss = 0; loss < Losses.Length; loss++)
            {
                for (var penalty = 0; penalty < Penalties.Length; penalty++)
                {
                    pairs.Add(loss, penalty, false);
                    pairs.Add(loss, penalty, true);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void One_step_is_PyTorchs(int loss, int penalty, bool augmented)
    {
        using var game = new Case(loss, penalty, augmented, ScalarType.Float64);
        var step = game.Trainer.Run(1).Single();
        Assert.SkipUnless(loss < Reference["numbers"].shape[0], "PyTorch's numbers are not there: run tests/peers/stabilizer_matrix.py");
        var expected = Reference["numbers"][loss, penalty, augmented ? 1 : 0].data<double>().ToArray();
        double[] actual = [step.RealLoss, step.FakeLoss, step.Penalty, step.DiscriminatorGradientNorm, step.GeneratorLoss,
            step.GeneratorGradientNorm];
        Assert.Equal(expected, actual, (a, b) => Math.Abs(a - b) <= 1e-10 * (1 + Math.Abs(a)));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Twenty_steps_stay_finite_move_both_networks_and_leave_no_tensors(int loss, int penalty, bool augmented)
    {
        using var game = new Case(loss, penalty, augmented, ScalarType.Float32);
        var (g, d) = (Copy(game.Generator), Copy(game.Critic));
        var steps = game.Trainer.Run(20).ToList(); // a number that is not finite would have thrown
        Assert.All(game.Generator.parameters().Zip(g), p => Assert.False(p.First.eq(p.Second).all().item<bool>()));
        Assert.Contains(game.Critic.parameters().Zip(d), p => !p.First.eq(p.Second).all().item<bool>());
        Assert.Equal(penalty > 0, steps.TrueForAll(s => s.Penalty > 0));

        // of this thread, which alone makes the tensors of a training: what other threads make and free meanwhile does not count
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        _ = game.Trainer.Run(20).ToList();
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_penalty_changes_Ds_gradient(int loss, int penalty, bool augmented)
    {
        using var with = new Case(loss, penalty, augmented, ScalarType.Float64);
        using var without = new Case(loss, 0, augmented, ScalarType.Float64);
        var (a, b) = (with.Trainer.Run(1).Single(), without.Trainer.Run(1).Single());
        Assert.Equal(penalty == 0, a.DiscriminatorGradientNorm == b.DiscriminatorGradientNorm);
        Assert.Equal(a.RealLoss, b.RealLoss, 1e-12);
    }

    private static List<Tensor> Copy(nn.Module network) => [.. network.parameters().Select(p => p.detach().clone())];

    private sealed class Case : Owner
    {
        public Case(int loss, int penalty, bool augmented, ScalarType dtype)
        {
            Generator = Own(TrajectoryTests.Load(new DcganGenerator(28, 1, 4, 16), "g.").to(dtype));
            Critic = Own(TrajectoryTests.Load(
                nn.Sequential(nn.Conv2d(1, 4, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(4, 8, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(8, 1, 7),
                    nn.Flatten(0)), "critic.").to(dtype));
            IDiscriminatorPenalty[] penalties = Penalties[penalty] switch
            {
                "none" => [],
                "wgan-gp" => [Own(new WganGpPenalty(10, seed: 21))],
                "r1" => [new R1Penalty(1)],
                _ => [new R1Penalty(1), new R2Penalty(1)],
            };
            var replay = new TrajectoryTests.Replay(dtype);
            var game = new Game(Losses[loss], penalties, augmented ? [Own(new DiffAugment(seed: 5))] : []);
            Trainer = Own(new GanTrainer(Generator, Critic, game, replay, TrajectoryTests.Plain, replay));
        }

        public DcganGenerator Generator { get; }

        public nn.Module<Tensor, Tensor> Critic { get; }

        public GanTrainer Trainer { get; }
    }
}
