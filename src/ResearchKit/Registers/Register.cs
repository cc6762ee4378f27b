using System.Collections;

namespace ResearchKit.Registers;

/// <summary>A part that options name.</summary>
public interface INamed
{
    /// <summary>Its name, as the command line and presets have it.</summary>
    string Name { get; }
}

/// <summary>The parts of one kind by name: help, checks, error texts and the tests that run every one of them follow from it.</summary>
/// <param name="what">What the parts are, in the singular: "loss".</param>
/// <param name="all">The parts, in the order in which they are listed.</param>
/// <example><code>IAdversarialLoss loss = AdversarialLosses.All.Find("hinge").Create();</code></example>
public sealed class Register<T>(string what, params IReadOnlyList<T> all) : IReadOnlyCollection<T>
    where T : class, INamed
{
    /// <inheritdoc/>
    public int Count => all.Count;

    /// <summary>Every name.</summary>
    public IReadOnlyList<string> Names { get; } = [.. all.Select(a => a.Name)];

    /// <summary>Whether a part has this name.</summary>
    public bool Has(string name) => Names.Contains(name);

    /// <summary>The part of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the names that there are.</exception>
    public T Find(string name) => all.FirstOrDefault(a => a.Name == name)
        ?? throw new ArgumentException($"There is no {what} '{name}'; there are {string.Join(", ", Names)}.", nameof(name));

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
