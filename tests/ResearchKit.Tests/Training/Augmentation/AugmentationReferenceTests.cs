using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Support;
using ResearchKit.Training.Augmentation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace ResearchKit.Tests.Training.Augmentation;

/// <summary>Each augmentation, and R1 taken through it, against what tests/peers/augmentation.py wrote for the same random
/// numbers.</summary>
public class AugmentationReferenceTests
{
    private const long Seed = 3;

    private static readonly ReferenceTensors Reference = new(Repository.Reference("augmentation.safetensors"));

    [Theory]
    [InlineData("diff", 1, ScalarType.Float64)]
    [InlineData("diff", 3, ScalarType.Float64)]
    [InlineData("diff", 1, ScalarType.Float32)]
    [InlineData("diff", 3, ScalarType.Float32)]
    [InlineData("ada", 1, ScalarType.Float64)]
    [InlineData("ada", 3, ScalarType.Float64)]
    [InlineData("ada", 1, ScalarType.Float32)]
    [InlineData("ada", 3, ScalarType.Float32)]
    [InlineData("ada-all", 1, ScalarType.Float64)] // float32 noise is another draw
    [InlineData("ada-all", 3, ScalarType.Float64)]
    [InlineData("noise", 1, ScalarType.Float64)]
    [InlineData("noise", 3, ScalarType.Float64)]
    public void Equals_PyTorch_in_values_and_in_gradients_of_second_order(string name, int channels, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var expected = Reference.Under($"{name}.{channels}.");
        using var d = Network(channels).to(dtype);
        var augmentation = Create(name);
        using var owner = (IDisposable)augmentation;
        var real = Reference[$"images.{channels}"].to(dtype);
        Tensor? result = null;
        var pass = DiscriminatorPass.Run(d, real, real, SlopeSites.Real, 1, x => result is null ? result = augmentation.Apply(x, 1) : x);
        Near(expected["result"], result!, dtype);
        Near(expected["logits"], pass.RealLogits, dtype);
        using var r1 = new R1Penalty(2).Compute(pass);
        Near(expected["r1"].squeeze(), r1, dtype);
        (softplus(-pass.RealLogits).mean() + r1).backward();
        Near(expected["gradient.x"], pass.Real.grad!, dtype);
        foreach (var (key, parameter) in d.named_parameters())
        {
            Near(expected[$"gradient.{key}"], parameter.grad!, dtype);
        }
    }

    private static IAugmentation Create(string name) => name switch
    {
        "diff" => new DiffAugment(seed: Seed),
        "ada" => new AdaptiveAugmentation(0.7, seed: Seed),
        "ada-all" => new AdaptiveAugmentation(0.7, AdaptiveTransforms.All, Seed),
        _ => new InstanceNoise(0.3, Seed),
    };

    private static Sequential Network(int channels)
    {
        var d = nn.Sequential(nn.Conv2d(channels, 4, 3, 2, 1), nn.Tanh(), nn.Conv2d(4, 4, 3, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(4, 1, (3, 2)), nn.Flatten(0));
        d.load_state_dict(Reference.Under($"network.{channels}."));
        return d;
    }

    private static void Near(Tensor expected, Tensor actual, ScalarType dtype)
    {
        var tolerance = dtype == ScalarType.Float64 ? 1e-12 : 1e-5;
        var difference = (expected - actual.detach().to(ScalarType.Float64)).abs().max().item<double>();
        Assert.True(difference <= tolerance * Math.Max(0.1, expected.abs().max().item<double>()), $"differs by {difference}");
    }
}
