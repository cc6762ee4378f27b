using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Building;

/// <summary>One's own folder of images.</summary>
public sealed class FolderDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_batch_larger_than_the_folder_is_told_in_the_words_of_the_command_line()
    {
        _folder.PutMany("forty", 40);
        Refused("The option batch is 64, but forty has 40 images to train on: set batch to 40 or less.");
        Refused("The option batch is 64, but forty has 30 images to train on (of 40): set batch to 30 or less.", "heldOut=10");
        Refused("The option samples asks for all images and heldOut for 40, but forty has 40: take fewer.", "heldOut=40");
        using var mirrored = Build("forty", "mirror=true");
        Assert.Equal(1, mirrored.Trainer.Run(1).Single().Step);

        void Refused(string problem, params string[] more) => Assert.Equal(problem,
            Assert.Throws<ArgumentException>(() => Build("forty", [.. more])).Message);
    }

    [Fact]
    public void The_last_image_of_an_epoch_is_no_batch_of_its_own()
    {
        _folder.PutMany("sixty-five", 65);
        using var experiment = Build("sixty-five");
        Assert.Equal([1, 2, 3], experiment.Trainer.Run(3).Select(s => s.Epoch));
    }

    [Theory]
    [InlineData("fit=Crop")]
    [InlineData("fit=Pad")]
    [InlineData("fit=Squeeze")]
    public void Images_of_any_size_are_trained_on(string fit)
    {
        _folder.Put("set/grey.png", 200, 60, 40, channels: 1);
        _folder.Put("set/dot.png", 90, 1, 1);
        _folder.Put("set/tall.png", 10, 20, 70);
        _folder.Put("set/right.png", 30, 32, 32);
        using var experiment = Build("set", "batch=2", fit);
        Assert.Equal(2, experiment.Trainer.Run(2).Last().Step);
        Assert.Equal((4, 32, 3), (experiment.Summary!.Images, experiment.Shape.Size, experiment.Shape.Channels));
    }

    [Fact]
    public void Held_out_images_and_samples_are_fair_to_the_classes()
    {
        _folder.PutMany("set/a", 40);
        _folder.PutMany("set/b", 20, from: 100);
        using var experiment = Build("set", "heldOut=15", "samples=30", "batch=8");
        Assert.Equal([10, 5], experiment.Data.HeldOut!.Classes!.Counts);
        Assert.Equal([20, 10], experiment.Data.Training!.Classes!.Counts);
        Assert.Equal((30, 15, 15), (experiment.Summary!.Images, experiment.Summary.HeldOut, experiment.Summary.Unused));
        Assert.Equal([40, 20], experiment.Shape.Classes!.Counts);
        var (held, trained) = (Rows(experiment.Data.HeldOut), Rows(experiment.Data.Training));
        Assert.Empty(held.Intersect(trained));
        using var other = Build("set", "heldOut=15", "samples=30", "batch=8", "seed=7");
        Assert.Equal(held, Rows(other.Data.HeldOut!)); // runs of other seeds compare
    }

    [Fact]
    public void What_is_left_out_is_kept_with_the_reason()
    {
        _folder.PutMany("set", 10);
        File.WriteAllText(_folder["set/003.png"], "no image");
        File.WriteAllText(_folder["set/a.tif"], "no image");
        using var experiment = Build("set", "batch=4");
        Assert.Equal(9, experiment.Summary!.Images);
        Assert.Equal(2, experiment.Summary.LeftOut.Count);
        Assert.Contains("003.png: this is no PNG, JPEG, WebP, BMP or GIF image", experiment.Summary.LeftOut[0], StringComparison.Ordinal);
        Assert.Contains("'.tif'", experiment.Summary.LeftOut[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Images_that_are_not_kept_in_memory_train_the_same_run()
    {
        _folder.PutMany("set/a", 12);
        _folder.PutMany("set/b", 12, from: 100);
        using var kept = Build("set", "batch=4", "conditional=true", "heldOut=4");
        using var decoded = Build("set", "batch=4", "conditional=true", "heldOut=4", "memory=0");
        Assert.Equal((false, true), (kept.Summary!.IsDecodedAhead, decoded.Summary!.IsDecodedAhead));
        Assert.Equal(kept.Summary.Sha256, decoded.Summary.Sha256);
        Assert.Equal(Rows(kept.Data.HeldOut!), Rows(decoded.Data.HeldOut!));
        Assert.Equal(kept.Trainer.Run(12).Select(s => s.DiscriminatorLoss), decoded.Trainer.Run(12).Select(s => s.DiscriminatorLoss));
    }

    [Theory]
    [InlineData("ring8", "mirror=true", "The option mirror is for sets of images, and ring8 is none; leave it away.")]
    [InlineData("ring8", "imageSize=32", "The option imageSize is for sets of images")]
    [InlineData("stacked-digits", "channels=1", "The option channels is for sets of images")]
    [InlineData("fashion-mnist-small", "channels=2", "The option channels is 2; it must be 1 or 3, or none.")]
    [InlineData("nowhere", "seed=1", "There are no data 'nowhere': there is no such folder here, the catalog has no such set (it has")]
    [InlineData("fashion-mnist-small", "imageSize=48", "A DCGAN makes images of 28, 32, 64, 128 or 256 pixels, not 48")]
    public void Options_that_the_data_have_no_use_for_are_refused(string data, string assignment, string problem) =>
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() =>
            RunFolder.Check(new ExperimentOptions().With($"data={data}", assignment))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_set_of_the_catalog_is_brought_to_another_size_and_to_colour()
    {
        using var experiment = Experiment.Build(new ExperimentOptions().With("data=fashion-mnist-small:test", "imageSize=32", "channels=3",
            "features=4", "batch=4"));
        Assert.Equal((32, 3), (experiment.Shape.Size, experiment.Shape.Channels));
        Assert.Equal([4, 3, 32, 32], experiment.Data.Batches.Next().Samples.shape);
        Assert.Equal(10, experiment.Shape.Classes!.Count);
    }

    private static List<string> Rows(ResearchKit.Data.ImageSet set) =>
        [.. Enumerable.Range(0, (int)set.Count).Select(i => Convert.ToHexString(set.Images[i].contiguous().bytes))];

    private Experiment Build(string data, params string[] more) =>
        Experiment.Build(new ExperimentOptions().With([$"data={_folder[data]}", "features=4", "latent=8", .. more]));
}
