using ResearchKit.Data.Text;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Training;
using ResearchKit.Training.Augmentation;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

public class PolicyGradientTests
{
    /// <summary>Against the gradient of the expected reward, the sum over all lines of p(line) D(line): each line once, weighed by its
    /// probability, with many roll-outs. A baseline changes nothing in the mean.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Its_mean_is_the_gradient_of_the_expected_reward(bool baseline)
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(6);
        var (g, d) = Pair(12);
        d.eval();
        using var policy = new PolicyGradient(g, d, new TrainerOptions { Rollouts = 1000, RewardBaseline = baseline });
        var lines = arange(27).unsqueeze(1).div(tensor((long[])[1, 3, 9]), RoundingMode.floor).remainder(3); // (27, 3)
        var x = nn.functional.one_hot(lines, 3).transpose(1, 2).to(ScalarType.Float32); // (27, 3, 3)
        var (log, rewards) = (g.LogProbabilities(lines), d.call(x).sigmoid().detach());
        var probable = log.sum(1).exp(); // (27)
        var (loss, gradient) = policy.Of(x, x, null, 1);
        var mine = (x * log.unsqueeze(1) * gradient).sum([1, 2]); // (27): each line's, over 27
        var actual = Gradient((mine * 27 * probable.detach()).sum());
        var exact = Gradient(-(probable * rewards).sum());
        Assert.InRange(loss.item<float>(), -rewards.max().item<float>(), -rewards.min().item<float>());
        Assert.InRange(rewards.std().item<float>(), 0.02, 1); // D tells lines apart
        Assert.Equal(0, ((actual - exact).norm() / exact.norm()).item<float>(), 0.1);

        Tensor Gradient(Tensor loss) => cat([.. autograd.grad([loss], [.. g.parameters()], retain_graph: true)
            .Select(t => t.flatten())]);
    }

    [Fact]
    public void It_leaves_D_in_its_mode_and_repeats_from_its_state()
    {
        using var scope = NewDisposeScope();
        var (g, d) = Pair(1);
        d.train();
        using var policy = new PolicyGradient(g, d, new TrainerOptions { Rollouts = 2, Seed = 3 });
        using var same = new PolicyGradient(g, d, new TrainerOptions { Rollouts = 2, Seed = 3 });
        var samples = g.call(randn(4, 3)).detach();
        var first = policy.Of(samples, samples, null, 1).Gradient.data<float>().ToArray();
        Assert.Equal(first, same.Of(samples, samples, null, 1).Gradient.data<float>().ToArray());
        Assert.NotEqual(first, policy.Of(samples, samples, null, 1).Gradient.data<float>().ToArray());
        Assert.True(d.training);
    }

    [Fact]
    public void What_does_not_go_with_it_is_refused_with_the_reason()
    {
        using var scope = NewDisposeScope();
        Refused("draws tokens, and it is rewarded by D's probability", loss: new WassersteinLoss());
        Refused("D's slope, which UnrolledSteps follows, does not reach it", new TrainerOptions { UnrolledSteps = 1 },
            other: new TextWganGpDiscriminator(3, 3, 2));
        Refused("D rewards whole lines, which no augmentation or noise may change", noise: true);
        Refused("DiscriminatorWarmup is 3 of the 2 LikelihoodSteps", new TrainerOptions { LikelihoodSteps = 2, DiscriminatorWarmup = 3 });
        Refused("DiscriminatorWarmup is 3 of the 0 LikelihoodSteps", new TrainerOptions { DiscriminatorWarmup = 3 });
        foreach (var (options, name) in ((TrainerOptions, string)[])
            [
                (new() { LikelihoodSteps = 1 }, "LikelihoodSteps"), (new() { DiscriminatorWarmup = 1 }, "DiscriminatorWarmup"),
                (new() { Rollouts = 1 }, "Rollouts"), (new() { RewardBaseline = true }, "RewardBaseline"),
            ])
        {
            var set = new TextSet("s", ["abc", "bca"], Three, 3);
            Assert.Contains($"{name} is for a generator that draws one token after the other, and TextWganGpGenerator makes all",
                Assert.Throws<ArgumentException>(() => new GanTrainer(new TextWganGpGenerator(Three, 3, 2, 2), Pair(1).D,
                    new Game(new NonSaturatingLoss()), new TextBatches(set, 2, 0), options)).Message, StringComparison.Ordinal);
        }

        void Refused(string reason, TrainerOptions? options = null, IAdversarialLoss? loss = null, bool noise = false,
            nn.Module<Tensor, Tensor>? other = null)
        {
            var (g, d) = Pair(1);
            using var instance = new InstanceNoise(0.1, 0);
            var game = new Game(loss ?? new NonSaturatingLoss(), Augmentations: noise ? [instance] : []);
            var set = new TextSet("s", ["abc", "bca"], Three, 3);
            Assert.Contains(reason, Assert.Throws<ArgumentException>(() => new GanTrainer(g, other ?? d, game, new TextBatches(set, 2, 0),
                options ?? new())).Message, StringComparison.Ordinal);
        }
    }

    private static readonly Vocabulary Three = new("abc", padded: false);

    private static (SeqGanGenerator G, SeqGanDiscriminator D) Pair(double sharpness)
    {
        var (g, d) = (new SeqGanGenerator(Three, 3, 4), new SeqGanDiscriminator(3, 3, 8));
        using var noGrad = no_grad();
        g.parameters().ToList().ForEach(p => p.mul_(sharpness));
        d.state_dict()["output.weight"].mul_(20); // so that it tells lines apart
        return (g, d);
    }
}
