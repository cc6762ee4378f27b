using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Support;

namespace ResearchKit.Tests.Data;

public class DataCatalogTests
{
    private static DataCatalog Catalog => DataCatalog.Open(Path.Combine(Repository.Root, "data", "catalog.json"));

    [Fact]
    public void What_ships_is_intact()
    {
        var catalog = Catalog;
        var shipped = catalog.Sets.Where(s => s.Shipped).ToList();
        Assert.NotEmpty(shipped);
        Assert.All(shipped, set => Assert.All(set.Files, file => Assert.Equal(FileState.Intact, catalog.Check(set, file))));
    }

    [Theory]
    [InlineData("train", 10_000)]
    [InlineData("test", 4_000)]
    public void Loads_the_shipped_fashion_set(string split, int count)
    {
        using var set = Catalog.LoadImages("fashion-mnist-small", split);
        Assert.Equal([count, 1, 28, 28], set.Images.shape);
        Assert.Equal(10, set.ClassNames.Count);
        Assert.Equal("Ankle boot", set.ClassOf(0)); // the first image of both files is an ankle boot
        Assert.Equal(9, set.Labels!.max().item<long>());
    }

    [Fact]
    public void Unknown_sets_and_splits_name_the_known_ones()
    {
        Assert.Contains("fashion-mnist-small", Assert.Throws<ArgumentException>(() => Catalog.LoadImages("cats", "train")).Message, StringComparison.Ordinal);
        Assert.Contains("train, test", Assert.Throws<ArgumentException>(() => Catalog.LoadImages("fashion-mnist-small", "all")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_catalog_is_one_error()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["catalog.json"], "{ \"sets\": [ {} ] }");
        Assert.Throws<DataFileException>(() => DataCatalog.Open(folder["catalog.json"]));
        Assert.Throws<DataFileException>(() => DataCatalog.Open(folder["absent.json"]));
    }
}
