using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class MetricEvaluationTests
{
    private static readonly MetricOptions Small = new()
    {
        Metrics = [.. FeatureMetrics.All.Where(m => m.Needs != MetricNeeds.Logits).Select(m => m.Name)],
        KernelSubsets = 3, KernelSubsetSize = 40, MindDirections = 20,
    };

    [Fact]
    public void Every_value_carries_its_protocol_and_its_floor()
    {
        using var generated = Set("generated", 100, shift: 3);
        using var real = Set("real", 120, shift: 0);
        using var training = Set("training", 300, shift: 0.5);
        var report = MetricEvaluation.Run(generated, real, Small, training);
        Assert.Equal(["frechet-distance", "kernel-distance", "precision", "recall", "f-score", "density", "coverage",
            "clipped-density", "clipped-coverage", "probabilistic-precision", "probabilistic-recall", "precision-cover", "recall-cover",
            "vendi-score", "mind", "cmmd", "c-t", "auth-pct", "fld", "fld-gap"], report.Results.Select(r => r.Protocol.Metric));
        Assert.All(report.Results, r => Assert.Equal(("given", 100), (r.Protocol.Network, r.Protocol.GeneratedCount)));
        Assert.All(report.Results, r => Assert.Equal(r.Protocol.Metric == "vendi-score" ? "" : real.ContentSha256, r.Protocol.RealSha256));
        Assert.All(report.Results, r => Assert.Equal(r.Protocol.Metric is "c-t" or "auth-pct" or "fld" or "fld-gap"
            ? training.ContentSha256 : "", r.Protocol.TrainingSha256));
        Assert.All(report.Results, r => Assert.Equal("float64", r.Protocol.Precision));
        Assert.Equal(MindDistance.Of(generated.Features, real.Features, Small.MindDirections, Small.Seed), report["mind"].Value);
        var distance = report["frechet-distance"];
        Assert.Equal(FrechetDistance.Of(generated.Features, real.Features), distance.Value);
        Assert.InRange(distance.Floor!.Value, 0, distance.Value / 5);
        Assert.InRange(distance.Memorised!.Value, distance.Floor.Value / 2, distance.Value / 2);
        Assert.Equal(100, MetricReport.FromJson(report.ToJson())["mind"].Protocol.GeneratedCount);
    }

    [Fact]
    public void Too_few_real_samples_for_a_floor_are_no_error()
    {
        using var generated = Set("generated", 60, 1);
        using var real = Set("real", 50, 0); // halves of 25 hold no subset of 40
        List<string> leftOut = [];
        var report = MetricEvaluation.Run(generated, real, Small, leftOut: leftOut.Add);
        Assert.Equal(["ct", "auth", "fld"], leftOut.Select(why => why.Split(' ')[2])); // no training set
        Assert.Null(report["kernel-distance"].Floor);
        Assert.NotNull(report["frechet-distance"].Floor);
        Assert.Null(report["frechet-distance"].Memorised);
    }

    [Fact]
    public void Classifier_scores_look_at_logits_and_at_the_generated_set_alone()
    {
        using var logits = 100 * eye(10, dtype: ScalarType.Float64).repeat(10, 1); // sure, and of all classes alike
        using var generated = new FeatureSet("sure", logits.clone(), logits.clone());
        using var real = new FeatureSet("real", logits.clone());
        var options = new MetricOptions { Metrics = ["isc"], ClassifierSplits = 1 };
        var report = MetricEvaluation.Run(generated, real, options);
        var result = report.Results.Single();
        Assert.Equal(10, result.Value, 1e-9);
        Assert.Equal(0, result.Protocol.RealCount);
        Assert.Contains("sure (100) against real; features", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("needs class logits",
            Assert.Throws<ArgumentException>(() => MetricEvaluation.Run(real, generated, options)).Message, StringComparison.Ordinal);
        var names = string.Join(", ", FeatureMetrics.All.Names);
        Assert.Contains($"There is no metric 'is'; there are {names}.", Assert.Throws<ArgumentException>(
            () => MetricEvaluation.Run(real, generated, new() { Metrics = ["is"] })).Message, StringComparison.Ordinal);
    }

    /// <summary>Every metric says itself how many samples it needs; one fewer is refused in one sentence, or left out and said.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void As_many_samples_as_a_metric_asks_for_are_enough_and_one_fewer_is_not(string name)
    {
        var metric = FeatureMetrics.All.Find(name);
        var options = Small with { Metrics = [name, "vendi"], WithFloor = false };
        var least = (int)metric.Minimum(options).Rows;
        using var other = Set("other", 80, 1);
        using var enough = Set("enough", least, 0);
        Assert.All(MetricEvaluation.Run(enough, other, options, other).Results, r => Assert.False(double.IsNaN(r.Value)));
        if (least > 1)
        {
            using var few = Set("few", least - 1, 0);
            List<string> leftOut = [];
            var report = MetricEvaluation.Run(few, other, options, other, leftOut: leftOut.Add);
            Assert.Equal("vendi-score", report.Results.Single().Protocol.Metric);
            var refused = Assert.Throws<ArgumentException>(() => MetricEvaluation.Run(few, other, options, other));
            Assert.Equal(Assert.Single(leftOut), refused.Message);
            Assert.Contains($"few has {least - 1}", refused.Message, StringComparison.Ordinal);
        }
    }

    // the metric accuracy needs no number of samples, but classes: its own tests
    public static TheoryData<string> Names => [.. FeatureMetrics.All.Names.Where(n => n != "accuracy")];

    [Fact]
    public void Where_no_metric_is_left_the_first_reason_is_the_error()
    {
        using var few = Set("few", 5, 0);
        var options = Small with { Metrics = ["kid", "prdc"] };
        Assert.Contains("No metric is left: The metric kid: kernel-distance draws subsets of 40 samples", Assert.Throws<ArgumentException>(
            () => MetricEvaluation.Run(few, few, options, leftOut: _ => { })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sets_of_two_networks_or_widths_are_refused()
    {
        using var two = Set("two", 10, 0);
        using var three = new FeatureSet("three", randn(10, 3));
        Assert.Contains("width 2", Assert.Throws<ArgumentException>(() => MetricEvaluation.Run(two, three, Small)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Halves_are_two_parts_without_a_sample_in_common()
    {
        using var set = new FeatureSet("set", arange(22, ScalarType.Float32).reshape(11, 2));
        var (first, second) = set.Halves(seed: 1);
        using (first)
        using (second)
        {
            var rows = ((FeatureSet[])[first, second]).SelectMany(h => h.Features.select(1, 0).contiguous().data<float>().ToArray())
                .ToList();
            Assert.Equal((5, 5, 10), (first.Count, second.Count, rows.Distinct().Count()));
            Assert.NotEqual(first.ContentSha256, second.ContentSha256);
        }
    }

    private static FeatureSet Set(string name, int count, double shift)
    {
        using var random = new Generator((ulong)(count + name.Length));
        var features = randn(count, 2, ScalarType.Float64, generator: random) + shift;
        return new FeatureSet(name, features, logits: features.clone());
    }
}
