using ResearchKit.Diagnostics.Overfitting;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Sounds;

namespace ResearchKit.Experiments.Scoring;

/// <summary>Scores of sounds, from the averaged generator, with what real sounds get beside them: those that are held out, or where there
/// are none those that are trained on, against as many others that are trained on.</summary>
internal static class SoundScores
{
    private const int Generated = 1000;
    private const double Clear = 0.9; // a sound with a pitch
    private const double InTune = 25; // cents: a quarter of a semitone
    private const double Reached = 0.2; // of its fair share

    /// <summary>Whether notes are clear, in tune and as various as the real ones, and whether they decay as these do.</summary>
    public static double[] Notes(ScoreContext context)
    {
        using var scope = NewDisposeScope();
        var (real, other, rate) = Real(context);
        var (made, known, more) = (NoteReading.Read(Sounds(context), rate), NoteReading.Read(real, rate), NoteReading.Read(other, rate));
        return
        [
            made.Shares.Sum(), made.Clarity, made.Shares.Count(s => s >= Reached / made.Shares.Length), made.DistanceTo(known),
            made.DecayDistanceTo(known), known.Shares.Sum(), known.Clarity, more.DistanceTo(known), more.DecayDistanceTo(known),
        ];
    }

    /// <summary>How near spectra come to the real ones, whether they repeat the sounds that are trained on, and what the strides leave.
    /// </summary>
    public static double[] Spectrum(ScoreContext context)
    {
        using var scope = NewDisposeScope();
        var (real, other, rate) = Real(context);
        var sounds = Sounds(context);
        var (x, y, z) = (LogMel.Features(sounds, rate), LogMel.Features(real, rate), LogMel.Features(other, rate)); // (N, 256)
        var each = Math.Min(y.shape[0], z.shape[0]); // of as many neighbours, so that neither has the better chance
        var nearer = NearestSamples.Of(x, z.narrow(0, 0, each)).ShareNearerThan(NearestSamples.Of(x, y.narrow(0, 0, each)));
        var (made, known) = (StridePattern.Of(sounds), StridePattern.Of(real));
        return [Distance(x, y), nearer, made.Energy, made.Phase, Distance(z, y), known.Energy, known.Phase];
    }

    // The singular values behind it have other last digits from call to call, and a resumed run is to have the same scores.
    private static double Distance(Tensor x, Tensor y) =>
        double.Parse(FrechetDistance.Of(x, y).ToString("G10", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static Tensor Sounds(ScoreContext context) => context.Trainer.Sample(
        NormalLatents.Draw(context.Options.Scoring.ScoreSamples ?? Generated, context.Trainer.Generator.LatentSize, seed: 1)); // (N, 1, T)

    private static (Tensor Real, Tensor Other, int Rate) Real(ScoreContext context)
    {
        var data = context.Experiment.Data;
        var (real, other) = ScoreContext.RealAndOther(data.TrainingSounds!.Sounds, data.HeldOutSounds?.Sounds);
        return (real, other, data.TrainingSounds.Rate);
    }

    // What is read of a set: the share of each note among all sounds, the mean clarity, and the decays in octaves.
    private sealed record NoteReading(double[] Shares, double Clarity, Tensor Decays)
    {
        public static NoteReading Read(Tensor sounds, int rate)
        {
            var (pitch, clarity) = SoundPitch.Of(sounds, rate, lowest: 200); // (N)
            var notes = tensor(ResearchKit.Data.Sounds.PluckedNotes.Pitches.ToArray(), ScalarType.Float64); // (8)
            var cents = ((pitch.unsqueeze(1) / notes).log2() * 1200).abs(); // (N, 8)
            var hits = (cents < InTune) & (clarity.unsqueeze(1) >= Clear); // (N, 8); NaN is no hit
            var decays = SoundDecay.Of(sounds, rate).log2(); // (N)
            return new NoteReading(hits.to(ScalarType.Float64).mean([0]).data<double>().ToArray(), clarity.mean().item<double>(),
                decays.masked_select(decays.isfinite()).unsqueeze(1)); // (M, 1)
        }

        // The total variation distance of the notes' shares, "none of them" being a note too.
        public double DistanceTo(NoteReading real) =>
            (Shares.Zip(real.Shares, (a, b) => Math.Abs(a - b)).Sum() + Math.Abs(Shares.Sum() - real.Shares.Sum())) / 2;

        public double DecayDistanceTo(NoteReading real) =>
            Decays.shape[0] == 0 ? double.NaN : WassersteinDistance.Of(Decays, real.Decays);
    }
}
