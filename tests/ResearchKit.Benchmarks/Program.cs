using System.CommandLine;
using System.Globalization;
using ResearchKit.Benchmarks;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture; // of all that is printed
var root = new RootCommand(
    "Benchmarks of ResearchKit. Each prints what it measured and on what; a peer's script in tests/peers prints the same lines.")
{
    TrainStep.Command(),
    BatchedSeeds.Command(),
    FirstTensor.Command(),
    MetricValues.Command(),
    IntervalCoverage.Intervals(),
    IntervalCoverage.Comparisons(),
    FeatureSpeed.Command(),
    LiveTensors.Command(),
    Collections.Command(),
    EventCost.Command(),
    Kills.Command(),
    MonitorSweep.Command(),
    MonitorCost.Command(),
    CollapseSweep.Command(),
    StackedScale.Command(),
    CollapseCost.Command(),
};
return root.Parse(args).Invoke();
