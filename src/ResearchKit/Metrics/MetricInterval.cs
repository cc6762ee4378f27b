namespace ResearchKit.Metrics;

/// <summary>A 95 % interval of a metric's value.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Estimate">Its middle: the value itself or, for <see cref="IntervalKind.Unlimited"/>, the value less its bias.</param>
/// <param name="Kind">What it is of.</param>
/// <param name="Method">How it was made.</param>
/// <remarks>A grouped jackknife (Shao and Wu, Annals of Statistics 17, 1989): the samples of all sets are dealt into 20 groups by chance
/// (10 for a Fréchet distance of more than 1,024 features), and the value is computed with each group left out of all sets at once.
/// Student's factor with one degree of freedom less than groups. Of sets with more than 1,000 samples a part is dealt, and the error is
/// scaled to all of them. Bootstrap samples would not do: they hold copies, and copies are nearest neighbours. How often such intervals
/// hold what they are of, and where they do not, stands in this folder's README.md.</remarks>
public sealed record MetricInterval(double Low, double High, double Estimate, IntervalKind Kind, string Method);
