using ResearchKit.Diagnostics.Collapse;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Collapse;

public class ClassHistogramTests
{
    [Fact]
    public void The_test_is_scipys_and_the_classes_are_named()
    {
        using var scope = NewDisposeScope();
        var reference = new ReferenceTensors("Reference/collapse.safetensors");
        var labels = arange(4).repeat_interleave(reference["classes.counts"]);
        var result = ClassHistogram.OfLabels(labels, reference["classes.weights"].data<double>().ToArray());
        var test = reference["classes.test"].data<double>().ToArray();
        Assert.Equal([30, 0, 25, 45], result.Counts);
        Assert.Equal(test[0], result.ChiSquare, 1e-9);
        Assert.Equal(1, result.PValue / test[1], 1e-9);
        Assert.Equal(reference["classes.entropy"].item<double>(), result.Entropy, 1e-12);
        Assert.Equal(0.2, result.TotalVariation, 1e-12);
        Assert.Equal([2.5, -5, 1.25, 5 / Math.Sqrt(24)], result.Residuals, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([1], result.Missing);
        Assert.Equal([0], result.OverRepresented); // z = 2.5 is p = 0.0124, against 0.05 / 4 = 0.0125
        Assert.Equal([1], result.UnderRepresented);
        Assert.Equal("100 samples in 3 of 4 classes, chi-square 26.9 (p = 6.3E-06), 20.0% of the mass in the wrong class, entropy 1.07 " +
            "of 1.39 nats, missing: 1, too often: 0", result.ToString());
    }

    [Fact]
    public void Fair_draws_are_rejected_as_often_as_the_level_says()
    {
        double[] weights = [1, 2, 3, 4, 5];
        using var random = new Generator(1);
        var (rejected, named) = (0, 0);
        for (var i = 0; i < 1000; i++)
        {
            using var labels = multinomial(tensor(weights), 500, replacement: true, generator: random);
            var result = ClassHistogram.OfLabels(labels, weights);
            rejected += result.PValue < 0.05 ? 1 : 0;
            named += result.OverRepresented.Count + result.UnderRepresented.Count > 0 ? 1 : 0;
        }

        Assert.InRange(rejected, 30, 72); // 3 standard deviations around 50
        Assert.InRange(named, 20, 72); // Bonferroni: at most 5 % of draws
    }

    [Fact]
    public void Logits_vote_for_their_likeliest_class()
    {
        using var logits = tensor(new[] { 0.1f, 3, 0, 2, 2, 1, -1, -3, -2 }, [3, 3]);
        var result = ClassHistogram.OfLogits(logits);
        Assert.Equal([2, 1, 0], result.Counts);
        Assert.Equal([2], result.Missing);
        Assert.All(result.Expected, e => Assert.Equal(1 / 3.0, e, 1e-12));
        Assert.Equal(0, ClassHistogram.OfLogits(ones(5, 1)).ChiSquare);
    }

    [Fact]
    public void What_cannot_be_counted_is_refused()
    {
        using var scope = NewDisposeScope();
        void Says(string part, Tensor labels, params double[] weights) =>
            Assert.Contains(part, Assert.Throws<ArgumentException>(() => ClassHistogram.OfLabels(labels, weights)).Message,
                StringComparison.Ordinal);
        Says("int64 of shape (N)", zeros(3), 1, 1);
        Says("the labels go from 0 to 2", arange(3), 1, 1);
        Says("above 0", arange(3), 1, 1, 0);
        Assert.Contains("3 classes, and weights are expected for 2",
            Assert.Throws<ArgumentException>(() => ClassHistogram.OfLogits(zeros(2, 3), [1, 1])).Message, StringComparison.Ordinal);
    }
}
