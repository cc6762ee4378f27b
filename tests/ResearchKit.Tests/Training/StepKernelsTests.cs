using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

public class StepKernelsTests
{
    [Fact]
    public async Task Numbers_outlive_garbage_collections_in_the_middle_of_a_call()
    {
        using var stop = new CancellationTokenSource();
        var collecting = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    GC.Collect(0);
                    GC.WaitForPendingFinalizers();
                }
            },
            TestContext.Current.CancellationToken);
        using var five = tensor(new[] { 5f, 5f });
        using var x = five.clone();
        for (var i = 1; i <= 20_000; i++)
        {
            x.copy_(five); // no bare number here: the test is about those of the kernels
            StepKernels.Clamp([x], 1 + (1.0 / i)); // a freed number is another one, or none
            Assert.Equal(1 + (1.0f / i), x.data<float>()[0], 1e-6f);
        }

        await stop.CancelAsync();
        await collecting;
    }
}
