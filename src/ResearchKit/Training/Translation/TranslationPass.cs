using ResearchKit.Models;
using ResearchKit.Models.Translation;
using ResearchKit.Runtime;

namespace ResearchKit.Training.Translation;

/// <summary>Passes images through a translator outside of the training.</summary>
internal static class TranslationPass
{
    private const int Batch = 64;

    public static Tensor Of(ImageTranslator translator, Tensor images, ScalarType type, Device device, bool asTrained = false)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var mode = asTrained ? (IDisposable)new TrainedMode(translator) : new EvaluationMode(translator);
        var parts = images.to(type, device).split(asTrained ? 1 : Batch)
            .Select(part => translator.call(part).to(ScalarType.Float32, CPU)).ToList();
        return cat(parts).MoveToOuterDisposeScope();
    }

    // Training mode with a fixed seed, until it is disposed: statistics and random state are then as before.
    private sealed class TrainedMode : IDisposable
    {
        private readonly List<(Tensor Live, Tensor Saved)> _buffers;
        private readonly RandomState _random = RandomState.Capture();

        public TrainedMode(nn.Module network)
        {
            _buffers = [.. network.buffers().Select(b => (b, b.clone()))];
            network.train();
            RandomState.Seed(0);
        }

        public void Dispose()
        {
            _random.Restore();
            _buffers.ForEach(b => b.Live.copy_(b.Saved));
        }
    }
}
