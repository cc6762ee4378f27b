namespace ResearchKit.Data.Sounds;

/// <summary>Plucked notes that the kit makes itself, so that the pitch and the decay of each are known.</summary>
/// <remarks>A note is sum over h = 1..4 of sin(h (2 pi f t + phase)) / h^2, times exp(-t / tau), faded in over two milliseconds and scaled
/// to a peak of 0.8. The pitch f is one of the eight notes of the C major scale from <see cref="Pitches"/>, each as often as the others;
/// tau is log-uniform between <see cref="ShortestDecay"/> and <see cref="LongestDecay"/>; the phase, where in its period a note begins, is
/// uniform.</remarks>
public static class PluckedNotes
{
    /// <summary>The shortest time constant tau of the decay, in seconds.</summary>
    public const double ShortestDecay = 0.03;

    /// <summary>The longest, in seconds.</summary>
    public const double LongestDecay = 0.2;

    private const int Harmonics = 4;
    private const int AtOnce = 256;
    private const double FadeIn = 0.002;
    private const double Peak = 0.8;

    /// <summary>The pitches in Hz, C5 to C6 in equal temperament with A4 = 440 Hz.</summary>
    public static IReadOnlyList<double> Pitches { get; } =
        [.. new[] { 3, 5, 7, 8, 10, 12, 14, 15 }.Select(semitones => 440 * Math.Pow(2, semitones / 12.0))];

    /// <summary>Makes sounds.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="length">Samples of each, at least 1.</param>
    /// <param name="rate">Samples a second: at least 10,000, so that no overtone is above half of it.</param>
    /// <param name="seed">Chooses them.</param>
    /// <returns>The set, and of each sound its note's number in <see cref="Pitches"/>, int64, shape (N), and its tau in seconds, float32,
    /// shape (N). The caller disposes all three.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public static (SoundSet Set, Tensor Notes, Tensor Decays) Draw(int count, int length, int rate, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 10_000);
        using var scope = NewDisposeScope();
        using var random = new Generator(unchecked((ulong)seed));
        var notes = randint(0, Pitches.Count, [count], dtype: ScalarType.Int64, generator: random); // (N)
        var decays = (rand([count], generator: random) * Math.Log(LongestDecay / ShortestDecay) + Math.Log(ShortestDecay)).exp(); // (N)
        var phases = rand([count, 1], generator: random) * (2 * Math.PI); // (N, 1)
        var pitches = tensor(Pitches.ToArray(), ScalarType.Float64).index_select(0, notes).unsqueeze(1); // (N, 1)
        var time = arange(length, ScalarType.Float64).unsqueeze(0) / rate; // (1, T)
        var sounds = zeros(count, 1, length);
        for (var start = 0; start < count; start += AtOnce)
        {
            using var part = NewDisposeScope(); // all at once would take gigabytes
            var size = Math.Min(AtOnce, count - start);
            var angle = (pitches.narrow(0, start, size) * time * (2 * Math.PI)) + phases.narrow(0, start, size); // (B, T), float64
            var wave = Enumerable.Range(1, Harmonics).Select(h => (angle * h).sin() / (h * h)).Aggregate((a, b) => a + b); // (B, T)
            var envelope = (-time / decays.narrow(0, start, size).unsqueeze(1)).exp() * (1 - (-time / FadeIn).exp()); // (B, T)
            var sound = wave * envelope;
            sounds.narrow(0, start, size).copy_((sound / sound.abs().amax([1], keepdim: true) * Peak).unsqueeze(1));
        }

        var set = new SoundSet("notes", sounds, rate); // (N, 1, T)
        return (set, notes.DetachFromDisposeScope(), decays.to(ScalarType.Float32).DetachFromDisposeScope());
    }
}
