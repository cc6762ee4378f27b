using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Support;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

/// <summary>A whole training under spectral normalisation against PyTorch (tests/peers/stabilizers.py).</summary>
public class SpectralTrajectoryTests
{
    [Fact]
    public void Hinge_game_follows_PyTorch_for_30_steps_to_1e_8()
    {
        var reference = new ReferenceTensors(Repository.Reference("stabilizers.safetensors"));
        using var g = TrajectoryTests.Load(new DcganGenerator(28, 1, 4, 16), "g.").to(ScalarType.Float64);
        using var d = new DcganDiscriminator(28, 1, 4, DiscriminatorNormalization.Spectral);
        d.load_state_dict(reference.Under("critic."));
        d.to(ScalarType.Float64);
        var replay = new TrajectoryTests.Replay(ScalarType.Float64);
        using var trainer = new GanTrainer(g, d, new Game(new HingeLoss()), replay, TrajectoryTests.Plain, replay);
        foreach (var step in trainer.Run(30))
        {
            var row = reference["trajectory.spectral-hinge"][step.Step - 1];
            double[] actual = [step.RealLoss, step.FakeLoss, step.GeneratorLoss, TrajectoryTests.Checksum(g), TrajectoryTests.Checksum(d)];
            for (var i = 0; i < actual.Length; i++)
            {
                TrajectoryTests.Near(row[i].item<double>(), actual[i], 1e-8);
            }
        }
    }
}
