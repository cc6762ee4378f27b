using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.DotNet.Interactive.Formatting;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Imaging;
using ResearchKit.Interactive;
using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Interactive;

/// <summary>What is shown of a training while it runs.</summary>
public sealed partial class LiveTrainingTests : IDisposable
{
    private const string Host = "ResearchKit.Notebooks.PlotlyJson";
    private readonly List<(string Id, bool Updated, object Value, string Html)> _shown = [];
    private readonly IDisposable _subscription;

    public LiveTrainingTests()
    {
        KitFormatters.Register();
        AppContext.SetData(Host, true);
        _subscription = Formatter.SubscribeToDisplayedValues(v =>
            _shown.Add((v.DisplayId, v.IsUpdated, v.Value, v.FormattedValues.FirstOrDefault(f => f.MimeType == "text/html")?.Value ?? "")));
    }

    [Fact]
    public void One_display_moves_and_its_last_state_has_no_times()
    {
        var monitor = new Counter();
        var drawn = 0;
        var clock = Stopwatch.StartNew();
        List<StepReport> reports = [.. Reports(40)];
        List<StepReport> seen = [.. new TrainingSteps(Slowly(reports), 40).Live(() => Picture(drawn++), monitor)];
        Assert.Equal(reports, seen);
        Assert.Equal(40, monitor.Steps);

        Assert.Equal(2 * drawn, _shown.Count);
        Assert.InRange(drawn, 3, 3 + (int)clock.Elapsed.TotalSeconds); // at once, after each second, at the end
        Assert.Equal(2, _shown.Select(s => s.Id).Distinct().Count());
        Assert.Equal([false, false], _shown.Take(2).Select(s => s.Updated));
        Assert.All(_shown.Skip(2), s => Assert.True(s.Updated));
        Assert.Matches(@"step     1 .* samples/s  2 %  0:0\d:\d\d left\nseen 1<", _shown[1].Html);
        Assert.Matches(@"<pre[^>]*>step    40  epoch  0.40  D loss 1.000  G loss 2.000  D\(real\) 0.70  D\(fake\) 0.20\nseen 40</pre>",
            _shown[^1].Html);
    }

    [Fact]
    public void A_loop_that_is_left_keeps_the_last_state()
    {
        foreach (var step in Reports(1000).Live())
        {
            if (step.Step == 7)
            {
                break;
            }
        }

        Assert.Equal(2, _shown.Count);
        Assert.Contains("step     7", _shown[^1].Html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_that_diverges_shows_where_and_its_monitors_hear_of_it()
    {
        var monitor = new Counter();
        Assert.Throws<TrainingDivergedException>(() => Diverging().Live(null, monitor).Count());
        Assert.True(monitor.Diverged);
        Assert.Contains("step     3", _shown[^1].Html, StringComparison.Ordinal);
    }

    [Fact]
    public void No_step_shows_nothing()
    {
        Assert.Empty(Reports(0).Live(() => Picture(1)));
        Assert.Empty(_shown);
    }

    [Fact]
    public void Charts_are_pictures_of_bounded_size_with_gaps_where_there_is_no_number()
    {
        foreach (var _ in Reports(20_000, bad: 9_985).Live())
        {
        }

        var html = _shown[^1].Html;
        Assert.InRange(html.Length, 5_000, 60_000);
        var charts = Svg().Matches(html)
            .Select(m => XDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(m.Groups[1].Value))))
            .ToList();
        Assert.Equal(2, charts.Count);
        Assert.Equal(["step 20000", "losses", "D", "G"], Words(charts[0]).Where(w => char.IsLetter(w[0])));
        Assert.Equal(["0", "0.5", "1", "1"], Words(charts[1]).Where(w => char.IsDigit(w[0])));
        var paths = charts[0].Descendants()
            .Where(e => (string?)e.Attribute("fill") == "none")
            .Select(e => (string)e.Attribute("d")!)
            .ToList();
        Assert.Equal([2, 2], paths.Select(d => d.Count(c => c == 'M')));
        Assert.All(paths, d => Assert.InRange(d.Count(c => c == 'L'), 250, 600));
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Outside_a_notebook_lines_are_printed_and_the_last_picture_is_displayed()
    {
        AppContext.SetData(Host, null);
        var (before, drawn) = (Console.Out, 0);
        using var written = new StringWriter();
        Console.SetOut(written);
        try
        {
            Assert.Equal(5, Reports(5).Live(() => $"picture {++drawn}").Count());
        }
        finally
        {
            Console.SetOut(before);
        }

        Assert.Equal("picture 1", Assert.Single(_shown).Value);
        Assert.StartsWith("step     1  epoch", written.ToString(), StringComparison.Ordinal);
        Assert.Contains("\nstep     5  epoch  0.05  D loss 1.000", written.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _subscription.Dispose();
        AppContext.SetData(Host, null);
    }

    private static IEnumerable<StepReport> Reports(int count, int bad = 0) => Enumerable.Range(1, count).Select(i => new StepReport(
        i, i / 100.0, TimeSpan.FromSeconds(i), 100, Numbers(i == bad)));

    // Slots are StepQuantity's.
    private static double[] Numbers(bool bad)
    {
        var numbers = new double[Enum.GetValues<StepQuantity>().Length];
        numbers[(int)StepQuantity.RealLoss] = bad ? double.NaN : 0.4;
        numbers[(int)StepQuantity.FakeLoss] = 0.6;
        numbers[(int)StepQuantity.GeneratorLoss] = bad ? double.PositiveInfinity : 2;
        numbers[(int)StepQuantity.RealProbability] = 0.7;
        numbers[(int)StepQuantity.FakeProbability] = 0.2;
        return numbers;
    }

    private static IEnumerable<StepReport> Slowly(IEnumerable<StepReport> reports)
    {
        foreach (var report in reports)
        {
            Thread.Sleep(60);
            yield return report;
        }
    }

    private static IEnumerable<StepReport> Diverging()
    {
        foreach (var report in Reports(3))
        {
            yield return report;
        }

        throw new TrainingDivergedException(4, "G's loss", "the test");
    }

    private static ImageGrid Picture(int level)
    {
        using var image = full([1, 1, 4, 4], level, ScalarType.Byte);
        return ImageGrid.Of(image);
    }

    private static IEnumerable<string> Words(XDocument chart) =>
        chart.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value);

    [GeneratedRegex("data:image/svg\\+xml;base64,([^\"]+)\"")]
    private static partial Regex Svg();

    private sealed class Counter : ITrainingMonitor
    {
        public int Steps { get; private set; }

        public bool Diverged { get; private set; }

        public string Says => $"seen {Steps}";

        public void Observe(StepReport step) => Steps++;

        public void Observe(TrainingDivergedException diverged) => Diverged = true;
    }
}
