using ResearchKit.Schedules;
using ResearchKit.Training;

namespace ResearchKit.Tests.Training;

public class TrainerOptionsTests
{
    public static TheoryData<TrainerOptions, string> Broken => new()
    {
        { new TrainerOptions { GeneratorLearningRate = 0 }, "GeneratorLearningRate" },
        { new TrainerOptions { DiscriminatorLearningRate = double.NaN }, "DiscriminatorLearningRate" },
        { new TrainerOptions { DiscriminatorLearningRate = double.PositiveInfinity }, "DiscriminatorLearningRate" },
        { new TrainerOptions { Beta1 = 1 }, "Beta1" },
        { new TrainerOptions { Beta2 = -0.1 }, "Beta2" },
        { new TrainerOptions { AverageDecay = 1 }, "AverageDecay" },
        { new TrainerOptions { AverageDecay = 0 }, "AverageDecay" },
        { new TrainerOptions { DiscriminatorSteps = 0 }, "DiscriminatorSteps" },
        { new TrainerOptions { Threads = 0 }, "Threads" },
        { new TrainerOptions { GeneratorLearningRate = new LinearSchedule(-1e-4, 0, 10) }, "GeneratorLearningRate" },
        { new TrainerOptions { DiscriminatorLearningRate = new CosineSchedule(1e-4, -1e-5, 10) }, "DiscriminatorLearningRate" },
        { new TrainerOptions { GradientClip = 0 }, "GradientClip" },
        { new TrainerOptions { WeightClip = double.NaN }, "WeightClip" },
        { new TrainerOptions { AverageHalfLife = -1 }, "AverageHalfLife" },
        { new TrainerOptions { AverageRampUp = 0 }, "AverageRampUp" },
        { new TrainerOptions { UnrolledSteps = 0 }, "UnrolledSteps" },
        { new TrainerOptions { Optimizer = (OptimizerKind)9 }, "Optimizer" },
        { new TrainerOptions { Precision = (Precision)9 }, "Precision" },
    };

    [Fact]
    public void The_defaults_are_DCGANs()
    {
        var options = new TrainerOptions();
        options.Validate();
        Assert.Equal((new ConstantSchedule(2e-4), new ConstantSchedule(2e-4), 0.5, 0.999),
            (options.GeneratorLearningRate, options.DiscriminatorLearningRate, options.Beta1, options.Beta2));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_value_out_of_range_is_named(TrainerOptions options, string name)
    {
        var error = Assert.Throws<ArgumentException>(options.Validate);
        Assert.Contains($"The option {char.ToLowerInvariant(name[0])}{name[1..]} is ", error.Message, StringComparison.Ordinal);
        Assert.Contains("it must be", error.Message, StringComparison.Ordinal);
    }
}
