using ResearchKit.Data;
using ResearchKit.Experiments.Runs;
using ResearchKit.Models;
using ResearchKit.Models.Translation;

namespace ResearchKit.Cli;

/// <summary>A generator that the command line names: of a run, of a file, of the kit, or fresh, of a network of the register.</summary>
/// <param name="Name">As it was typed.</param>
/// <param name="Generator">The generator, on the CPU.</param>
/// <param name="IsFresh">Whether its weights are random.</param>
/// <param name="Owned">What is disposed with it.</param>
internal sealed record NamedGenerator(string Name, LatentGenerator Generator, bool IsFresh, IDisposable Owned) : IDisposable
{
    private const int ExampleClasses = 10; // where a network needs classes

    /// <summary>Opens it.</summary>
    /// <param name="text">A run's folder, a generator's file, pretrained:NAME, or a network's name.</param>
    /// <exception cref="DataFileException">There is none, or it is damaged.</exception>
    public static NamedGenerator Open(string text)
    {
        var path = PretrainedGenerators.Resolve(text);
        if (Architectures.All.Has(text) && !RunFolder.Exists(path) && !File.Exists(path))
        {
            var fresh = Fresh(Architectures.All.Find(text));
            return new NamedGenerator(text, fresh, true, fresh);
        }

        if (TranslationArchitectures.All.Has(text))
        {
            throw new UsageException($"{text} translates images, and draws none from z: name a network or a generator that does.");
        }

        if (!Directory.Exists(path) && !File.Exists(path))
        {
            throw new DataFileException(text, "there is no such run and no such file; name one, pretrained:NAME, or a network: " +
                $"{string.Join(", ", Architectures.All.Names)}.");
        }

        var loaded = Directory.Exists(path) ? RunGenerator.Load(RunFolder.Open(path), Console.Error.WriteLine)
            : RunGenerator.FromFile(path);
        return new NamedGenerator(text, loaded.Generator, false, loaded);
    }

    public void Dispose() => Owned.Dispose();

    // In its paper's size, where the paper states one.
    private static LatentGenerator Fresh(Architecture architecture)
    {
        var (options, size) = architecture.Example;
        options = options with { Architecture = architecture.Name };
        var shape = new SampleShape(architecture.Takes, size, architecture.Takes.HasColour() ? 3 : 1);
        if (options.Conditional)
        {
            shape = shape with { Classes = SampleClasses.Equally([.. Enumerable.Range(0, ExampleClasses).Select(i => $"{i}")]) };
        }

        var (g, d) = Architectures.For(options, shape).Build(options, shape);
        d.Dispose();
        return g;
    }
}
