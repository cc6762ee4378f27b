using ResearchKit.Data.Text;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Support;
using ResearchKit.Tests.Training;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

/// <summary>SeqGAN's networks against PyTorch (tests/peers/seqgan.py), and what their samples' gradient is.</summary>
public class SeqGanTests
{
    private static readonly Vocabulary Seven = new("abcdef");

    private static ReferenceTensors Reference => new(Repository.Reference("seqgan.safetensors"));

    [Theory]
    [InlineData(ScalarType.Float64, 1e-10)]
    [InlineData(ScalarType.Float32, 1e-5)]
    public void Draws_and_judges_what_PyTorch_does(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        var (g, d) = Networks(dtype);
        d.eval();
        using var noGrad = no_grad();
        var (lines, _, noise) = ReplayedData.First(4, SampleKind.Lines);
        var drawn = g.call(noise.narrow(1, 0, 8).to(dtype));
        Assert.Equal([4, 7, 8], drawn.shape);
        Assert.Equal(Reference["tokens"].data<long>().ToArray(), drawn.argmax(1).data<long>().ToArray());
        Assert.Equal(32, drawn.sum().to(ScalarType.Float32).item<float>()); // one-hot
        foreach (var form in (Tensor[])[lines, lines.argmax(1)])
        {
            Assert.Equal(0, (Reference["log_probabilities"] - g.LogProbabilities(form)).abs().max().to(ScalarType.Float64).item<double>(),
                tolerance);
        }

        Assert.Equal(0, (Reference["logits"] - d.call(lines.to(dtype))).abs().max().to(ScalarType.Float64).item<double>(), tolerance);
    }

    [Fact]
    public void Likelihood_is_trained_as_in_PyTorch_for_ten_steps_to_1e_8()
    {
        using var scope = NewDisposeScope();
        var (g, d) = Networks(ScalarType.Float64);
        var data = new ReplayedData(8, kind: SampleKind.Lines);
        var weights = TrajectoryTests.Checksum(d);
        using var trainer = new GanTrainer(g, d, new Game(new ResearchKit.Losses.NonSaturatingLoss()), data, new TrainerOptions
        {
            Threads = 1, GeneratorLearningRate = 0.01, Beta1 = 0.9, GradientClip = 0.2, AverageDecay = null, LikelihoodSteps = 10,
        });
        foreach (var step in trainer.Run(10))
        {
            var row = Reference["likelihood"][step.Step - 1].data<double>().ToArray();
            double[] actual = [step.GeneratorLoss, step.GeneratorGradientNorm, TrajectoryTests.Checksum(g)];
            Assert.All(row.Zip(actual), pair => TrajectoryTests.Near(pair.First, pair.Second, 1e-8));
            Assert.True(double.IsNaN(step.DiscriminatorLoss) && double.IsNaN(step.RealAccuracy) && double.IsNaN(step.FakeProbability));
        }

        Assert.Equal(weights, TrajectoryTests.Checksum(d)); // D was left alone
    }

    /// <summary>The gradient of sum(samples W) is the sum over the drawn tokens of W times the gradient of their log p.</summary>
    [Fact]
    public void Samples_carry_the_gradient_of_their_log_probabilities()
    {
        using var scope = NewDisposeScope();
        var (g, _) = Networks(ScalarType.Float64);
        var (z, weights) = (randn(5, 8, ScalarType.Float64), randn(5, 7, 8, ScalarType.Float64));
        var samples = g.call(z);
        Assert.Equal((0, 1), (samples.min().item<double>(), samples.max().item<double>()));
        var tokens = samples.argmax(1);
        var picked = weights.gather(1, tokens.unsqueeze(1)).squeeze(1); // (B, L)
        var (actual, expected) = (Gradient((samples * weights).sum()), Gradient((g.LogProbabilities(tokens) * picked).sum()));
        Assert.All(expected.Zip(actual), pair => Assert.True(pair.Second.allclose(pair.First, 1e-10, 1e-12)));
        Assert.Contains(expected, e => e.abs().max().item<double>() > 0.1);
        using var noGrad = no_grad();
        Assert.False(g.call(z).requires_grad);

        Tensor[] Gradient(Tensor loss) => [.. autograd.grad([loss], [.. g.parameters()], retain_graph: true)];
    }

    [Fact]
    public void A_number_of_z_is_the_quantile_of_its_token()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        RandomState.Seed(5);
        var g = new SeqGanGenerator(Seven, 2);
        var lines = g.call(randn(20_000, 2)).argmax(1); // (N, L)
        var first = g.LogProbabilities(lines).select(1, 0).exp();
        for (var token = 0; token < 7; token++)
        {
            var has = lines.select(1, 0) == token;
            Assert.Equal(first[has].mean().item<float>(), has.to(ScalarType.Float32).mean().item<float>(), 0.01);
        }

