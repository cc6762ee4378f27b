namespace ResearchKit.Metrics;

/// <summary>A 95 % interval of a metric's value.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Estimate">Its middle: the value itself or, for <see cref="IntervalKind.Unlimited"/>, the value less its bias.</param>
/// <param name="Kind">What it is of.</param>
/// <param name="Method">How it was made.</param>
/// <remarks>A grouped jackknife (Shao and Wu, Annals of Statistics 17, 1989): the samples of all sets are dealt into 20 groups by chance,
/// and the value is computed with each group left out of all sets at once. Student's factor, 19 degrees of freedom. Bootstrap samples would
/// not do: they hold copies, and copies are nearest neighbours.</remarks>
public sealed record MetricInterval(double Low, double High, double Estimate, IntervalKind Kind, string Method);
