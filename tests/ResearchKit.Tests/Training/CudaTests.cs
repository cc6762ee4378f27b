using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Support;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

/// <summary>What holds on a GPU; skipped, with the reason, where there is none.</summary>
public class CudaTests
{
    public CudaTests() => Assert.SkipUnless(ComputeDevice.CudaProblem is null, "no CUDA device: " + ComputeDevice.CudaProblem);

    [Fact]
    public void Devices_are_found_and_counted()
    {
        Assert.Equal(DeviceType.CUDA, ComputeDevice.Best.type);
        Assert.Equal(0, ComputeDevice.Parse("cuda").index);
        Assert.Contains("does not exist", Assert.Throws<ArgumentException>(() => ComputeDevice.Parse("cuda:99")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Float64_follows_PyTorchs_CPU_for_30_steps_to_1e_8() =>
        TrajectoryTests.Follow(ScalarType.Float64, 30, 1e-8, ComputeDevice.Best);

    [Fact]
    public void A_set_on_the_GPU_gives_the_batches_of_the_CPU()
    {
        using var set = new ImageSet("random", randint(0, 256, [50, 1, 28, 28], ScalarType.Byte));
        using var there = set.To(ComputeDevice.Best);
        using var cpu = new ImageBatches(set, 8, seed: 3);
        using var gpu = new ImageBatches(there, 8, seed: 3);
        for (var i = 0; i < 10; i++)
        {
            using var expected = cpu.NextBatch();
            using var actual = gpu.NextBatch();
            Assert.Equal(DeviceType.CUDA, actual.device.type);
            Assert.True(actual.cpu().allclose(expected, 0, 1e-6));
        }
    }

    [Fact]
    public void Trains_with_a_constant_number_of_tensors_and_samples_to_the_CPU()
    {
        using var gan = new TinyGan(device: ComputeDevice.Best);
        _ = gan.Trainer.Run(5).ToList();
        NativeMemory.Trim();
        var before = Tensor.TotalCount;
        var last = gan.Trainer.Run(200).Last();
        Assert.Equal(before, Tensor.TotalCount);
        Assert.True(double.IsFinite(last.GeneratorLoss));
        using var sample = gan.Trainer.Sample(NormalLatents.Draw(4, 8, 0));
        Assert.Equal(DeviceType.CPU, sample.device.type);
        Assert.True(sample.isfinite().all().item<bool>());
    }

    [Fact]
    public void Starts_as_the_CPU_starts()
    {
        using var cpu = new TinyGan();
        using var gpu = new TinyGan(device: ComputeDevice.Best);
        var (expected, actual) = (cpu.Trainer.Run(1).Single(), gpu.Trainer.Run(1).Single());
        Assert.Equal(expected.RealLoss, actual.RealLoss, 2e-3);
        Assert.Equal(expected.GeneratorLoss, actual.GeneratorLoss, 2e-3);
    }

    [Fact]
    public void Networks_on_two_devices_are_refused()
    {
        using var g = new DcganGenerator(28, 1, 4);
        using var d = new DcganDiscriminator(28, 1, 4).to(ComputeDevice.Best);
        using var set = new ImageSet("random", randint(0, 256, [8, 1, 28, 28], ScalarType.Byte));
        using var data = new ImageBatches(set, 8, seed: 0);
        Assert.Contains("one device", Assert.Throws<ArgumentException>(() => new GanTrainer(g, d, new Game(new NonSaturatingLoss()), data,
            new TrainerOptions())).Message, StringComparison.Ordinal);
    }
}
