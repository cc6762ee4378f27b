using ResearchKit.Data.Catalog;
using ResearchKit.Data.Text;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Building;

/// <summary>Lines of text, one-hot, shape (B, V, L).</summary>
internal abstract class TextData(string name, string purpose) : DataKind(name, purpose)
{
    private const int Seed = 0; // the same lines are held out in runs of any seed: they compare
    private const int AsLong = 32; // before the lines are read

    internal override SampleKind Kind => SampleKind.Lines;

    internal override SampleShape Shape(DataOptions options) => new(SampleKind.Lines, options.ImageSize ?? AsLong, 1);

    /// <summary>Reads all lines.</summary>
    /// <returns>The lines, and how many at their end are held out for good; 0 where the options say how many are.</returns>
    protected abstract (TextSet All, int Apart) Read(DataOptions options);

    internal override LoadedData Load(DataOptions options, long seed, Device device, Action<int, int>? progress)
    {
        var (all, apart) = Read(options);
        var heldOut = options.HeldOut ?? apart;
        if (apart > 0 && heldOut > apart)
        {
            throw new ArgumentException($"The option heldOut asks for {heldOut} lines, but {all.Name} holds out {apart}: take fewer.");
        }

        var order = Shuffled(all.Lines.Take(all.Count - apart));
        var samples = (int)SamplesOf(apart > 0 ? options with { HeldOut = null } : options, all.Name, order.Count, "lines");
        RequireBatch(options, all.Name, samples, "lines");
        var training = With(order.GetRange(0, samples));
        var held = (apart > 0 ? Shuffled(all.Lines.Skip(order.Count)) : order[samples..]).GetRange(0, heldOut);
        var batches = new TextBatches(training, options.Batch, seed, device);
        var shape = new SampleShape(SampleKind.Lines, all.Length, 1) { Vocabulary = all.Vocabulary };
        return new LoadedData(shape, batches, batches)
        {
            Text = new LoadedText(training, heldOut == 0 ? null : With(held), all),
            Summary = new DataSummary(samples, heldOut, all.Count - samples - heldOut, shape, all.Fingerprint())
            {
                LeftOut = all.LeftOut, SizeRule = (all.Vocabulary.IsPadded ? "a shorter line ends in padding; " : "") + all.Vocabulary,
            },
        };

        TextSet With(IReadOnlyList<string> some) => new(all.Name, some, all.Vocabulary, all.Length);
    }

    private static List<string> Shuffled(IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        using var random = new Generator(Seed);
        using var order = randperm(all.Length, generator: random); // (N)
        return [.. order.data<long>().ToArray().Select(i => all[i])];
    }
}

/// <summary>The kit's English words; those of the part for tests are held out.</summary>
internal sealed class WordData() : TextData(Words, "46,858 English words of 3 to 10 letters, and 5,332 that are held out")
{
    private const string Words = "words";

    protected override (TextSet All, int Apart) Read(DataOptions options)
    {
        var catalog = DataCatalog.Find();
        var held = catalog.LoadLines(Words, "test");
        var all = TextSet.Fit(Words, [.. catalog.LoadLines(Words, "train"), .. held], options.ImageSize);
        return (all, held.Count(word => word.Length <= all.Length));
    }
}

/// <summary>Lines of an oracle that knows how probable each is; some more of them are held out.</summary>
internal sealed class OracleData() : TextData("oracle", "lines of 64 characters by a random LSTM that knows how probable each line is " +
    "(SeqGAN, arXiv:1609.05473)")
{
    public const int DefaultLength = 20;

    private const int Drawn = 10_000;
    private const int Held = 2000;
    private const long DrawSeed = 1_000_003; // the same lines for every run's seed: they compare

    internal override SampleShape Shape(DataOptions options) =>
        new(SampleKind.Lines, options.ImageSize ?? DefaultLength, 1) { Vocabulary = SequenceOracle.Vocabulary };

    internal override void Check(DataOptions options)
    {
        base.Check(options);
        if (options.HeldOut == 1)
        {
            throw new ArgumentException($"The option heldOut is 1, and the scores of the data {Name} need 2 lines or more.");
        }
    }

    protected override (TextSet All, int Apart) Read(DataOptions options)
    {
        var (length, heldOut) = (options.ImageSize ?? DefaultLength, options.HeldOut ?? Held);
        using var oracle = SequenceOracle.OfLines(length);
        using var tokens = oracle.Draw((options.Samples ?? Drawn) + heldOut, DrawSeed); // (N, L)
        return (new TextSet(Name, SequenceOracle.Vocabulary.Lines(tokens), SequenceOracle.Vocabulary, length), heldOut);
    }
}

/// <summary>The lines of a text file.</summary>
internal sealed class TextFileData() : TextData(PresetCatalog.OwnFile, "your own lines: a text file in UTF-8, one sample a line")
{
    internal override bool Has(string data) => TextFile.IsOne(data);

    protected override (TextSet All, int Apart) Read(DataOptions options) => (TextSet.Read(options.Data, options.ImageSize), 0);
}
