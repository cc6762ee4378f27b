using ResearchKit.Data;
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
/// <remarks>Intervals are of the change from the inputs, by a paired bootstrap over images (2.5 and 97.5 % of 10,000 draws): they hold for
/// these generators and other images of the kind, and know nothing of other seeds of the training.</remarks>
public sealed record TranslationReport(long Count, string? Network, IReadOnlyList<TranslationRow> Rows)
{
    private const int Draws = 10_000;
    private const int DrawsAtOnce = 500; // which bounds the memory

    /// <summary>Measures translations.</summary>
    /// <param name="input">What was translated, float, [-1, 1], shape (N, C, H, W), at least 2.</param>
    /// <param name="truth">The true partners, likewise.</param>
    /// <param name="translations">Their names, and what was made of the inputs in the same order, shaped as the truth.</param>
    /// <param name="network">Makes the features; null for none.</param>
    /// <param name="seed">Of the bootstrap.</param>
    /// <exception cref="ArgumentException">The shapes do not go together, or there are fewer than 2 images.</exception>
    public static TranslationReport Of(Tensor input, Tensor truth, IReadOnlyList<(string Name, Tensor Made)> translations,
        IFeatureNetwork? network = null, long seed = 0)
    {
        ThrowIf(input.dim() != 4 || !input.shape.SequenceEqual(truth.shape), $"Inputs of shape ({string.Join(", ", input.shape)}) and " +
            $"partners of shape ({string.Join(", ", truth.shape)}) do not go together: bring both to one size and as many channels.");
        ThrowIf(input.shape[0] < 2, "An interval takes at least 2 images.");
        using var scope = NewDisposeScope();
        using var target = network is null ? null : Features(network, truth);
        var all = translations.Prepend(("the inputs as they are", input)).Select(t => (Name: t.Item1, Sums: Sums(t.Item2))).ToArray();
        var changes = all.Select(t => t.Sums.Select(_ => new List<Tensor>()).ToArray()).ToArray();
        using var random = new Generator(unchecked((ulong)seed));
        for (var done = 0; done < Draws; done += DrawsAtOnce)
        {
            Draw();
        }

        return new TranslationReport(input.shape[0], network?.Name, [.. all.Select((t, row) => new TranslationRow(t.Name, Value(row, 0),
            Value(row, 1), network is null ? null : Value(row, 2)))]);

        // Numerators and denominators of each image's part in each value; float64, (N).
        (Tensor Over, Tensor Under)[] Sums(Tensor made)
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

        void Draw()
        {
            using var part = NewDisposeScope();
            long[] shape = [DrawsAtOnce, input.shape[0]];
            var times = zeros(shape, ScalarType.Float64); // how often each image is drawn
            times.scatter_add_(1, randint(0, shape[1], shape, ScalarType.Int64, generator: random), ones(shape, ScalarType.Float64));
            Tensor Ratio((Tensor Over, Tensor Under) sums) => times.matmul(sums.Over) / times.matmul(sums.Under); // (DrawsAtOnce)
            var first = all[0].Sums.Select(Ratio).ToArray();
            foreach (var (row, t) in all.Index())
            {
                foreach (var (which, sums) in t.Sums.Index())
                {
                    changes[row][which].Add((Ratio(sums) - first[which]).MoveToOuterDisposeScope());
                }
            }
        }

        TranslationValue Value(int row, int which)
        {
            double Of(int r) => all[r].Sums[which].Over.sum().item<double>() / all[r].Sums[which].Under.sum().item<double>();
            var drawn = cat([.. changes[row][which]]); // (Draws)
            double At(double share) => drawn.quantile(share).item<double>();
            return new TranslationValue(Of(row), Of(row) - Of(0), At(0.025), At(0.975));
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
