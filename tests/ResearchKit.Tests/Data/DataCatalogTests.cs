using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

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

    [Theory]
    [InlineData("train", 8_000)]
    [InlineData("test", 2_000)]
    public void Loads_the_shipped_digits(string split, int count)
    {
        using var set = Catalog.LoadImages("digits", split);
        Assert.Equal([count, 1, 28, 28], set.Images.shape);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), set.ClassNames);
        Assert.Equal(10, set.Labels!.unique().output.shape[0]);
    }

    [Fact]
    public void No_digit_is_in_both_parts()
    {
        using var train = Catalog.LoadImages("digits", "train");
        using var test = Catalog.LoadImages("digits", "test");
        var images = new[] { train, test }.SelectMany(s => s.Images.data<byte>().ToArray().Chunk(28 * 28)).Select(Convert.ToHexString);
        Assert.Equal(10_000, images.Distinct().Count());
    }

    /// <summary>Image i of a tone is the same drawing as image i of the next tone, which differs in the colour of the skin only.</summary>
    [Theory]
    [InlineData("half-a", 116)]
    [InlineData("half-a+half-b", 232)]
    [InlineData("half-b", 116)]
    [InlineData("test", 38)]
    public void Tones_stand_in_the_order_of_the_drawings(string split, int count)
    {
        using var scope = NewDisposeScope();
        using var one = Catalog.LoadImages("emoji-tones-32", $"{split}:medium-dark");
        using var next = Catalog.LoadImages("emoji-tones-32", $"{split}:dark");
        Assert.Equal([count, 3, 32, 32], one.Images.shape);
        Assert.Null(one.Labels);
        var (a, b) = (one.Images.flatten(1).to(ScalarType.Float32), next.Images.flatten(1).to(ScalarType.Float32));
        Assert.True(cdist(a, b).argmin(1).eq(arange(count)).sum().item<long>() > 0.95 * count);
    }

    /// <summary>Where lines are black in a sketch they are dark in colour, pixel by pixel: the two lie upon each other.</summary>
    [Theory]
    [InlineData("train", 1203)]
    [InlineData("test", 217)]
    public void Sketches_lie_upon_their_colours(string split, int count)
    {
        using var scope = NewDisposeScope();
        using var sketches = Catalog.LoadImages("openmoji-sketches-32", $"{split}:sketch");
        using var colours = Catalog.LoadImages("openmoji-sketches-32", $"{split}:colour");
        Assert.Equal([count, 3, 32, 32], sketches.Images.shape);
        Assert.Equal(sketches.Images.shape, colours.Images.shape);
        var lines = sketches.Images.lt(40).all(1, true).expand_as(colours.Images);
        Assert.InRange(colours.Images[lines].to(ScalarType.Float32).mean().item<float>(), 0, 60);
    }

    [Fact]
    public void A_class_that_is_not_there_is_refused_with_those_that_are()
    {
        var error = Assert.Throws<ArgumentException>(() => Catalog.LoadImages("emoji-tones-32", "half-a:green"));
        Assert.Contains("no images of a class 'green'; its classes are yellow, light, medium-light, medium, medium-dark, dark",
            error.Message);
    }

    [Theory]
    [InlineData("train", new long[] { 216, 240, 232, 232, 232, 232, 232 })]
    [InlineData("test", new long[] { 38, 44, 38, 38, 38, 38, 38 })]
    public void Loads_the_shipped_faces(string split, long[] counts)
    {
        using var set = Catalog.LoadImages("emoji-faces-32", split);
        Assert.Equal([counts.Sum(), 3, 32, 32], set.Images.shape);
        Assert.Equal(["smiley", "person", "person-light", "person-medium-light", "person-medium", "person-medium-dark", "person-dark"],
            set.ClassNames);
        Assert.Equal(counts, set.Labels!.data<long>().ToArray().CountBy(label => label).OrderBy(c => c.Key).Select(c => (long)c.Value));
        Assert.NotEqual(set.Labels!.data<long>().ToArray().Order(), set.Labels!.data<long>().ToArray()); // shuffled
    }

    [Theory]
    [InlineData("train")]
    [InlineData("test")]
    public void Faces_are_on_white_and_in_colour(string split)
    {
        using var scope = NewDisposeScope();
        using var set = Catalog.LoadImages("emoji-faces-32", split);
        var images = set.Images.to(ScalarType.Float32);
        Assert.InRange(images.std([1, 2, 3]).min().item<float>(), 25f, 128f); // none is blank
        Assert.InRange((images[TensorIndex.Colon, TensorIndex.Colon, 0, 0] == 255).all(dim: 1).to(ScalarType.Float32).mean().item<float>(),
            0.95f, 1f); // corners
        var smileys = images[set.Labels! == 0].mean([0, 2, 3]).data<float>().ToArray();
        Assert.True(smileys[0] > smileys[1] + 10 && smileys[1] > smileys[2] + 20, $"smileys are yellow, not {string.Join(", ", smileys)}");
        var brightness = Enumerable.Range(0, 7).Select(i => images[set.Labels! == i].mean().item<float>()).ToArray();
        Assert.True(brightness[6] < brightness[5] && brightness[5] < brightness[4] && brightness[4] < brightness[3], // from dark to light
            $"skin tones are in another order: {string.Join(", ", brightness)}");
    }

    [Fact]
    public void No_face_is_in_both_parts()
    {
        var (train, test) = (Distinct("train"), Distinct("test"));
        Assert.Equal((1_615, 272), (train.Count, test.Count)); // two of train are the same (data/README.md)
        Assert.Empty(train.Intersect(test));

        static HashSet<string> Distinct(string split)
        {
            using var set = Catalog.LoadImages("emoji-faces-32", split);
            return [.. set.Images.data<byte>().ToArray().Chunk(3 * 32 * 32).Select(Convert.ToHexString)];
        }
    }

    [Theory]
    [InlineData("mnist", CatalogFormat.Idx, 10, 4)]
    [InlineData("cifar-10", CatalogFormat.Cifar10, 10, 1)]
    [InlineData("cifar-100", CatalogFormat.Cifar100, 100, 1)]
    public void What_can_be_fetched_is_described_whole(string name, CatalogFormat format, int classes, int files)
    {
        var set = Catalog[name];
        Assert.Equal((format, classes, files), (set.Format, set.Classes.Distinct().Count(), set.Files.Count));
        Assert.All(set.Files, f => Assert.Matches("^[0-9a-f]{64}$", f.Sha256));
        Assert.All(set.Splits.Values.SelectMany(s => new[] { s.Images, s.Labels ?? s.Images }),
            n => Assert.Contains(set.Files, f => f.Name == n));
        Assert.All(set.Sources, s => Assert.EndsWith("/", s.Where, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cifar-10", "cifar-10-batches-bin/data_batch_{0}.bin", 5, 1)]
    [InlineData("cifar-100", "cifar-100-binary/train.bin", 1, 2)]
    public void Loads_a_set_out_of_its_archive(string name, string member, int members, int labelBytes)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder["artifacts"], "data", name));
        Directory.CreateDirectory(folder["data"]);
        File.Copy(Path.Combine(Repository.Root, "data", "catalog.json"), Path.Combine(folder["data"], "catalog.json"));
        var archive = Path.Combine(folder["artifacts"], "data", name, $"{name}-binary.tar.gz");
        CifarFiles.WriteArchive(archive, Enumerable.Range(1, members)
            .Select(i => (string.Format(null, member, i), CifarFiles.Records(labelBytes, (byte)i, 9))));

        using var set = DataCatalog.Open(Path.Combine(folder["data"], "catalog.json")).LoadImages(name, "train");
        Assert.Equal([2 * members, 3, 32, 32], set.Images.shape);
        Assert.Equal(Enumerable.Range(1, members).SelectMany(i => new[] { (long)i, 9 }), set.Labels!.data<long>().ToArray());
        Assert.Equal(Catalog[name].Classes[9], set.ClassOf(1));
    }

    [Theory]
    [InlineData("\"labels\": \"train-labels-idx1-ubyte.gz\"", "\"members\": []", "names no labels' file")]
    [InlineData("\"format\": \"idx\"", "\"format\": \"tiff\"", "not a readable data catalog")]
    [InlineData("\"size\": 28", "\"size\": 32", "holds images of 1 x 28 x 28, but the catalog says 1 x 32 x 32")]
    [InlineData("\"channels\": 1", "\"channels\": 3", "holds images of 1 x 28 x 28, but the catalog says 3 x 28 x 28")]
    public void A_catalog_that_does_not_fit_its_files_is_one_error(string text, string other, string problem)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "data", "digits")))
        {
            Directory.CreateDirectory(folder["digits"]);
            File.Copy(file, Path.Combine(folder["digits"], Path.GetFileName(file)));
        }

        File.WriteAllText(folder["catalog.json"], File.ReadAllText(Path.Combine(Repository.Root, "data", "catalog.json"))
            .Replace(text, other, StringComparison.Ordinal));
        var error = Assert.Throws<DataFileException>(() => DataCatalog.Open(folder["catalog.json"]).LoadImages("digits", "train"));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_sets_and_splits_name_the_known_ones()
    {
        Assert.Contains("fashion-mnist-small", Assert.Throws<ArgumentException>(() => Catalog.LoadImages("cats", "train")).Message,
            StringComparison.Ordinal);
        Assert.Contains("train, test", Assert.Throws<ArgumentException>(() => Catalog.LoadImages("fashion-mnist-small", "all")).Message,
            StringComparison.Ordinal);
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
