namespace ResearchKit.Schedules;

/// <summary>A straight line. CycleGAN keeps its learning rate for 100 epochs and takes it to 0 in 100 more (arXiv:1703.10593, section
/// 4).</summary>
/// <inheritdoc/>
public sealed record LinearSchedule(double Start, double End, long Steps, long Delay = 0) : RampSchedule(Start, End, Steps, Delay)
{
    /// <inheritdoc/>
    protected override double Between(double done) => Start + ((End - Start) * done);

    /// <inheritdoc/>
    public override string ToString() => "linear" + base.ToString();
}
