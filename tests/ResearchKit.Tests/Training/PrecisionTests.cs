using ResearchKit.Support;
using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

public class PrecisionTests
{
    [Fact]
    public void Bfloat16_trains_float32_weights_near_the_full_values()
    {
        using var full = new TinyGan(new TrainerOptions { Threads = 1 });
        using var cast = new TinyGan(new TrainerOptions { Threads = 1, Precision = Precision.BFloat16 });
        var (expected, actual) = (full.Trainer.Run(1).Single(), cast.Trainer.Run(1).Single());
        Assert.NotEqual(expected.RealLoss, actual.RealLoss);
        Assert.Equal(expected.RealLoss, actual.RealLoss, 0.02);
        Assert.Equal(expected.DiscriminatorGradientNorm, actual.DiscriminatorGradientNorm, 0.05 * expected.DiscriminatorGradientNorm);
        Assert.All(cast.Discriminator.parameters(), p => Assert.Equal(ScalarType.Float32, p.dtype));
        Assert.Equal(20, cast.Trainer.Run(19).Last().Step);
        using var product = rand(4, 4).matmul(rand(4, 4));
        Assert.Equal(ScalarType.Float32, product.dtype); // the cast ends with the step
    }

    [Fact]
    public void Tf32_changes_nothing_on_a_CPU()
    {
        using var full = new TinyGan(new TrainerOptions { Threads = 1 });
        using var cast = new TinyGan(new TrainerOptions { Threads = 1, Precision = Precision.TensorFloat32 });
        Assert.Equal(full.Trainer.Run(3).Last().RealLoss, cast.Trainer.Run(3).Last().RealLoss);
    }
}