        Assert.Equal(0, g.call(full(1, 2, -9f)).argmax(1).sum().item<long>()); // the first token, and the last
        Assert.Equal(12, g.call(full(1, 2, 9f)).argmax(1).sum().item<long>());
    }

    [Fact]
    public void A_low_temperature_takes_the_most_probable_token_and_truncation_lowers_it()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (g, _) = Networks(ScalarType.Float64);
        var z = randn(6, 8, ScalarType.Float64);
        var greedy = Reference["greedy"].expand(6, -1);
        g.Temperature = 1e-6;
        Assert.True(g.call(z).argmax(1).allclose(greedy));
        Assert.Equal(0, g.LogProbabilities(greedy).sum().item<double>(), 1e-9); // the likelihood is that of what it draws
        g.Temperature = 1;
        Assert.True(g.Truncated(z, null, 1e-6).argmax(1).allclose(greedy));
        Assert.False(g.call(z).argmax(1).allclose(greedy));
        Assert.Throws<ArgumentOutOfRangeException>(() => g.Temperature = 0);
    }

    [Fact]
    public void Roll_outs_keep_the_beginning_and_draw_the_rest_as_the_model_does()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        RandomState.Seed(8);
        var g = new SeqGanGenerator(new Vocabulary("abc", padded: false), 4);
        g.parameters().ToList().ForEach(p => p.mul_(12)); // sharper
        var lines = g.call(randn(2, 4)).argmax(1); // (2, 4)
        using var random = new Generator(3);
        var more = g.RollOuts(lines, 20_000, random);
        Assert.Equal([3, 20_000, 2, 4], more.shape);
        for (var t = 0; t < 3; t++)
        {
            var kept = more[t].narrow(2, 0, t + 1); // (K, B, t + 1)
            Assert.True(kept.allclose(lines.narrow(1, 0, t + 1).expand_as(kept)));
            var all = more[t].reshape(-1, 4); // (K B, L)
            var next = all.clone();
            for (var token = 0; token < 3; token++)
            {
                next.select(1, t + 1).fill_(token);
                var expected = g.LogProbabilities(next).select(1, t + 1).exp().mean().item<float>();
                Assert.Equal(expected, (all.select(1, t + 1) == token).to(ScalarType.Float32).mean().item<float>(), 0.012);
            }
        }

        Assert.True(more.min().item<long>() >= 0 && more.max().item<long>() < 3);
        var last = more[0].select(2, 3);
        Assert.InRange(last.to(ScalarType.Float32).std().item<float>(), 0.1, 2); // they differ
    }

    [Fact]
    public void Only_filters_that_fit_the_length_are_built_in_the_authors_proportions()
    {
        using var scope = NewDisposeScope();
        var d = new SeqGanDiscriminator(5, 20);
        var filters = d.named_parameters().Where(p => p.name.StartsWith("convs", StringComparison.Ordinal) && p.parameter.dim() == 3)
            .Select(p => (p.parameter.shape[2], p.parameter.shape[0]));
        Assert.Equal([(1, 100), (2, 200), (3, 200), (4, 200), (5, 200), (6, 100), (7, 100), (8, 100), (9, 100), (10, 100), (15, 160),
            (20, 160)], filters);
        Assert.Equal(10, new SeqGanDiscriminator(5, 14).named_parameters().Count(p => p.name.StartsWith("convs", StringComparison.Ordinal)
            && p.parameter.dim() == 3));
        Assert.Equal([3], new SeqGanDiscriminator(5, 1, filters: 1).call(ones(3, 5, 1)).shape);
    }

    [Fact]
    public void Weights_start_at_the_authors_scale()
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(1);
        Assert.All(new SeqGanGenerator(Vocabulary.Letters, 20, 32).parameters(),
            p => Assert.Equal(0.1, p.std().item<float>(), 0.3 / Math.Sqrt(p.numel())));
        var d = new SeqGanDiscriminator(27, 20).named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Assert.Equal(1 / Math.Sqrt(3), d["embed.weight"].std().item<float>(), 0.02);
        Assert.Equal(0.1 * 0.8796, d["convs.3.weight"].std().item<float>(), 0.001); // cut off at two deviations
        Assert.InRange(d["convs.3.weight"].abs().max().item<float>(), 0.19, 0.2);
        Assert.Equal(0.1f, d["output.bias"].item<float>());
    }

    private static (SeqGanGenerator G, SeqGanDiscriminator D) Networks(ScalarType dtype)
    {
        var (g, d) = (new SeqGanGenerator(Seven, 8, 5), new SeqGanDiscriminator(7, 8, 10));
        g.load_state_dict(Named("g."));
        d.load_state_dict(Named("d."));
        g.to(dtype);
        d.to(dtype);
        return (g, d);

        static Dictionary<string, Tensor> Named(string prefix) => Reference.Under(prefix);
    }
}
