using ResearchKit.Diagnostics.Collapse;
using ResearchKit.Metrics;
using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Collapse;

/// <summary>What all measures of features share: they name bad features, leave good ones as they were, and no tensor behind.</summary>
public class CollapseMeasureTests
{
    public static TheoryData<string> Measures => [.. _named.Keys];

    private static readonly Dictionary<string, Func<Tensor, object>> _named = new()
    {
        ["bins"] = x =>
        {
            using var bins = BinPartition.Fit(x, 5, standardize: true);
            return DifferentBins.Of(x, x, bins);
        },
        ["centres"] = x =>
        {
            using var clusters = KMeansClusters.Fit(x, 5);
            using var centers = clusters.Centers();
            return centers.shape[0];
        },
        ["birthday"] = x => BirthdayParadox.Measure(x, threshold: 1),
        ["threshold"] = x => DuplicateThreshold.FromReal(x),
        ["spectrum"] = x => FeatureSpectrum.Of(x),
        ["classes"] = x => ClassHistogram.OfLogits(x),
    };

    [Theory]
    [MemberData(nameof(Measures))]
    public void Good_features_stay_and_nothing_is_left_behind(string name)
    {
        using var x = randn(60, 3, requires_grad: true);
        using var before = x.detach().clone();
        _named[name](x); // what is made once
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        _named[name](x);
        Assert.Equal(live, Tensor.TotalCount);
        using var same = x.eq(before).all();
        Assert.True(same.item<bool>());
    }

    [Theory]
    [MemberData(nameof(Measures))]
    public void Bad_features_are_named(string name)
    {
        using var scope = NewDisposeScope();
        var bad = randn(40, 3);
        bad[7, 1] = float.NaN;
        Assert.Contains("features are NaN or infinite in 1 of 40 rows, first in row 7",
            Assert.Throws<ArgumentException>(() => _named[name](bad)).Message, StringComparison.Ordinal);
        Assert.Contains("(40, 3, 1)", Assert.Throws<ArgumentException>(() => _named[name](randn(40, 3, 1))).Message,
            StringComparison.Ordinal);
    }
}
