using System.Globalization;
using System.Net;
using System.Text;
using ResearchKit.Training;

namespace ResearchKit.Interactive;

/// <summary>A training so far: a line of words, two small charts, and what monitors say. As HTML it needs no script.</summary>
internal sealed class LivePanel(int? planned)
{
    private const int MostPoints = 300;
    private const int Width = 380;
    private const int Height = 190;

    private readonly List<StepReport> _reports = [];
    private TimeSpan? _elapsed;
    private IReadOnlyList<string> _says = [];
    private int _spacing = 1;
    private long _count;
    private StepReport? _last;

    /// <summary>True before the first step, when there is nothing to show.</summary>
    public bool IsEmpty => _last is null;

    /// <summary>Takes a step. Of a long training every second, fourth, ... is kept.</summary>
    public void Add(StepReport step)
    {
        _last = step;
        if (_count++ % _spacing == 0)
        {
            _reports.Add(step);
        }

        if (_reports.Count == 2 * MostPoints)
        {
            _spacing *= 2;
            var kept = _reports.Where((_, i) => i % 2 == 0).ToList();
            _reports.Clear();
            _reports.AddRange(kept);
        }
    }

    /// <param name="elapsed">The time since the first step, or null at the end, which names no times.</param>
    /// <param name="says">What monitors say.</param>
    public void Update(TimeSpan? elapsed, IReadOnlyList<string> says) => (_elapsed, _says) = (elapsed, says);

    /// <summary>The last step, and while the training runs its speed and the time left.</summary>
    public override string ToString()
    {
        var words = new StringBuilder(_last!.ToString());
        if (_elapsed is { } time)
        {
            words.Append(CultureInfo.InvariantCulture, $"  {_last.ImagesPerSecond:0} samples/s");
            if (planned is { } all)
            {
                var left = time * ((double)(all - _count) / _count);
                words.Append(CultureInfo.InvariantCulture, $"  {100 * _count / all} %  {left:h\\:mm\\:ss} left");
            }
        }

        return words.ToString();
    }

    public string ToHtml() => "<div style=\"max-width:800px\">"
        + Image("losses", null, new("D", Figure.RealColor, s => s.DiscriminatorLoss),
            new("G", Figure.FakeColor, s => s.GeneratorLoss))
        + Image("what D believes", (0, 1), new("D(real)", Figure.RealColor, s => s.RealProbability),
            new("D(fake)", Figure.FakeColor, s => s.FakeProbability))
        + $"<pre style=\"white-space:pre-wrap\">{WebUtility.HtmlEncode(string.Join('\n', _says.Prepend(ToString())))}</pre></div>";

    // As an image: sanitizers of notebook viewers keep those, and drop an svg element.
    private string Image(string title, (double Low, double High)? range, params Curve[] curves)
    {
        var (svg, names) = (Chart(title, range, curves), string.Join(" and ", curves.Select(c => c.Name)));
        return $"<img alt=\"{title}: {names} over the steps\" width=\"{Width}\" height=\"{Height}\" "
            + $"style=\"display:inline-block\" src=\"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(svg))}\">";
    }

    private string Chart(string title, (double Low, double High)? range, Curve[] curves)
    {
        const int Left = 44;
        const int Top = 26;
        const int Right = Width - 12;
        const int Bottom = Height - 30;
        List<StepReport> reports = _reports[^1] == _last ? _reports : [.. _reports, _last!];
        var values = curves.Select(c => reports.ConvertAll(r => c.Of(r))).ToList();
        var finite = values.SelectMany(v => v).Where(double.IsFinite).ToList();
        var (low, high) = range ?? (finite.Count == 0 ? (0, 1) : (Math.Min(0, finite.Min()), Math.Max(finite.Max(), 1e-3)));
        var (from, to) = (reports[0].Step, Math.Max(reports[^1].Step, reports[0].Step + 1));
        double X(long step) => Left + ((Right - Left) * (double)(step - from) / (to - from));
        double Y(double value) => Bottom - ((Bottom - Top) * (value - low) / (high - low));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" ")
            .Append("font-family=\"sans-serif\" font-size=\"12\"><rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        void Words(double x, double y, string words, string look) =>
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" {look}>{words}</text>");
        const string AtEnd = "text-anchor=\"end\"";
        foreach (var value in (double[])[low, (low + high) / 2, high])
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Y(value):0.0}H{Right}\" stroke=\"#ddd\"/>");
            Words(Left - 5, Y(value) + 4, value.ToString("0.##", CultureInfo.InvariantCulture), AtEnd);
        }

        Words(Left, Bottom + 16, $"{from}", "");
        Words(Right, Bottom + 16, $"step {reports[^1].Step}", AtEnd);
        Words(Left, 16, title, "font-weight=\"bold\"");
        foreach (var (i, (curve, points)) in curves.Zip(values).Index())
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path fill=\"none\" stroke=\"{curve.Color}\" stroke-width=\"1.5\" d=\"");
            var pen = 'M';
            foreach (var (report, value) in reports.Zip(points))
            {
                if (double.IsFinite(value))
                {
                    svg.Append(CultureInfo.InvariantCulture, $"{pen}{X(report.Step):0.#} {Y(Math.Clamp(value, low, high)):0.#}");
                }

                pen = double.IsFinite(value) ? 'L' : 'M'; // a gap where there is no number
            }

            svg.Append("\"/>");
            Words(Right - (62 * (curves.Length - 1 - i)), 16, curve.Name, $"{AtEnd} fill=\"{curve.Color}\"");
        }

        return svg.Append("</svg>").ToString();
    }

    private readonly record struct Curve(string Name, string Color, Func<StepReport, double> Of);
}
