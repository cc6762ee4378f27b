using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Options;
using ResearchKit.Files;

namespace ResearchKit.Experiments.Building;

/// <summary>The stacked digits that options name: <c>stacked-digits</c>, or <c>stacked-digits:SET:PART</c> for other digits than the kit's
/// own.</summary>
/// <remarks>The triples are the same in every run, whatever its seed: the protocol fixes them once.</remarks>
internal static class StackedSets
{
    public const string Name = "stacked-digits";

    private const string Unseen = "digits:test"; // digits-28, which reads the generator's pictures, was trained on digits:train

    /// <summary>The catalog's part that the digits are from; null for other data.</summary>
    public static string? PartOf(string data) =>
        data == Name ? Unseen : data.StartsWith(Name + ":", StringComparison.Ordinal) ? data[(Name.Length + 1)..] : null;

    /// <summary>Checks what the options ask of the triples.</summary>
    /// <exception cref="ArgumentException">The part has no name of the form SET:PART, or pictures are to be held out.</exception>
    public static void Check(ExperimentOptions options)
    {
        if (PartOf(options.Data) is not { } part)
        {
            return;
        }

        if (part.Split(':').Length != 2)
        {
            throw new ArgumentException($"The data {options.Data} name no digits: write {Name}, or {Name}:SET:PART with a set of the " +
                $"catalog, as {Name}:mnist:train.");
        }

        if (options.HeldOut != 0)
        {
            throw new ArgumentException($"heldOut asks for {options.HeldOut} pictures, but triples of the same digits hold nothing out: " +
                $"leave it at 0.");
        }
    }

    /// <summary>Reads the digits. The caller disposes them.</summary>
    /// <exception cref="ArgumentException">There is no such set or part.</exception>
    /// <exception cref="DataFileException">A file is missing or damaged.</exception>
    public static ImageSet Digits(string data) => PartOf(data)!.Split(':') is [var set, var part]
        ? DataCatalog.Find().LoadImages(set, part)
        : throw new ArgumentException($"The data {data} name no digits."); // Check refuses it before
}
