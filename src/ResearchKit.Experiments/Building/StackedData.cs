using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Building;

/// <summary>Stacked digits: those that the kit's classifier was not trained on, or <c>stacked-digits:SET:PART</c>.</summary>
/// <remarks>The triples are the same in every run, whatever its seed: the protocol fixes them once.</remarks>
internal sealed class StackedData() : DataKind(Digits,
    "triples of digits as three channels; of another part of the catalog as stacked-digits:mnist:train")
{
    private const string Digits = "stacked-digits";
    private const string Unseen = "digits:test"; // digits-28, which reads the generator's images, was trained on digits:train

    internal override bool Has(string data) => data == Digits || data.StartsWith(Digits + ":", StringComparison.Ordinal);

    internal override SampleShape Shape(DataOptions options) => new(SampleKind.Images, 28, 3);

    internal override int? Modes(DataOptions options) => StackedDigits.Modes;

    internal override void Check(DataOptions options)
    {
        _ = PartOf(options.Data);
        base.Check(options);
    }

    internal override LoadedData Load(DataOptions options, long seed, Device device, Action<int, int>? progress)
    {
        var (set, part) = PartOf(options.Data);
        using var digits = DataCatalog.Find().LoadImages(set, part);
        var moved = digits.To(device);
        var triples = new StackedDigits(moved, options.Samples ?? StackedDigits.PublishedCount);
        var batches = new StackedDigitBatches(triples, options.Batch, seed);
        return new LoadedData(new SampleShape(SampleKind.Images, digits.Height, 3), batches, batches, triples, moved);
    }

    private static (string Set, string Part) PartOf(string data) =>
        (data == Digits ? Unseen : data[(Digits.Length + 1)..]).Split(':') is [var set, var part] ? (set, part)
            : throw new ArgumentException($"The data {data} name no digits: write {Digits}, or {Digits}:SET:PART with a set of the " +
                $"catalog, as {Digits}:mnist:train.");
}
