using ResearchKit.Losses;
using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

public class StepLogTests
{
    // The borders: 0, 0.5, and -1, the middle between the means 0.5 and -2.5.
    [Theory]
    [InlineData(LogitKind.LogOdds, 0.75, 0.5)]
    [InlineData(LogitKind.Margin, 0.75, 0.5)]
    [InlineData(LogitKind.Label, 0.5, 0.75)]
    [InlineData(LogitKind.Value, 1, 0.5)]
    [InlineData(LogitKind.Relative, 1, 0.5)]
    public void Accuracy_is_told_at_the_border_that_the_loss_has(LogitKind logits, double real, double fake)
    {
        using var scope = NewDisposeScope();
        using var log = new StepLog(CPU, 1, logits);
        var zero = tensor(0f);
        log.Write(zero, tensor(new float[] { -0.5f, 0.2f, 0.8f, 1.5f }), tensor(new float[] { -6, -5, 0.4f, 0.6f }), zero, zero, zero, zero,
            zero, zero);
        var report = new StepReport(1, 0, TimeSpan.Zero, 0, q => log[0, q]);
        Assert.Equal([real, fake, (2 * real) - 1],
            new[] { report.RealAccuracy, report.FakeAccuracy, report.RealSign }.Select(v => Math.Round(v, 6)));
    }
}
