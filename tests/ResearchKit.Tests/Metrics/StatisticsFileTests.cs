using System.Security.Cryptography;
using CsCheck;
using ResearchKit.Data;
using ResearchKit.Files;
using ResearchKit.Imaging;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public sealed class StatisticsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Shards_tile_the_set_and_begin_with_its_batches_where_each_has_one() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, 3000], Gen.Int[1, 300]).Sample((of, more, batch) =>
        {
            var count = (2 * of) + more;
            var parts = Enumerable.Range(1, of).Select(n => new Shard(n, of).RangeIn(count, batch)).ToArray();
            return parts[0].Start.Value == 0 && parts[^1].End.Value == count
                && parts.Zip(parts.Skip(1)).All(p => p.First.End.Value == p.Second.Start.Value)
                && parts.All(p => p.End.Value - p.Start.Value >= 2)
                && (count / batch < of || parts.All(p => p.Start.Value % batch == 0));
        });

    [Theory]
    [InlineData("array")]
    [InlineData("folder")]
    [InlineData("generator")]
    public void Merged_shards_are_the_whole_set_to_the_rounding_of_float64(string kind)
    {
        using var network = FeatureNetworks.Load("fashion-28");
        using var whole = FeatureExtraction.StatisticsOf(network, Source(), batchSize: 24);
        using var features = FeatureExtraction.Of(network, Source(), batchSize: 24);
        using var direct = FeatureStatistics.Of(features);
        var paths = Enumerable.Range(1, 4).Select(n => _folder[$"{n}.npz"]).Reverse().ToArray();
        for (var i = 0; i < 4; i++)
        {
            using var shard = FeatureExtraction.StatisticsOf(network, Source(), new Shard(4 - i, 4), batchSize: 24);
            StatisticsFile.Write(paths[i], shard);
        }

        using var merged = StatisticsFile.Merge(paths);
        Assert.Equal((150, 150, 150), (whole.Count, direct.Count, merged.Count));
        foreach (var other in (FeatureStatistics[])[direct, merged])
        {
            TensorAssert.Near(whole.Mean, other.Mean, 1e-12, "mean");
            TensorAssert.Near(whole.Covariance, other.Covariance, 1e-12, "covariance");
        }

        Assert.Equal(whole.Origin, direct.Origin);
        Assert.Equal(whole.Origin! with { ContentSha256 = merged.Origin!.ContentSha256 }, merged.Origin);
        Assert.Equal(("fashion-28", network.Sha256, kind == "folder"),
            (merged.Origin.Network, merged.Origin.NetworkSha256, merged.Origin.Reading.Length > 0));
        Assert.Contains("4 shards ", merged.Origin.ContentSha256, StringComparison.Ordinal);

        IImageSource Source()
        {
            switch (kind)
            {
                case "array":
                    using (var random = new Generator(3))
                    {
                        return new ImageSet("noise", randint(0, 256, [150, 1, 28, 28], ScalarType.Byte, generator: random));
                    }

                case "folder":
                    if (!Directory.Exists(_folder["set"]))
                    {
                        _folder.PutMany("set", 75, width: 28, height: 28);
                        Enumerable.Range(0, 75).ToList().ForEach(i => _folder.Put($"set/{i:000}-large.png", (byte)(90 + i), 40, 33));
                    }

                    return new FolderSource(_folder["set"], new ImageFolderOptions { Channels = 1 });
                default:
                    RandomState.Seed(1);
                    return new GeneratorSource(new DcganGenerator(28, 1, 4, 8), "model", 150, seed: 5);
            }
        }
    }

    [Fact]
    public void Features_in_memory_have_shards_too_and_pytorch_fid_finds_its_arrays()
    {
        using var set = Rows("rows", 41, 3, seed: 1);
        using var whole = FeatureStatistics.Of(set);
        Save("a.npz", set, 1, 2);
        Save("b.npz", set, 2, 2);
        using var merged = StatisticsFile.Merge([_folder["b.npz"], _folder["a.npz"]]);
        TensorAssert.Near(whole.Covariance, merged.Covariance, 1e-12, "covariance");
        Assert.Equal(41, merged.Count);
        StatisticsFile.Write(_folder["merged.npz"], merged);
        using var arrays = NpzFile.Read(_folder["merged.npz"], ["mu", "sigma"]);
        TensorAssert.Near(merged.Covariance, arrays["sigma"], 0, "sigma");
        TensorAssert.Near(merged.Mean, arrays["mu"], 0, "mu");
        using var read = StatisticsFile.Read(_folder["merged.npz"]);
        Assert.Equal((merged.Origin, 41), (read.Origin, read.Count));
        NpzFile.Write(_folder["theirs.npz"], new Dictionary<string, Tensor> { ["mu"] = arrays["mu"], ["sigma"] = arrays["sigma"] });
        using var theirs = StatisticsFile.Read(_folder["theirs.npz"]);
        Assert.Equal((null, null), (theirs.Origin, theirs.Count));
    }

    [Fact]
    public void In_any_order_the_bits_are_the_same()
    {
        using var set = Rows("rows", 41, 5, seed: 1);
        string[] paths = [.. Enumerable.Range(1, 4).Select(n => Save($"{n}.npz", set, n, 4))];
        var orders = from a in paths from b in paths from c in paths from d in paths select (string[])[a, b, c, d];
        var merged = orders.Where(o => o.Distinct().Count() == 4).Select(Merged).ToList();
        Assert.Equal(24, merged.Count);
        Assert.Single(merged.Distinct());
        using var whole = FeatureStatistics.Of(set);
        using var read = StatisticsFile.Read(_folder["merged.npz"]);
        var largest = whole.Covariance.abs().max().item<double>();
        TensorAssert.Near(whole.Covariance, read.Covariance, 1e-10 * largest, "covariance");
        TensorAssert.Near(whole.Mean, read.Mean, 1e-10 * whole.Mean.abs().max().item<double>(), "mean");

        string Merged(string[] order)
        {
            using var statistics = StatisticsFile.Merge(order);
            StatisticsFile.Write(_folder["merged.npz"], statistics);
            return Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder["merged.npz"])));
        }
    }

    // A file that is longer, and one that has another name: the shards that were read before it changed and after are not of one set.
    [Fact]
    public void A_folder_that_changed_between_its_shards_is_refused()
    {
        using var network = FeatureNetworks.Load("fashion-28");
        _folder.PutMany("set", 8, width: 28, height: 28);
        var (first, second) = (OfFolder(1), OfFolder(2));
        StatisticsFile.Merge([first, second]).Dispose();
        var file = Directory.GetFiles(_folder["set"]).Order(StringComparer.Ordinal).First();
        File.Move(file, Path.Combine(_folder["set"], "aaa.png"));
        BadFile.Fails(OfFolder(2), "the listings of the whole set are names and lengths ",
            () => StatisticsFile.Merge([first, second]).Dispose());
        OfFolder(1);
        StatisticsFile.Merge([first, second]).Dispose();
        _folder.Put("set/aaa.png", 200, 40, 33);
        BadFile.Fails(OfFolder(2), "the listings of the whole set are names and lengths ",
            () => StatisticsFile.Merge([first, second]).Dispose());

        string OfFolder(int number)
        {
            using var statistics = FeatureExtraction.StatisticsOf(network,
                new FolderSource(_folder["set"], new ImageFolderOptions { Channels = 1, Size = 28 }), new Shard(number, 2));
            StatisticsFile.Write(_folder[$"{number}.npz"], statistics);
            return _folder[$"{number}.npz"];
        }
    }

    [Fact]
    public void What_is_not_all_shards_of_one_set_seen_alike_is_refused_in_a_sentence()
    {
        using var set = Rows("rows", 30, 3, seed: 1);
        using var other = Rows("others", 30, 3, seed: 2);
        using var larger = Rows("rows", 31, 3, seed: 1);
        using var changed = Rows("rows", 30, 3, seed: 2);
        using var wider = Rows("rows", 30, 4, seed: 1);
        using var seen = Rows("rows", 30, 3, seed: 1, new Stub("a", 1));
        using var otherwise = Rows("rows", 30, 3, seed: 1, new Stub("b", 1));
        using var prepared = Rows("rows", 30, 3, seed: 1, new Stub("a", 2));
        var first = Save("1.npz", set, 1, 3);
        var (second, third) = (Save("2.npz", set, 2, 3), Save("3.npz", set, 3, 3));
        Refused("of 3 shards there are 1; give also 2/3, 3/3.", first, first);
        Refused("it is shard 3/3, as", third, first, third, third);
        Refused("the sets are rows and others", Save("x.npz", other, 3, 3), first, second, _folder["x.npz"]);
        Refused("the counts of the whole set are 30 and 31", Save("x.npz", larger, 3, 3), first, second, _folder["x.npz"]);
        Refused("the numbers of shards are 3 and 4", Save("x.npz", set, 3, 4), first, second, _folder["x.npz"]);
        Refused("the listings of the whole set are", Save("x.npz", changed, 3, 3), first, second, _folder["x.npz"]);
        // as an earlier version wrote them
        var (unlisted, alike) = (Save("4.npz", set, 1, 2, isListed: false), Save("x.npz", wider, 2, 2, isListed: false));
        Refused("its features are 4 wide", alike, unlisted, alike);
        Refused("the networks are a and b", Save("x.npz", otherwise, 2, 2), Save("a.npz", seen, 1, 2), _folder["x.npz"]);
        Refused("the preparations are RGB, 8 x 8", Save("x.npz", prepared, 2, 2), _folder["a.npz"], _folder["x.npz"]);
        Refused("this is no shard", Save("x.npz", set, 1, 1), _folder["x.npz"]);
        using var merged = StatisticsFile.Merge([third, first, second]); // nothing else was wrong
        Assert.Equal(30, merged.Count);

        void Refused(string problem, string path, params string[] paths) =>
            BadFile.Fails(path, problem, () => StatisticsFile.Merge(paths).Dispose());
    }

    [Fact]
    public void Statistics_of_another_network_or_of_a_shard_are_not_compared_and_their_protocol_is_carried()
    {
        using var scope = NewDisposeScope();
        using var real = Rows("real", 30, 3, seed: 1, new Stub("a", 1));
        using var generated = Rows("generated", 30, 3, seed: 2, new Stub("a", 1));
        using var other = Rows("other", 30, 3, seed: 2, new Stub("b", 1));
        using var statistics = FeatureStatistics.Of(real);
        var protocol = MetricEvaluation.Run("file", FeatureStatistics.Of(generated), "real", statistics).Results[0].Protocol;
        Assert.Equal(("a", "0123456789", "RGB, 8 x 8 by clean, v / 1 - 1", real.ContentSha256),
            (protocol.Network, protocol.NetworkSha256, protocol.Preprocessing, protocol.RealSha256));
        Assert.Contains("other was seen by b (01234567)", Assert.Throws<ArgumentException>(() =>
            MetricEvaluation.Run(other, "real", statistics)).Message, StringComparison.Ordinal);
        Assert.Contains("real is shard 1/2 of real: merge the shards first", Assert.Throws<ArgumentException>(() =>
            MetricEvaluation.Run(generated, "real", FeatureStatistics.Of(real, new Shard(1, 2)))).Message, StringComparison.Ordinal);
    }

    // Each batch's features are gone when the network is asked for the next: the memory does not grow with the images.
    [Fact]
    public void No_features_are_held()
    {
        using var network = new Stub("a", 1);
        using var images = new ImageSet("many", zeros([400, 3, 8, 8], ScalarType.Byte));
        using var statistics = FeatureExtraction.StatisticsOf(network, images, batchSize: 10);
        Assert.Equal((40, 1), (network.Batches, network.MostHeld));
    }

    [Theory]
    [InlineData("0/3")]
    [InlineData("4/3")]
    [InlineData("2")]
    [InlineData("-1/3")]
    [InlineData("1/3/5")]
    public void Another_text_is_no_shard(string text) =>
        Assert.Contains("2/8", Assert.Throws<FormatException>(() => Shard.Parse(text)).Message, StringComparison.Ordinal);

    private string Save(string name, FeatureSet set, int number, int of, bool isListed = true)
    {
        using var statistics = FeatureStatistics.Of(set, new Shard(number, of));
        using var unlisted = new FeatureStatistics(statistics.Mean, statistics.Covariance, statistics.Count)
        {
            Origin = statistics.Origin! with { Listing = null },
        };
        StatisticsFile.Write(_folder[name], isListed ? statistics : unlisted);
        return _folder[name];
    }

    private static FeatureSet Rows(string name, int count, int width, int seed, IFeatureNetwork? network = null)
    {
        using var random = new Generator((ulong)seed);
        return new FeatureSet(name, randn([count, width], ScalarType.Float64, generator: random), network: network);
    }

    private sealed class Stub(string name, double offset) : IFeatureNetwork
    {
        private readonly List<Tensor> _made = [];

        public int Batches => _made.Count;

        public int MostHeld { get; private set; }

        public string Name => name;

        public string Sha256 => "0123456789";

        public ImagePreparation Preparation { get; } = new(8, 3, ImageResizers.All.Find("clean"), [1], [offset]);

        public int Width => 2;

        public (Tensor Features, Tensor? Logits) Extract(Tensor prepared)
        {
            _made.Add(ones(prepared.shape[0], 2));
            MostHeld = Math.Max(MostHeld, _made.Count(f => !f.IsInvalid));
            return (_made[^1], null);
        }

        public void Dispose()
        {
        }
    }
}
