using ResearchKit.Data;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Imaging;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Experiments.Runs;

public sealed class AutomaticOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("stylegan2", 32, 32, 0.0064)]
    [InlineData("stylegan2", 64, 32, 0.0256)]
    [InlineData("stylegan2", 256, 16, 0.8192)]
    public void Batch_and_R1_of_StyleGAN2_are_those_of_its_authors_auto(string preset, int side, int batch, double r1)
    {
        Images(40);
        var (options, chosen) = Choose(preset, side, "features=16", "steps=20");
        Assert.Equal((batch, 20), (options.Data.Batch, options.Run.Steps));
        Assert.Equal(side > 32 ? "stylegan2" : "stylegan2-cifar", options.Networks.Architecture);
        Assert.Equal(r1, options.Game.Penalties["r1"].At(0), 1e-4);
        Assert.Equal(batch * 10_000 / 32.0, options.Trainer.AverageHalfLife!.At(0));
        Assert.Contains($"batch={batch}: 4096 / side, at most 32, and no more than images", chosen);
        Assert.DoesNotContain(chosen, line => line.StartsWith("steps=", StringComparison.Ordinal));
    }

    [Fact]
    public void R3GAN_has_its_authors_gamma_and_schedules_as_long_as_the_run()
    {
        Images(10);
        var (options, _) = Choose("r3gan", 64, "features=16", "steps=400", "threads=1");
        Assert.Equal((8, 400, 1), (options.Data.Batch, options.Run.Steps, options.Trainer.Threads!.Value));
        foreach (var penalty in (string[])["r1", "r2"])
        {
            Assert.Equal((2, 0.2), (options.Game.Penalties[penalty].At(0), Math.Round(options.Game.Penalties[penalty].At(400), 3)));
        }

        Assert.Equal(0.3, options.Game.AugmentProbability.At(400), 1e-3);
        Assert.Equal("ada-schedule", options.Game.Augment);
        Assert.Equal(2500, options.Trainer.AverageHalfLife!.At(400), 1.0);
    }

    // More time gives no narrower networks and no fewer images; both are read from steps on this machine.
    [Fact]
    public void Width_and_steps_follow_from_the_hours()
    {
        Images(40);
        var (quick, said) = Choose("stylegan2", 8, 1e-5);
        var (longer, wide) = Choose("stylegan2", 8, 1000);
        Assert.Equal((16, 128), (quick.Networks.Features!.Value, longer.Networks.Features!.Value));
        Assert.True(longer.Run.Steps > 100 * quick.Run.Steps);
        Assert.Contains(said, line => line.StartsWith("features=16: the narrowest of 128, 64, 32, 16; 3,125 steps would take",
            StringComparison.Ordinal));
        Assert.Contains(wide, line => line.StartsWith("features=128: the widest of 128, 64, 32, 16 that makes 3,125 steps",
            StringComparison.Ordinal));
        Assert.Equal(("none", "ada"), (quick.Game.Augment ?? "none", longer.Game.Augment));
    }

    // Steps that were said without hours leave the preset's width; of few images a batch is whole groups of the minibatch deviation.
    [Theory]
    [InlineData(30, 28, 4)]
    [InlineData(3, 3, 3)]
    public void What_was_said_stays_and_few_images_make_a_smaller_batch(int images, int batch, int group)
    {
        Images(images + 2);
        var (options, _) = Choose("stylegan2", 8, (double?)null, "steps=40", "heldOut=2");
        var width = PresetCatalog.Find("stylegan2").Options.Networks.Features!.Value;
        Assert.Equal((width, 40, batch, group), (options.Networks.Features!.Value, options.Run.Steps, options.Data.Batch,
            options.Networks.MinibatchDeviation!.Value));
        Assert.Equal("none", Choose("r3gan", 8, (double?)null, "steps=2", "features=8").Options.Game.Augment ?? "none");
        var (few, _) = Choose("r3gan", 8, (double?)null, "steps=2", "features=8", "augment=ada-schedule");
        Assert.Equal(0.3, few.Game.AugmentProbability.At(1000), 1e-9); // in the end; never 1, which would leak
    }

    [Fact]
    public void What_is_chosen_trains_and_is_for_folders_only()
    {
        Images(12);
        var (options, _) = Choose("stylegan2", 16, "features=16", "steps=3", "scores=losses", "threads=1");
        Assert.Equal(3, ExperimentRun.Train(RunFolder.Create(_folder["run"], options)).Count());
        Assert.False(AutomaticOptions.Has(PresetCatalog.Find("stylegan2").Options));
        Assert.False(AutomaticOptions.Has(PresetCatalog.Find("sngan").Options.With($"data={_folder["images"]}")));
        Assert.Throws<ArgumentOutOfRangeException>(() => Choose("stylegan2", 16, hours: 0));
    }

    public void Dispose() => _folder.Dispose();

    private (ExperimentOptions Options, IReadOnlyList<string> Chosen) Choose(string preset, int side, params string[] said) =>
        Choose(preset, side, 1, said);

    private (ExperimentOptions Options, IReadOnlyList<string> Chosen) Choose(string preset, int side, double? hours, params string[] said)
    {
        string[] all = [$"data={_folder["images"]}", $"imageSize={side}", .. said];
        var options = PresetCatalog.Find(preset).Options.With(all);
        Assert.True(AutomaticOptions.Has(options));
        return AutomaticOptions.Choose(options, [.. all.Select(a => a.Split('=')[0])], hours);
    }

    private void Images(int count)
    {
        using var images = new ImageSet("some", randint(0, 256, [count, 3, 16, 16], ScalarType.Byte));
        ImageFolderWriter.Write(images, _folder["images"]);
    }
}
