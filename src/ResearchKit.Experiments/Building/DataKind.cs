using ResearchKit.Data;
using ResearchKit.Data.Toy;
using ResearchKit.Experiments.Options;
using ResearchKit.Registers;

namespace ResearchKit.Experiments.Building;

/// <summary>A kind of data that the option <c>data</c> names.</summary>
public abstract class DataKind(string name, string purpose) : INamed
{
    /// <inheritdoc/>
    public string Name => name;

    /// <summary>What it is.</summary>
    public string Purpose => purpose;

    /// <summary>Whether a name is of this kind.</summary>
    internal virtual bool Has(string data) => data == name;

    /// <summary>What a sample is; of images what the options say before they are read.</summary>
    internal abstract SampleShape Shape(DataOptions options);

    /// <summary>Checks what needs no file.</summary>
    /// <exception cref="ArgumentException">The options do not fit the data; says why.</exception>
    internal virtual void Check(DataOptions options)
    {
        if (options.Scale != 1 && Points(options) is not GaussianMixture)
        {
            throw new ArgumentException($"The option scale is for mixtures of Gaussians, and {options.Data} is none; leave it at 1.");
        }
    }

    /// <summary>Loads them. The caller disposes the result.</summary>
    internal abstract LoadedData Load(DataOptions options, long seed, Device device);

    /// <summary>The distribution of points, in the options' scale; null for images.</summary>
    internal virtual ToyDistribution? Points(DataOptions options) => null;

    /// <summary>How many modes they have; null where that is not known.</summary>
    internal virtual int? Modes(DataOptions options) => null;

    /// <summary>Whether the data come with a part for tests.</summary>
    internal virtual bool HasTest(string data) => false;

    /// <summary>The part for tests. The caller disposes it.</summary>
    internal virtual ImageSet Test(string data) => throw new NotSupportedException($"{data} has no part for tests.");
}

/// <summary>Data on their device, and for scores the images of them on the CPU.</summary>
internal sealed class LoadedData(SampleShape shape, IBatchSource batches, params IReadOnlyList<IDisposable?> owned) : IDisposable
{
    public SampleShape Shape => shape;

    public IBatchSource Batches => batches;

    /// <summary>The images that are trained on; null for points and for stacked digits.</summary>
    public ImageSet? Training { get; init; }

    /// <summary>The images that are held out; null where the options hold out none.</summary>
    public ImageSet? HeldOut { get; init; }

    public void Dispose()
    {
        foreach (var item in (IDisposable?[])[.. owned, Training, HeldOut])
        {
            item?.Dispose();
        }
    }
}
