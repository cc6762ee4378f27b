using ResearchKit.Data;
using ResearchKit.Data.Clips;
using ResearchKit.Files;
using ResearchKit.Imaging;
using ResearchKit.Support;

namespace ResearchKit.Tests.Data.Clips;

public sealed class ClipFolderTests : IDisposable
{
    private static readonly ImageFolderOptions Eight = new() { Size = 8, Channels = 1 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_of_frames_and_GIFs_are_read_in_order_and_what_does_not_serve_is_told()
    {
        foreach (var i in (int[])[1, 2, 10])
        {
            Plain($"set/long/{i}.png", (byte)(10 * i)); // 2 comes before 10
        }

        _folder.PutMany("set/deep/er", 2, from: 200);
        Plain("set/short/0.png", 1);
        Plain("set/mixed/0.png", 1);
        Plain("set/mixed/1.png", 1, width: 12);
        Plain("set/broken/0.png", 1);
        File.WriteAllText(_folder["set/broken/1.png"], "no image");
        Directory.CreateDirectory(_folder["set/empty"]);
        Plain("set/cover.png", 1);
        File.Copy(Path.Combine(Repository.Reference("pictures"), "two-frames.gif"), _folder["set/a.gif"]);
        var told = new List<(int, int)>();
        using var set = ClipFolder.Read(_folder["set"] + ClipFolder.Suffix, 2, Eight, progress: (done, all) => told.Add((done, all)));
        Assert.Equal([3, 1, 2, 8, 8], set.Clips.shape); // a.gif, deep/er, long
        Assert.Equal([10, 20], Corners(set, 2));
        Assert.False(set.Clips[0, 0, 0].equal(set.Clips[0, 0, 1]).all().item<bool>()); // its frames are two
        Assert.Equal((6, 6), told[^1]);
        Assert.Collection(set.LeftOut,
            l => Assert.Equal("1 clip of fewer than 2 frames, as short with 1; a smaller number of frames takes them in.", l),
            l => Assert.Contains("broken/1.png: this is no PNG, JPEG", l.Replace('\\', '/'), StringComparison.Ordinal),
            l => Assert.Contains("mixed: its frames have different sizes, 8 x 8 and 12 x 8 pixels", l, StringComparison.Ordinal),
            l => Assert.EndsWith("empty: holds no image.", l, StringComparison.Ordinal),
            l => Assert.StartsWith("1 images beside the folders, which are no clips", l, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_second_frame_can_be_taken()
    {
        for (var i = 0; i < 6; i++)
        {
            Plain($"set/one/{i}.png", (byte)i);
        }

        using var set = ClipFolder.Read(_folder["set"], 3, Eight, step: 2);
        Assert.Equal([0, 2, 4], Corners(set, 0));
        Says("not one of its 1 clips has 3 frames when one of 3 is taken; the longest, one, has 2: take fewer (frames).", "set", 3, 3);
    }

    [Fact]
    public void Folders_without_clips_are_one_sentence()
    {
        Says("there is no such folder.", "nowhere");
        Directory.CreateDirectory(_folder["none"]);
        Says("holds no clips; a clip is a GIF, or a folder in it with the frames as images.", "none");
        Plain("none/a.png", 1);
        Says("holds no clips; a clip is a GIF", "none");
        Says("this is a file; name the folder that holds the clips.", "none/a.png");
        Plain("none/one/0.png", 1);
        Says("not one of its 1 clips has 2 frames; the longest, one, has 1: take fewer (frames).", "none");
        File.WriteAllText(_folder["none/one/0.png"], "no image");
        Says("not one of its 1 clips can be read; the first: ", "none", 1);
        Assert.Contains("set Size", Assert.Throws<ArgumentException>(() => ClipFolder.Read(_folder["none"], 1, new ImageFolderOptions()))
            .Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Clips_that_are_written_are_read_again()
    {
        var (set, tracks) = MovingShapes.Draw(3, 4, 32, seed: 0);
        using (set)
        using (tracks)
        {
            ClipSheet.Write(set, _folder["out"]);
            using var read = ClipFolder.Read(_folder["out"], 4, new ImageFolderOptions { Size = 32, Channels = 1 });
            Assert.Equal(set.Fingerprint(), read.Fingerprint());
        }
    }

    private static byte[] Corners(ClipSet set, int clip) =>
        [.. Enumerable.Range(0, set.Frames).Select(t => set.Clips[clip, 0, t, 7, 7].item<byte>())];

    private void Says(string problem, string folder, int frames = 2, int step = 1) => Assert.StartsWith($"{_folder[folder]}: {problem}",
        Assert.Throws<DataFileException>(() => ClipFolder.Read(_folder[folder], frames, Eight, step)).Message, StringComparison.Ordinal);

    private void Plain(string name, byte value, int width = 8)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllBytes(_folder[name], PngFile.Encode([.. Enumerable.Repeat(value, width * 8)], width, 8, 1));
    }
}
