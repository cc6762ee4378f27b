using ResearchKit.Data.Sounds;
using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data.Sounds;

public sealed class SoundSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_read_in_order_with_long_files_cut_and_short_ones_filled_with_silence()
    {
        Directory.CreateDirectory(_folder["set/below"]);
        SoundFile.Write(_folder["set/b.wav"], Constant(10, 0.5f), 8000);
        SoundFile.Write(_folder["set/a.WAV"], Constant(3, 0.25f), 8000);
        SoundFile.Write(_folder["set/below/c.wav"], Constant(6, -0.5f), 8000);
        File.WriteAllText(_folder["set/broken.wav"], "no sound");
        File.WriteAllText(_folder["set/readme.txt"], "words");
        var told = new List<(int, int)>();
        using var set = SoundSet.Read(_folder["set"], 6, 8000, (done, all) => told.Add((done, all)));
        Assert.Equal([3, 1, 6], set.Sounds.shape);
        Assert.Equal([0.25f, 0.25f, 0.25f, 0, 0, 0], set.Samples(0));
        Assert.Equal(Constant(6, 0.5f), set.Samples(1));
        Assert.Equal(Constant(6, -0.5f), set.Samples(2));
        Assert.Contains("broken.wav: this is no WAV file", Assert.Single(set.LeftOut), StringComparison.Ordinal);
        Assert.Equal((4, 4), told[^1]);
        Assert.Equal("3 sounds of 6 samples at 8000 Hz (0.00 s)", set.ToString().Split(": ")[1]);
        Assert.True(SoundSet.Exists(_folder["set"]));
    }

    [Fact]
    public void Folders_without_sounds_are_told_apart()
    {
        Directory.CreateDirectory(_folder["none"]);
        File.WriteAllText(_folder["none/a.txt"], "");
        Assert.False(SoundSet.Exists(_folder["none"]));
        Assert.False(SoundSet.Exists(_folder["nowhere"]));
        Says("there is no WAV file in this folder", "none");
        Says("there is no such folder", "nowhere");
        File.WriteAllText(_folder["none/a.wav"], "no sound");
        Assert.True(SoundSet.Exists(_folder["none"]));
        Says("none of its 1 WAV files can be read; the first: ", "none");
        File.WriteAllText(_folder["none/cover.jpg"], "");
        Assert.False(SoundSet.Exists(_folder["none"])); // images go first

        void Says(string problem, string folder) => Assert.StartsWith($"{_folder[folder]}: {problem}",
            Assert.Throws<DataFileException>(() => SoundSet.Read(_folder[folder], 10, 8000)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_is_written_as_files_and_as_one_with_pauses()
    {
        using var set = new SoundSet("two", tensor((float[])[0.5f, 0.5f, -0.5f, -0.5f]).reshape(2, 1, 2), 40);
        set.Write(_folder["files"]);
        using var read = SoundSet.Read(_folder["files"], 2, 40);
        Assert.Equal([0.5f, 0.5f, -0.5f, -0.5f], read.Sounds.data<float>().ToArray());
        Assert.Equal(set.Fingerprint(), read.Fingerprint());
        set.WriteWav(_folder["all.wav"]);
        Assert.Equal([0.5f, 0.5f, 0, 0, 0, 0, -0.5f, -0.5f, 0, 0, 0, 0], SoundFile.Read(_folder["all.wav"], 40));
    }

    [Fact]
    public void The_fingerprint_tells_rate_order_and_samples_apart()
    {
        using var scope = NewDisposeScope();
        var sounds = rand(3, 1, 8);
        string Of(Tensor s, int rate = 8000) => new SoundSet("s", s, rate).Fingerprint();
        string[] all = [Of(sounds.clone()), Of(sounds.clone(), 8001), Of(sounds.flip(0)), Of(sounds + 1e-3f)];
        Assert.Equal(4, all.Distinct().Count());
        Assert.Equal(all[0], Of(sounds.clone()));
    }

    [Fact]
    public void Batches_are_shuffled_restorable_and_of_the_set()
    {
        using var scope = NewDisposeScope();
        var set = new SoundSet("s", arange(20, ScalarType.Float32).reshape(10, 1, 2), 8000);
        using var batches = new SoundBatches(set, 5, seed: 3);
        var (first, second) = (batches.NextBatch(), batches.NextBatch());
        Assert.Equal([5, 1, 2], first.shape);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (float)i), cat([first, second]).flatten().data<float>().ToArray().Order());
        batches.Position = default;
        Assert.True(batches.NextBatch().equal(first).all().item<bool>());
    }

    [Fact]
    public void Other_shapes_are_refused() => Assert.Contains("Sounds must be float32 of shape (N, 1, T) with N >= 1, not Float32 of " +
        "shape (2, 3)", Assert.Throws<ArgumentException>(() => new SoundSet("s", zeros(2, 3), 8000)).Message, StringComparison.Ordinal);

    private static float[] Constant(int count, float value) => [.. Enumerable.Repeat(value, count)];
}
