using ResearchKit.Data.Sounds;
using ResearchKit.Metrics.Sounds;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics.Sounds;

/// <summary>What is read of sounds, against sounds that are known.</summary>
public class SoundReaderTests
{
    private const int Rate = 16000;
    private const int Time = 4096;

    [Fact]
    public void Notes_are_read_as_they_were_made()
    {
        using var scope = NewDisposeScope();
        var (set, notes, decays) = PluckedNotes.Draw(400, Time, Rate, seed: 7);
        Assert.InRange(set.Sounds.abs().max().item<float>(), 0.79f, 0.81f);
        var (pitch, clarity) = SoundPitch.Of(set.Sounds, Rate);
        var made = tensor(PluckedNotes.Pitches.ToArray(), ScalarType.Float64).index_select(0, notes);
        Assert.True(((pitch / made).log2().abs() * 1200).max().item<double>() < 3, "cents");
        Assert.True(clarity.min().item<double>() > 0.95);
        var ratio = SoundDecay.Of(set.Sounds, Rate) / decays;
        Assert.InRange(ratio.median().item<double>(), 0.97, 1.03);
        Assert.InRange(ratio.min().item<double>(), 0.9, 1);
        Assert.InRange(ratio.max().item<double>(), 1, 1.1);
        Assert.All(Enumerable.Range(0, 8), n => Assert.InRange(notes.eq(n).sum().item<long>(), 25, 75)); // 50 and almost four deviations
        Assert.InRange(decays.min().item<float>(), PluckedNotes.ShortestDecay, 0.035);
        Assert.InRange(decays.max().item<float>(), 0.17, PluckedNotes.LongestDecay);
    }

    [Fact]
    public void The_same_seed_makes_the_same_notes_whatever_their_number()
    {
        using var scope = NewDisposeScope();
        var (a, _, _) = PluckedNotes.Draw(10, 512, Rate, seed: 7);
        var (b, _, _) = PluckedNotes.Draw(10, 512, Rate, seed: 7);
        var (c, _, _) = PluckedNotes.Draw(10, 512, Rate, seed: 8);
        Assert.Equal(a.Fingerprint(), b.Fingerprint());
        Assert.NotEqual(a.Fingerprint(), c.Fingerprint());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(440)]
    [InlineData(1234.5)]
    [InlineData(1990)]
    public void A_plain_tone_has_its_pitch_to_a_cent(double hertz)
    {
        using var scope = NewDisposeScope();
        var (pitch, clarity) = SoundPitch.Of(Plain(hertz), Rate);
        Assert.Equal(0, 1200 * Math.Log2(pitch.item<double>() / hertz), 2.0);
        Assert.InRange(clarity.item<double>(), 0.99, 1.01);
    }

    [Fact]
    public void Noise_is_not_clear_and_silence_has_no_pitch()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        var (_, clarity) = SoundPitch.Of(randn([50, 1, Time], generator: random), Rate);
        Assert.InRange(clarity.mean().item<double>(), 0, 0.2);
        var (pitch, none) = SoundPitch.Of(zeros(1, 1, Time), Rate);
        Assert.Equal((double.NaN, 0), (pitch.item<double>(), none.item<double>()));
        Assert.True(double.IsNaN(SoundDecay.Of(zeros(1, 1, Time), Rate).item<double>()));
    }

    [Fact]
    public void A_sound_that_does_not_die_away_has_an_infinite_decay()
    {
        using var scope = NewDisposeScope();
        var growing = Plain(440) * arange(Time, ScalarType.Float64).exp().log1p();
        Assert.Equal(double.PositiveInfinity, SoundDecay.Of(growing, Rate).item<double>());
        Assert.True(double.IsNaN(SoundDecay.Of(Click(), Rate).item<double>())); // one window is loud
    }

    [Fact]
    public void A_pattern_of_the_stride_is_found_by_its_energy_and_by_its_one_phase()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        var noise = randn([200, 1, Time], generator: random);
        var pattern = tensor(Enumerable.Range(0, 16).Select(i => i == 5 ? 1f : 0).ToArray()).repeat(Time / 16).reshape(1, 1, Time);
        var (clean, fixedPhase) = (StridePattern.Of(noise), StridePattern.Of(noise + pattern));
        Assert.InRange(clean.Energy, -2, 2);
        Assert.InRange(clean.Phase, 0, 0.02); // 1/200
        Assert.True(fixedPhase.Energy > 10, $"{fixedPhase}");
        Assert.True(fixedPhase.Phase > 0.8, $"{fixedPhase}");
        var moved = noise + stack([.. Enumerable.Range(0, 200).Select(i => pattern[0].roll(i % 16, 1))]); // at another place in each
        Assert.True(StridePattern.Of(moved).Energy > 10);
        Assert.InRange(StridePattern.Of(moved).Phase, 0, 0.05);
        Assert.Equal(new StridePattern(double.NegativeInfinity, 0), StridePattern.Of(zeros(2, 1, Time)));
    }

    [Fact]
    public void A_tone_stands_in_its_mel_band_and_silence_at_the_floor()
    {
        using var scope = NewDisposeScope();
        foreach (var hertz in (double[])[200, 1000, 5000])
        {
            var loudest = LogMel.Of(Plain(hertz), Rate).mean([2])[0].argmax().item<long>();
            var mel = 2595 * Math.Log10(1 + (hertz / 700));
            var (low, high) = (2595 * Math.Log10(1 + (40 / 700.0)), 2595 * Math.Log10(1 + (8000 / 700.0)));
            Assert.Equal(((mel - low) / (high - low) * 65) - 1, loudest, 1.0); // 64 bands between 66 corners
        }

        var silent = LogMel.Of(zeros(1, 1, Time), Rate);
        Assert.Equal([1, 64, 65], silent.shape);
        Assert.Equal(-8, silent.max().item<double>(), 1e-9);
        Assert.Equal([3, 256], LogMel.Features(rand(3, 1, Time), Rate).shape);
    }

    [Fact]
    public void Other_shapes_are_refused()
    {
        Assert.Contains("Sounds must be floats of shape (N, 1, T)", Assert.Throws<ArgumentException>(() =>
            SoundPitch.Of(zeros(2, 5), Rate)).Message, StringComparison.Ordinal);
        Assert.Contains("the lowest must fit twice", Assert.Throws<ArgumentException>(() =>
            SoundPitch.Of(zeros(2, 1, 100), Rate)).Message, StringComparison.Ordinal);
        Assert.Contains("a multiple of the period", Assert.Throws<ArgumentException>(() =>
            StridePattern.Of(zeros(2, 1, 1001))).Message, StringComparison.Ordinal);
        Assert.Contains("needs 512 samples or more", Assert.Throws<ArgumentException>(() =>
            LogMel.Of(zeros(2, 1, 100), Rate)).Message, StringComparison.Ordinal);
    }

    private static Tensor Plain(double hertz) =>
        (arange(Time, ScalarType.Float64) * (2 * Math.PI * hertz / Rate)).sin().reshape(1, 1, Time);

    private static Tensor Click()
    {
        var click = zeros(1, 1, Time);
        click[0, 0, 700] = 1;
        return click;
    }
}
