using ResearchKit.Data.Text;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Runs;
using ResearchKit.Imaging;
using ResearchKit.Metrics.Text;
using ResearchKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

/// <summary>What <c>metrics</c> says of text: a text file, or what a generator of text makes, against a text file.</summary>
internal static class TextMetrics
{
    /// <summary>Whether one of two sets is a text file, or a run that learns text stands alone.</summary>
    public static bool Takes(string generated, string? real) => TextFile.IsOne(generated) || (real is not null ? TextFile.IsOne(real)
        : RunFolder.Exists(generated) && DataKinds.KindOf(RunFolder.Open(generated).Options.Data) == SampleKind.Lines);

    /// <summary>The report, which says what it compares.</summary>
    public static TextReport Of(string generated, string? real, string? training, FeatureOptions options,
        CancellationToken cancellation)
    {
        var known = TextFile.Read(real is not null && TextFile.IsOne(real) ? real
            : throw new UsageException($"Text is scored against a text file: name one, as `metrics {generated} FILE.txt`."));
        var lines = Lines(generated, options, known.Count, cancellation);
        var seen = training is null ? null : Shuffled(TextFile.Read(training), options.Seed);
        return TextReport.Of(lines, known, seen, cancellation) with
        {
            Compared = string.Create(CultureInfo.InvariantCulture,
                $"{generated}, {lines.Count:N0} lines (seed {options.Seed}), against {real}, {known.Count:N0} lines"),
        };
    }

    private static IReadOnlyList<string> Lines(string generated, FeatureOptions options, int asMany, CancellationToken cancellation)
    {
        if (TextFile.IsOne(generated))
        {
            var all = TextFile.Read(generated);
            return options.Samples is not { } some ? all
                : some <= all.Count ? Shuffled(all, options.Seed).GetRange(0, some)
                : throw new UsageException($"--samples asks for {some} lines, but {generated} has {all.Count}.");
        }

        using var source = SampleSource.Open(generated);
        var generator = source.Generator is ITextGenerator ? source.Generator
            : throw new UsageException($"{generated} is no text file and makes no text: score it against samples of its own kind.");
        generator.to(options.Device);
        return GeneratorText.Draw(generator, source.Name, options.Samples ?? asMany, options.Seed, cancellation: cancellation);
    }

    // Files may be sorted.
    private static List<string> Shuffled(IReadOnlyList<string> lines, long seed)
    {
        using var random = new Generator((ulong)seed);
        using var order = randperm(lines.Count, generator: random);
        return [.. order.data<long>().ToArray().Select(i => lines[(int)i])];
    }
}
