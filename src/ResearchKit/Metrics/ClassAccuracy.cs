namespace ResearchKit.Metrics;

/// <summary>Class accuracy: whether a classifier sees in a sample the class that it was asked for.</summary>
/// <remarks>Called GAN-test by Shmelkov, Schmid and Alahari, arXiv:1807.09499: the classifier has learned from real samples. Real samples
/// that it has not learned from give the accuracy to expect, which the report shows as the floor. It tells nothing of variety: one good
/// image a class gets 1.</remarks>
public static class ClassAccuracy
{
    /// <summary>The share of samples whose greatest logit is that of their class.</summary>
    /// <param name="samples">Samples with logits whose classes have names, and with classes of their own.</param>
    /// <returns>In [0, 1].</returns>
    /// <exception cref="ArgumentException">They have none of these, or a class of theirs is none of the classifier's.</exception>
    public static double Of(FeatureSet samples)
    {
        var problem = WhyNot(samples);
        Arguments.ThrowIf(problem is not null, problem!);
        var names = samples.ClassNames;
        using var seen = samples.Logits!.argmax(1); // (N)
        return seen.data<long>().ToArray().Zip(samples.ClassOfEach!).Average(s => Same(names[(int)s.First], s.Second) ? 1.0 : 0);
    }

    /// <summary>Why it cannot be computed, in a sentence; null where it can.</summary>
    internal static string? WhyNot(FeatureSet samples) =>
        samples.Logits is null || samples.ClassNames.Count != samples.Logits.shape[1]
            ? $"The metric accuracy needs a classifier whose classes have names, and {samples.Network} is none: choose another with " +
                "--network."
        : samples.ClassOfEach is null
            ? $"The metric accuracy needs the class of each sample, and {samples.Name} has none: take a generator with classes " +
                "(conditional=true), or a folder with a sub-folder a class, of which no image is left out."
        : samples.ClassOfEach.Distinct().FirstOrDefault(c => !samples.ClassNames.Any(n => Same(n, c))) is { } unknown
            ? $"The metric accuracy: {samples.Name} has the class {unknown}, and {samples.Network} knows " +
                $"{string.Join(", ", samples.ClassNames)}."
        : null;

    private static bool Same(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
