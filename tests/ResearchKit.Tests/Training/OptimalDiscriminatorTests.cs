using ResearchKit.Data.Toy;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

/// <summary>Goodfellow et al., arXiv:1406.2661, proposition 1, held against trained networks. Lesson 02 asks five seeds.</summary>
public class OptimalDiscriminatorTests
{
    [Theory]
    [InlineData("two bumps against one")]
    [InlineData("a normal against another")]
    public void A_trained_discriminator_lies_within_a_twentieth_of_the_best_one_on_two_seeds(string pair)
    {
        var (p, q) = pair == "two bumps against one"
            ? (GaussianMixture.OnLine((-1.5, 0.5, 1), (1.5, 0.5, 1)), GaussianMixture.OnLine((0, 1.2, 1)))
            : (GaussianMixture.OnLine((-1, 0.8, 1)), GaussianMixture.OnLine((1, 1, 1)));
        var threads = get_num_threads();
        CpuThreads.Use(1);
        try
        {
            Assert.All(Enumerable.Range(0, 2), seed => Assert.InRange(LargestError(p, q, seed), 0, 0.05));
        }
        finally
        {
            CpuThreads.Use(threads);
        }
    }

    private static double LargestError(GaussianMixture p, GaussianMixture q, int seed)
    {
        using var outer = NewDisposeScope();
        RandomState.Seed(seed);
        using var d = new MlpDiscriminator(1, new MlpOptions { Widths = [64, 64, 64] });
        using var adam = optim.Adam(d.parameters(), 1e-2);
        var schedule = optim.lr_scheduler.CosineAnnealingLR(adam, 1500);
        var loss = new NonSaturatingLoss();
        using var real = new PointBatches(p.Sample(200_000, seed), 1024, seed);
        using var fake = new PointBatches(q.Sample(200_000, seed + 1000), 1024, seed);
        for (var i = 0; i < 1500; i++)
        {
            using var scope = NewDisposeScope();
            var terms = loss.Discriminator(d.call(real.NextBatch()), d.call(fake.NextBatch()));
            adam.zero_grad();
            terms.Sum().backward();
            adam.step();
            schedule.step();
        }

        using var noGrad = no_grad();
        var line = linspace(-6, 6, 1201, dtype: ScalarType.Float64).unsqueeze(1);
        var error = (d.call(line.to(ScalarType.Float32)).sigmoid().to(ScalarType.Float64) - p.OptimalDiscriminator(q, line)).abs();
        var mass = p.LogDensity(line).exp() + q.LogDensity(line).exp();
        return error.masked_select(mass > 0.01).max().item<double>();
    }
}
