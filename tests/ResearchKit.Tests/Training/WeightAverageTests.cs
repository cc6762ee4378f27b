using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

public class WeightAverageTests
{
    [Fact]
    public void Follows_its_closed_form_with_warm_up()
    {
        using var network = nn.Linear(1, 1, hasBias: false);
        Set(network, 0);
        using var average = new WeightAverage(network, 0.5);
        var expected = 0.0;
        for (var t = 1; t <= 20; t++)
        {
            Set(network, t);
            average.Update();
            var decay = Math.Min(0.5, (1.0 + t) / (10 + t));
            expected = decay * expected + (1 - decay) * t;
        }

        using (average.Apply())
        {
            Assert.Equal(expected, network.weight.item<float>(), 1e-5);
        }

        Assert.Equal(20, network.weight.item<float>());
    }

    [Fact]
    public void Averages_statistics_and_copies_counters()
    {
        using var network = nn.BatchNorm1d(1);
        using var average = new WeightAverage(network, 0.9);
        network.train();
        using var output = network.call(full([4, 1], 10f));
        average.Update();
        using (average.Apply())
        {
            Assert.Equal(1, network.num_batches_tracked!.item<long>());
            Assert.Equal((1 - 2.0 / 11) * 1.0, network.running_mean!.item<float>(), 1e-5);
        }

        Assert.Equal(1.0, network.running_mean!.item<float>(), 1e-5);
    }

    [Fact]
    public void A_half_life_in_images_halves_a_weight_after_so_many()
    {
        Assert.Equal(0.5, Math.Pow(WeightAverage.DecayFor(1000, null, 50, 1), 20), 1e-12); // 20 updates of 50 images
        // still ramping up: 5 % of 4,000
        Assert.Equal(Math.Pow(0.5, 50 / (0.05 * 4000)), WeightAverage.DecayFor(1000, 0.05, 50, 4000), 1e-12);
        Assert.Equal(WeightAverage.DecayFor(1000, null, 50, 1), WeightAverage.DecayFor(1000, 0.05, 50, 1_000_000), 1e-12);
    }

    private static void Set(TorchSharp.Modules.Linear network, float value)
    {
        using var noGrad = no_grad();
        network.weight.fill_(value);
    }
}
