using ResearchKit.Support;
using ResearchKit.Training;

namespace ResearchKit.Tests.Training;

public class TrainingProgressTests
{
    [Fact]
    public void Writes_the_share_done_and_passes_every_report_on()
    {
        using var gan = new TinyGan();
        using var text = new StringWriter();
        Assert.Equal(4, gan.Trainer.Run(4).WithProgress(4, text, TimeSpan.Zero).Count());
        var lines = text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith(" 25 %  step     1", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("100 %  step     4", lines[3], StringComparison.Ordinal);
        Assert.EndsWith("0:00:00 left", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_whole_training_the_steps_before_count()
    {
        using var gan = new TinyGan();
        Assert.Equal(3, gan.Trainer.Run(3).Count());
        using var text = new StringWriter();
        Assert.Single(gan.Trainer.Run(1).WithProgress(4, text, TimeSpan.Zero, whole: true));
        Assert.StartsWith("100 %  step     4", Assert.Single(text.ToString().Trim().Split(Environment.NewLine)), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_last_step_is_a_hundred_percent()
    {
        using var gan = new TinyGan();
        using var text = new StringWriter();
        Assert.Equal(2, gan.Trainer.Run(2).WithProgress(201, text, TimeSpan.Zero).Count());
        Assert.Equal(2, gan.Trainer.Run(199).Take(199).Skip(197).WithProgress(201, text, TimeSpan.Zero, whole: true).Count());
        var lines = text.ToString().Trim().Split(Environment.NewLine);
        Assert.Equal(["0 %", "0 %", "99 %", "100 %"], lines.Select(l => l.Trim().Split("  ")[0]));
    }

    [Fact]
    public void Is_as_lazy_as_the_training()
    {
        using var gan = new TinyGan();
        var run = gan.Trainer.Run(4).WithProgress(4, TextWriter.Null);
        Assert.Equal(0, gan.Trainer.StepsDone);
        _ = run.First();
        Assert.Equal(1, gan.Trainer.StepsDone);
    }
}
