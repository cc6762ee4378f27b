using ResearchKit.Registers;

namespace ResearchKit.Metrics;

/// <summary>What a metric looks at.</summary>
public enum MetricNeeds
{
    /// <summary>Features of both sets.</summary>
    BothSets,

    /// <summary>Features of the generated set only.</summary>
    Generated,

    /// <summary>Class logits of the generated set only.</summary>
    Logits,

    /// <summary>Features of both sets and of the training set.</summary>
    Training,
}

/// <summary>What a value tells of a generator.</summary>
public enum MetricRole
{
    /// <summary>How far its distribution is from the real one.</summary>
    Overall,

    /// <summary>Whether its samples look real.</summary>
    Fidelity,

    /// <summary>Whether it makes all kinds of samples.</summary>
    Diversity,

    /// <summary>Whether it repeats its training samples.</summary>
    Memorisation,
}

/// <summary>Which of two values is the better one.</summary>
public enum MetricAim
{
    /// <summary>The greater one.</summary>
    Higher,

    /// <summary>The lower one.</summary>
    Lower,

    /// <summary>Neither, without a look at the floor.</summary>
    Neither,
}

/// <summary>What the 95 % interval of a metric is of.</summary>
public enum IntervalKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>The value that the estimator has on average for these counts of samples.</summary>
    TheseCounts,

    /// <summary>The value for unlimited samples, towards which the metric falls with 1/N: the interval lies below the value.</summary>
    Unlimited,
}

/// <summary>One value of a metric.</summary>
/// <param name="Metric">The value's name in reports and protocols.</param>
/// <param name="Value">The value.</param>
/// <param name="Role">What it tells.</param>
/// <param name="Aim">Whether more of it is better.</param>
/// <param name="Least">The least that it can be in the long run.</param>
/// <param name="Most">The most.</param>
/// <param name="Spread">Its standard deviation over subsets or splits; null where the estimator has none.</param>
public readonly record struct MetricValue(string Metric, double Value, MetricRole Role, MetricAim Aim, double Least = 0,
    double Most = double.PositiveInfinity, double? Spread = null)
{
    /// <summary>A distance of two distributions.</summary>
    /// <param name="metric">Its name.</param>
    /// <param name="value">At least 0, or below it by chance; less is better.</param>
    public static MetricValue Distance(string metric, double value) => new(metric, value, MetricRole.Overall, MetricAim.Lower);

    /// <summary>A share of which more is better.</summary>
    /// <param name="metric">Its name.</param>
    /// <param name="value">In [0, 1].</param>
    /// <param name="role">What it tells.</param>
    public static MetricValue Share(string metric, double value, MetricRole role) => new(metric, value, role, MetricAim.Higher, Most: 1);
}

/// <summary>How many samples a metric needs.</summary>
/// <param name="Rows">Of each set that it looks at, at least.</param>
/// <param name="Reason">Which value needs them and what for, in words that end before "and SET has N".</param>
public readonly record struct MetricMinimum(long Rows, string Reason);

/// <summary>Computes a metric's values for a generated and a real set, and the training set where it needs that.</summary>
/// <param name="generated">What is scored.</param>
/// <param name="real">What it is scored against.</param>
/// <param name="training">What the generator was trained on, or null.</param>
/// <param name="options">The parameters.</param>
/// <returns>The same values, in the same order, for all sets.</returns>
/// <exception cref="ArgumentException">A set is too small, or its features cannot be computed with.</exception>
public delegate IReadOnlyList<MetricValue> MetricFunction(FeatureSet generated, FeatureSet real, FeatureSet? training,
    MetricOptions options);

/// <summary>A metric of feature sets.</summary>
/// <param name="Name">Its name in options and on the command line.</param>
/// <param name="Paper">Where it was published.</param>
/// <param name="Title">What it is, for the command line's help.</param>
/// <param name="Needs">What it looks at.</param>
/// <param name="IsSeeded">Whether it draws anything.</param>
/// <param name="Estimator">The estimator with its parameters, as protocols carry them.</param>
/// <param name="Minimum">How many samples it needs.</param>
/// <param name="Compute">Its values.</param>
public sealed record Metric(string Name, string Paper, string Title, MetricNeeds Needs, bool IsSeeded,
    Func<MetricOptions, string> Estimator, Func<MetricOptions, MetricMinimum> Minimum, MetricFunction Compute) : INamed
{
    /// <summary>What its interval is of.</summary>
    public IntervalKind Interval { get; init; } = IntervalKind.TheseCounts;

    /// <summary>A quicker estimator of the same values, which is good enough for their intervals; null for <see cref="Compute"/>.</summary>
    public MetricFunction? Replicate { get; init; }

    /// <summary>Its values with one group of samples left out at a time, where it has a quicker way to them than computing each anew.
    /// Throws an <see cref="ArgumentException"/> that says why there can be no interval.</summary>
    internal Func<FeatureSet, FeatureSet, CancellationToken, GroupedValues>? LeaveOut { get; init; }

    /// <summary>Why its own demands on the generated set are not met, in one sentence; null where they are.</summary>
    internal Func<FeatureSet, string?>? Refuses { get; init; }

    /// <summary>Why it cannot be computed for some sets, in one sentence; null where it can.</summary>
    /// <param name="generated">The generated set.</param>
    /// <param name="real">The real set.</param>
    /// <param name="training">The training set, or null.</param>
    /// <param name="options">The parameters.</param>
    public string? WhyNot(FeatureSet generated, FeatureSet real, FeatureSet? training, MetricOptions options)
    {
        if (Refuses?.Invoke(generated) is { } refusal)
        {
            return refusal;
        }

        if (Needs == MetricNeeds.Logits && generated.Logits is null)
        {
            return $"The metric {Name} needs class logits, and {generated.Name} has none: score images with a classifier, or hand " +
                $"logits in (--{Name} takes a file of floats as such).";
        }

        if (Needs == MetricNeeds.Training && training is null)
        {
            return $"The metric {Name} needs the set that the generator was trained on: give it with --train.";
        }

        FeatureSet?[] sets = [generated, LooksAtReal ? real : null, Needs == MetricNeeds.Training ? training : null];
        var (rows, reason) = Minimum(options);
        return sets.OfType<FeatureSet>().Any(s => s.Count < rows)
            ? $"The metric {Name}: {reason}, and {string.Join(", ", sets.OfType<FeatureSet>().Select(s => $"{s.Name} has {s.Count}"))}."
            : null;
    }

    internal bool LooksAtReal => Needs is MetricNeeds.BothSets or MetricNeeds.Training;
}
