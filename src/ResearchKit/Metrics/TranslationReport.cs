using ResearchKit.Data;
using ResearchKit.Statistics;
using static ResearchKit.Metrics.Arguments;
using static System.FormattableString;

namespace ResearchKit.Metrics;

/// <summary>A value of translations, beside that of their inputs.</summary>
/// <param name="Value">The value.</param>
/// <param name="Change">Less that of the inputs as they are; 0 for the inputs.</param>
/// <param name="Low">Lower end of the change's 95 % interval.</param>
/// <param name="High">Upper end.</param>
public sealed record TranslationValue(double Value, double Change, double Low, double High)
{
    internal string Text(bool isInput) => isInput ? Invariant($"{Value:0.0000}")
        : Invariant($"{Value:0.0000} ({Change:+0.0000;-0.0000} [{Low:+0.0000;-0.0000}, {High:+0.0000;-0.0000}])");
}

/// <summary>What one translation is worth.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="L1">Error to the true partner where there is something to see (<see cref="TranslationErrors.ForegroundL1"/>).</param>
/// <param name="Retrieval">The share that is nearest to its own partner (<see cref="TranslationErrors.RetrievalAtOne"/>).</param>
/// <param name="Distance">The mean Euclidean distance of its features to its partner's; null without a feature network.</param>
public sealed record TranslationRow(string Name, TranslationValue L1, TranslationValue Retrieval, TranslationValue? Distance);

/// <summary>Translations of the same images beside each other, measured against the images' true partners.</summary>
/// <param name="Count">Images.</param>
/// <param name="Network">The feature network; null for none.</param>
/// <param name="Rows">The inputs as they are, then each translation.</param>
/// <remarks>Intervals are of the change from the inputs, by a <see cref="PairedBootstrap"/> over images: they hold for these generators and
/// other images of the kind, and know nothing of other seeds of the training.</remarks>
public sealed record TranslationReport(long Count, string? Network, IReadOnlyList<TranslationRow> Rows)
{
    /// <summary>Measures translations.</summary>
    /// <param name="input">What was translated, float, [-1, 1], shape (N, C, H, W), at least 2.</param>
    /// <param name="truth">The true partners, likewise.</param>
    /// <param name="translations">Their names, and what was made of the inputs in the same order, shaped as the truth.</param>
    /// <param name="network">Makes the features; null for none.</param>
    /// <param name="seed">Of the bootstrap.</param>
    /// <exception cref="ArgumentException">The shapes do not go together, there are fewer than 2 images, or every image is
    /// white.</exception>
    public static TranslationReport Of(Tensor input, Tensor truth, IReadOnlyList<(string Name, Tensor Made)> translations,
        IFeatureNetwork? network = null, long seed = 0)
    {
        ThrowIf(input.dim() != 4 || !input.shape.SequenceEqual(truth.shape), $"Inputs of shape ({string.Join(", ", input.shape)}) and " +
            $"partners of shape ({string.Join(", ", truth.shape)}) do not go together: bring both to one size and as many channels.");
        ThrowIf(input.shape[0] < 2, "An interval takes at least 2 images.");
        using var scope = NewDisposeScope();
        using var target = network is null ? null : Features(network, truth);
        var before = Sums(input);
        ThrowIf(before[0].Weights.sum().item<double>() == 0, "Every image is white: there is nothing to compare.");
        var rows = translations.Prepend((Name: "the inputs as they are", Made: input)).Select(t =>
        {
            var values = Sums(t.Made).Zip(before, Value).ToArray();
            return new TranslationRow(t.Name, values[0], values[1], values.ElementAtOrDefault(2));
        });
        return new TranslationReport(input.shape[0], network?.Name, [.. rows]);

        // Each image's part in each value, and its weight; float64, (N).
        (Tensor Sums, Tensor Weights)[] Sums(Tensor made)
        {
            var (errors, seen) = TranslationErrors.Foreground(made, truth, input);
            List<(Tensor, Tensor)> sums = [(errors, seen), (TranslationErrors.OwnIsNearest(made, truth), ones_like(seen))];
            if (target is not null)
            {
                using var features = Features(network!, made);
                sums.Add(((features - target).square().sum(1).sqrt().to(ScalarType.Float64), ones_like(seen)));
            }

            return [.. sums];
        }

        TranslationValue Value((Tensor Sums, Tensor Weights) after, (Tensor Sums, Tensor Weights) first)
        {
            double Mean((Tensor Sums, Tensor Weights) t) => t.Sums.sum().item<double>() / t.Weights.sum().item<double>();
            var (low, high) = PairedBootstrap.Interval(after, first, seed);
            return new TranslationValue(Mean(after), Mean(after) - Mean(first), low, high);
        }
    }

    /// <summary>The row of a translation.</summary>
    /// <param name="name">Its name.</param>
    public TranslationRow this[string name] => Rows.FirstOrDefault(r => r.Name == name)
        ?? throw new ArgumentException($"There is no translation '{name}': there are {string.Join(", ", Rows.Select(r => r.Name))}.",
            nameof(name));

    /// <summary>A table of plain text.</summary>
    public override string ToString() => TextTable.Of(["", "L1 ↓", "nearest to its own partner ↑", $"{Network} distance ↓"],
            [.. Rows.Select((r, i) => (string[])[r.Name, r.L1.Text(i == 0), r.Retrieval.Text(i == 0), r.Distance?.Text(i == 0) ?? ""])], 0)
        + Invariant($"{Count} images; in brackets the change from the inputs with its 95 % interval ") +
            "(paired bootstrap over images).\n";

    private static Tensor Features(IFeatureNetwork network, Tensor images)
    {
        using var bytes = PixelValues.ToBytes(images);
        using var set = FeatureExtraction.Of(network, "translations", bytes);
        return set.Features.alias(); // (N, features)
    }
}
