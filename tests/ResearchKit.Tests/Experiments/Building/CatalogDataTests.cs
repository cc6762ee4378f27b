using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Experiments.Building;

public class CatalogDataTests
{
    [Theory]
    [InlineData("fashion-mnist-small", 28, 1)]
    [InlineData("digits", 28, 1)]
    [InlineData("emoji-faces-32", 32, 3)]
    [InlineData("fashion-mnist", 28, 1)]
    [InlineData("mnist", 28, 1)]
    [InlineData("cifar-10", 32, 3)]
    [InlineData("cifar-100", 32, 3)]
    public void The_shape_is_the_catalogs(string set, int size, int channels)
    {
        var options = new ExperimentOptions().With($"data={set}:train").Data;
        Assert.Equal(new SampleShape(SampleKind.Images, size, channels), DataKinds.Of(options).Shape(options) with { Classes = null });
        Assert.Equal(set == "cifar-100" ? 100 : set == "emoji-faces-32" ? 7 : 10, DataKinds.Of(options).Shape(options).Classes!.Count);
    }

    [Fact]
    public void What_ships_has_its_shape()
    {
        foreach (var set in DataCatalog.Find().Sets.Where(s => s.Shipped && s.Format != CatalogFormat.Lines))
        {
            var options = new ExperimentOptions().With($"data={set.Name}:test", "batch=4").Data;
            using var data = DataKinds.Of(options).Load(options, seed: 0, CPU, progress: null);
            var said = DataKinds.Of(options).Shape(options);
            Assert.Equal(said with { Classes = null }, data.Shape with { Classes = null });
            Assert.Equal(said.Classes!.Names, data.Shape.Classes!.Names);
            Assert.Equal(data.Summary!.Count, data.Shape.Classes.Counts.Sum());
        }
    }
}
