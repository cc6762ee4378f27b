using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

public class StepKernelsTests
{
    /// <summary>A learning rate that is freed before the script reads it is another number, or ends the step with an error.</summary>
    [Fact]
    public void Numbers_reach_the_script_whatever_the_collector_does()
    {
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            using var parameter = nn.Parameter(zeros(4, ScalarType.Float64));
            for (var i = 1; i <= 20_000; i++)
            {
                using var scope = NewDisposeScope();
                StepKernels.Descend(parameter.sum(), [parameter], rate: 0.25, maxNorm: 0);
                Assert.Equal(-0.25 * i, parameter.detach().data<double>()[0]);
            }
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
    }
}
