using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public sealed class StoredStatisticsTests : IDisposable
{
    private readonly FeatureSet _generated = Set("generated", rows: 40, shift: 1, seed: 1);
    private readonly FeatureSet _real = Set("real", rows: 60, shift: 0, seed: 2);
    private readonly FeatureStatistics _generatedStatistics;
    private readonly FeatureStatistics _realStatistics;

    public StoredStatisticsTests() =>
        (_generatedStatistics, _realStatistics) = (FeatureStatistics.Of(_generated.Features), FeatureStatistics.Of(_real.Features));

    [Fact]
    public void Statistics_on_either_side_give_the_distance_of_the_features()
    {
        var distance = FrechetDistance.Of(_generated.Features, _real.Features);
        MetricReport[] reports =
        [
            MetricEvaluation.Run(_generated, "real", _realStatistics),
            MetricEvaluation.Run("generated", _generatedStatistics, _real),
            MetricEvaluation.Run("generated", _generatedStatistics, "real", _realStatistics),
        ];
        foreach (var report in reports)
        {
            var result = Assert.Single(report.Results);
            Assert.Equal(distance, result.Value, distance * 1e-9);
            Assert.Equal(("generated", "real"), (report.Generated, report.Real));
            Assert.Equal((40, 60), (result.Protocol.GeneratedCount, result.Protocol.RealCount));
            Assert.Equal(("frechet-distance", "stored statistics"), (result.Protocol.Metric, result.Protocol.Estimator));
            Assert.Null(result.Floor); // there is no half of stored statistics
        }
    }

    [Fact]
    public void Of_two_means_apart_with_one_covariance_it_is_their_squared_distance()
    {
        using var identity = eye(3, dtype: ScalarType.Float64);
        using var here = new FeatureStatistics(tensor([0.0, 0, 0]), identity);
        using var there = new FeatureStatistics(tensor([2.0, -1, 2]), identity);
        Assert.Equal(9, MetricEvaluation.Run("here", here, "there", there)["frechet-distance"].Value, 1e-9);
    }

    [Fact]
    public void The_network_is_that_of_the_side_that_has_features_and_given_where_none_has()
    {
        using var seen = new FeatureSet("seen", _real.Features.clone(), contentSha256: "abc", network: new Named());
        var protocol = MetricEvaluation.Run("generated", _generatedStatistics, seen).Results[0].Protocol;
        Assert.Equal(("named", "0123", "grey, 5 x 5 by clean, v / 2 - 0"),
            (protocol.Network, protocol.NetworkSha256, protocol.Preprocessing));
        Assert.Equal("abc", protocol.RealSha256);
        protocol = MetricEvaluation.Run(seen, "real", _realStatistics).Results[0].Protocol;
        Assert.Equal(("named", "0123", "grey, 5 x 5 by clean, v / 2 - 0"),
            (protocol.Network, protocol.NetworkSha256, protocol.Preprocessing));
        protocol = MetricEvaluation.Run("generated", _generatedStatistics, "real", _realStatistics).Results[0].Protocol;
        Assert.Equal(("given", "", "none"), (protocol.Network, protocol.NetworkSha256, protocol.Preprocessing));
    }

    [Fact]
    public void Stored_real_statistics_are_known_by_what_they_hold()
    {
        using var same = FeatureStatistics.Of(_real.Features);
        using var moved = new FeatureStatistics(_realStatistics.Mean + 1, _realStatistics.Covariance, _realStatistics.Count);
        using var wider = new FeatureStatistics(_realStatistics.Mean, 2 * _realStatistics.Covariance, _realStatistics.Count);
        Assert.Equal(Known(_realStatistics), Known(same));
        Assert.Equal(3, ((string[])[Known(_realStatistics), Known(moved), Known(wider)]).Distinct().Count());

        string Known(FeatureStatistics real) => MetricEvaluation.Run(_generated, "real", real).Results[0].Protocol.RealSha256;
    }

    [Fact]
    public void A_count_that_nobody_knows_is_0()
    {
        using var uncounted = new FeatureStatistics(_realStatistics.Mean, _realStatistics.Covariance);
        var report = MetricEvaluation.Run("generated", uncounted, "real", uncounted);
        var protocol = report.Results[0].Protocol;
        Assert.Contains("against real; features", report.ToString(), StringComparison.Ordinal);
        Assert.Equal((0, 0), (protocol.GeneratedCount, protocol.RealCount));
    }

    [Fact]
    public void Other_widths_and_too_few_samples_are_refused()
    {
        using var narrow = Set("narrow", rows: 10, shift: 0, seed: 3, width: 2);
        using var one = Set("one", rows: 1, shift: 0, seed: 4);
        Assert.Throws<ArgumentException>(() => MetricEvaluation.Run(narrow, "real", _realStatistics));
        Assert.Throws<ArgumentException>(() => MetricEvaluation.Run(one, "real", _realStatistics));
        Assert.Throws<ArgumentException>(() => MetricEvaluation.Run("generated", _generatedStatistics, narrow));
    }

    public void Dispose()
    {
        _generated.Dispose();
        _real.Dispose();
        _generatedStatistics.Dispose();
        _realStatistics.Dispose();
    }

    private static FeatureSet Set(string name, int rows, double shift, ulong seed, int width = 3)
    {
        using var random = new Generator(seed);
        return new FeatureSet(name, randn([rows, width], dtype: ScalarType.Float64, generator: random) + shift);
    }

    private sealed class Named : IFeatureNetwork
    {
        public string Name => "named";

        public string Sha256 => "0123";

        public ImagePreparation Preparation { get; } = new(5, 1, ImageResizers.All.Find("clean"), [2], [0]);

        public int Width => 3;

        public (Tensor Features, Tensor? Logits) Extract(Tensor images) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
