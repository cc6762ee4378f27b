using ResearchKit.Data.Catalog;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

/// <summary>The comparison, on a network and sets that ship with the kit: Inception's weights and CIFAR-10 do not.</summary>
public sealed class PublishedValueTests
{
    [Fact]
    public void A_value_within_its_tolerance_is_near_and_no_other_one_is()
    {
        using var network = FeatureNetworks.Load("digits-28");
        using var digits = DataCatalog.Find().LoadImages("digits", "test");
        using var first = digits.Select(arange(0, 300));
        using var second = digits.Select(arange(300, 500));
        using var a = FeatureExtraction.Of(network, first);
        using var b = FeatureExtraction.Of(network, second);
        var expected = new[]
        {
            FrechetDistance.Of(a.Features, b.Features), InceptionScore.Of(a.Logits!).Mean, InceptionScore.Of(a.Logits!).StandardDeviation,
        };
        var published = PublishedValue.Cifar10.Zip(expected, (p, e) => p with { Value = e }).ToList();
        Assert.All(Check(published), v => Assert.True(v.IsNear, v.Published.What));
        for (var i = 0; i < 3; i++)
        {
            var off = published.ToList();
            off[i] = off[i] with { Value = expected[i] + (1.1 * off[i].Tolerance) };
            Assert.Equal([i], Check(off).Index().Where(v => !v.Item.IsNear).Select(v => v.Index));
        }

        Assert.DoesNotContain(Check(PublishedValue.Cifar10), v => v.IsNear); // digits are no CIFAR-10
        Assert.False(PublishedValue.Check([published[0] with { Measured = (_, _) => double.NaN }], network, first, second)[0].IsNear);

        IReadOnlyList<(PublishedValue Published, double Measured, bool IsNear)> Check(IReadOnlyList<PublishedValue> values) =>
            PublishedValue.Check(values, network, first, second);
    }

    [Fact]
    public void What_is_missing_is_said_with_how_to_get_it()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("pt_inception-2015-12-05-6726825d.pth", Failed([]), StringComparison.Ordinal);
        var other = Failed(["--weights", Repository.Reference("inception/narrow.pth")]);
        Assert.Contains("not that of the published weights, 6726825d0af5f729", other, StringComparison.Ordinal);

        string Failed(string[] more)
        {
            var run = ProgramRun.ResearchKit(folder.Path, new Dictionary<string, string>
            {
                ["TORCH_HOME"] = folder["torch"], [DataCatalog.FolderVariable] = folder["data"],
            }, ["metrics", "verify", .. more]);
            Assert.Equal((1, ""), (run.ExitCode, run.Output));
            Assert.Contains("run `researchkit data fetch cifar-10`", run.Error, StringComparison.Ordinal);
            return Assert.Single(run.Error.TrimEnd().Split('\n'));
        }
    }
}
