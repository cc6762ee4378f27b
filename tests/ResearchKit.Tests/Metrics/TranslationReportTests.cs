using ResearchKit.Data;
using ResearchKit.Metrics;
using ResearchKit.Models.Translation;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public sealed class TranslationReportTests
{
    private const int Count = 12;

    /// <summary>Inputs that are off by 0.2, and 0.6 in every fourth image; translations that are off by half of it.</summary>
    [Fact]
    public void Tells_each_change_from_the_inputs_with_its_interval()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var truth = (rand(Count, 3, 4, 4) - 1.5f).clamp(-1, 0); // never white
        var by = where(arange(Count).remainder(4).eq(0), full(Count, 0.6f), full(Count, 0.2f)).view(-1, 1, 1, 1);
        var report = TranslationReport.Of(truth + by, truth, [("halved", truth + (by / 2)), ("worse", truth + by + 0.1f), ("true", truth)]);

        Assert.Equal(0.3, report.Rows[0].L1.Value, 6);
        Assert.Equal((0, 0, 0), (report.Rows[0].L1.Change, report.Rows[0].L1.Low, report.Rows[0].L1.High));
        Assert.Equal((0.15, -0.15), (Math.Round(report["halved"].L1.Value, 6), Math.Round(report["halved"].L1.Change, 6)));
        // the share of images off by 0.6 is drawn 12 times with probability 1/4: from 0 to 6 of 12 holds 95 %
        Assert.Equal(-0.15 - (0.2 * 3 / Count), report["halved"].L1.Low, 6);
        Assert.Equal(-0.15 + (0.2 * 3 / Count), report["halved"].L1.High, 6);
        // one change for all images has no width
        Assert.Equal(0.1, report["worse"].L1.Low, 5);
        Assert.Equal(0.1, report["worse"].L1.High, 5);
        Assert.Equal((0, 1), (report["true"].L1.Value, report["true"].Retrieval.Value));
        Assert.Null(report["true"].Distance);
        Assert.Contains("halved                  0.1500 (-0.1500 [-0.2000, -0.1000])", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void White_where_both_are_white_does_not_count()
    {
        using var scope = NewDisposeScope();
        var (input, truth) = (ones(2, 3, 2, 2), ones(2, 3, 2, 2));
        truth[0, 0, 0, 0] = -1;
        input[1, 2, 1, 1] = 0;
        // two pixels are seen: an error of 2/3 and one of 1/3
        Assert.Equal(0.5, TranslationErrors.ForegroundL1(input, truth, input), 6);
        var white = ones(2, 3, 2, 2);
        var error = Assert.Throws<ArgumentException>(() => TranslationErrors.ForegroundL1(white, white, white));
        Assert.Equal("Every image is white: there is nothing to compare.", error.Message);
        Assert.Throws<ArgumentException>(() => TranslationReport.Of(input, truth[.., .., .., ..1], []));
        Assert.Throws<ArgumentException>(() => TranslationReport.Of(input[..1], truth[..1], []));
        Assert.Throws<ArgumentException>(() => TranslationReport.Of(white, white, []));
        Assert.Throws<ArgumentException>(() => TranslationErrors.RetrievalAtOne(white, ones(3, 3, 2, 2)));
    }

    /// <summary>By hand: half of A is 0, half of B at most 20; three quarters are at most 100 and 30, all at most 200 and 40.</summary>
    [Fact]
    public void Histograms_are_matched_by_their_shares()
    {
        using var scope = NewDisposeScope();
        Tensor Grey(params byte[] values) => tensor(values).view(1, 1, 2, 2);
        var made = HistogramMatching.Translate(PixelValues.FromBytes(Grey(200, 0, 50, 100)), Grey(0, 0, 100, 200), Grey(40, 30, 20, 10));
        Assert.Equal([40, 20, 20, 30], PixelValues.ToBytes(made).flatten().data<byte>().ToArray());
        var same = PixelValues.FromBytes(Grey(7, 0, 255, 7));
        var matched = HistogramMatching.Translate(same, Grey(7, 0, 255, 7), Grey(0, 255, 7, 7));
        Assert.Equal([7, 0, 255, 7], PixelValues.ToBytes(matched).flatten().data<byte>().ToArray());
        var error = Assert.Throws<ArgumentException>(
            () => HistogramMatching.Translate(same, Grey(0, 0, 0, 0), zeros(1, 3, 2, 2, ScalarType.Byte)));
        Assert.Contains("1 and 3 channels, the images 1", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A pair of generators that hides the input in amplitudes of a thousandth.</summary>
    [Fact]
    public void What_happens_between_there_and_back_tells_a_hidden_code()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var there = new Times(0.001);
        using var back = new Times(1000);
        var x = (rand(70, 1, 16, 16) * 2) - 1; // more than go through at once
        Assert.Equal(0, TranslationErrors.CycleL1(there, back, x), 5);
        // only the sign is left: 1/255 or -1/255
        var rounded = TranslationErrors.CycleL1(there, back, x, rounded: true);
        Assert.Equal((1000.0 / 255) - x.abs().mean().item<float>(), rounded, 1e-4);
        var noisy = TranslationErrors.CycleL1(there, back, x, noise: 0.01);
        Assert.Equal(10 * Math.Sqrt(2 / Math.PI), noisy, 0); // the mean of |N(0, 10)|
        Assert.True(there.training);
    }

    private sealed class Times(double factor) : ImageTranslator("Times", 1, 1, 1)
    {
        public override int SizeStep => 1;

        protected override Tensor Translate(Tensor x) => x * factor;
    }
}
