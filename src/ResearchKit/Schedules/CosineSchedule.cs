namespace ResearchKit.Schedules;

/// <summary>Half a cosine: flat at both ends (Loshchilov and Hutter, arXiv:1608.03983, eq. 5, without restarts; R3GAN,
/// arXiv:2501.05441).</summary>
/// <inheritdoc/>
public sealed record CosineSchedule(double Start, double End, long Steps, long Delay = 0) : RampSchedule(Start, End, Steps, Delay)
{
    /// <inheritdoc/>
    protected override double Between(double done) => End + ((Start - End) * (1 + Math.Cos(Math.PI * done)) / 2);

    /// <inheritdoc/>
    public override string ToString() => "cosine" + base.ToString();
}
