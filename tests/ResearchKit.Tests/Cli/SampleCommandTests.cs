using ResearchKit.Data;
using ResearchKit.Data.Sounds;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

public sealed class SampleCommandTests : IDisposable
{
    private readonly EverythingRun _runs = new();

    [Fact]
    public void A_run_is_drawn_from_while_it_goes_on_and_when_it_is_done()
    {
        Assert.NotEqual(0, _runs.Train(process => { _runs.WaitForCheckpoint(process, "run"); process.Kill(); }, "--out", "run", "--steps",
            "8").ExitCode);
        var before = _runs.Hashes("run");
        var early = Sample("run", "--grid", "early.png");
        Assert.Equal(0, early.ExitCode);
        Assert.Matches(@"run: not done; the samples are of step \d of 8\.", early.Error);
        Assert.Equal(before, _runs.Hashes("run"));

        Assert.Equal(0, _runs.Train("--out", "run", "--steps", "8", "--resume").ExitCode);
        Assert.Equal(0, Sample("run", "--count", "9", "--grid", "nine.png", "--folder", "nine", "--film", "film.png").ExitCode);
        using var nine = ImageFolder.Read(_runs["nine"], new ImageFolderOptions { Channels = 1 });
        Assert.Equal([9, 1, 28, 28], nine.Images.shape); // as the network draws them, so that metrics can score them
        var film = PngFrames.Decode(File.ReadAllBytes(_runs["film.png"]));
        Assert.Equal(60, film.Frames.Count);
        Assert.Equal((3 * (28 * 2 + 2) + 2, 3 * (28 * 2 + 2) + 2), (film.Width, film.Height));

        var near = Sample("run", "--count", "9", "--grid", "near/a.png", "--nearest", "nine");
        Assert.Contains("nearest of 9 images of nine, root mean square difference of pixels from 0 to 255: median 0.0, least 0.0",
            near.Output, StringComparison.Ordinal);
        // three rows and their neighbours
        using var sheet = ImageFolder.Read(_runs["near"], new ImageFolderOptions { Channels = 1 });
        Assert.Equal(6 * (28 * 2 + 2) + 2, sheet.Height);
        Assert.All(Enumerable.Range(0, 3), row => Assert.True(Row(2 * row).Equals(Row(2 * row + 1)))); // each finds itself
        Assert.False(Row(0).Equals(Row(2)));
        TorchSharp.torch.Tensor Row(int row) => sheet.Images.narrow(2, 2 + (row * (28 * 2 + 2)), 28 * 2);
        var clothes = Sample("run", "--count", "5", "--grid", "near.png", "--nearest", "fashion-mnist-small:test");
        Assert.Contains("nearest of 4,000 images", clothes.Output, StringComparison.Ordinal);
        Fails(2, "--nearest shows images in a grid: name its file with --grid.", "run", "--folder", "x", "--nearest", "nine");

        Assert.Equal(0, Sample("run", "--class", "trouser", "--grid", "trouser.png").ExitCode);
        Assert.Equal(0, Sample("run", "--class", "1", "--grid", "one.png").ExitCode);
        Assert.Equal(0, Sample("run", "--class", "Bag", "--grid", "bag.png").ExitCode);
        Assert.Equal(File.ReadAllBytes(_runs["trouser.png"]), File.ReadAllBytes(_runs["one.png"]));
        Assert.NotEqual(File.ReadAllBytes(_runs["trouser.png"]), File.ReadAllBytes(_runs["bag.png"]));
        // a list of seeds draws the first sample of each; --truncation moves them, and not the list
        Assert.Equal(0, Sample("run", "--seeds", "7,3..4", "--class", "1", "--folder", "seeds").ExitCode);
        Assert.Equal(0, Sample("run", "--count", "5", "--seed", "3", "--class", "1", "--folder", "third").ExitCode);
        Assert.Equal(File.ReadAllBytes(_runs["third/000000.png"]), File.ReadAllBytes(_runs["seeds/000001.png"]));
        Assert.Equal(0, Sample("run", "--seeds", "7,3..4", "--class", "1", "--truncation", "0.4", "--folder", "near").ExitCode);
        Assert.NotEqual(File.ReadAllBytes(_runs["near/000001.png"]), File.ReadAllBytes(_runs["seeds/000001.png"]));
        Fails(2, "--seeds must be like 0..4 or 3,5,8, not '3,x'", "run", "--seeds", "3,x", "--grid", "x.png");
        Fails(2, "--truncation must be a number above 0, not 0", "run", "--truncation", "0", "--grid", "x.png");
        Fails(1, "generator ships with", "pretrained:cats", "--grid", "x.png");
        Fails(2, "There is no class 'spoon'; there are T-shirt/top, Trouser,", "run", "--class", "spoon", "--grid", "x.png");

        // The last checkpoint holds what the generator's file holds.
        Assert.Equal(0, Sample("run", "--count", "9", "--grid", "file.png").ExitCode);
        File.Delete(_runs["run/generator.safetensors"]);
        Assert.Equal(0, Sample("run", "--count", "9", "--grid", "checkpoint.png").ExitCode);
        Assert.Equal(File.ReadAllBytes(_runs["file.png"]), File.ReadAllBytes(_runs["checkpoint.png"]));
    }

    [Fact]
    public void Points_and_runs_without_a_checkpoint_are_one_sentence()
    {
        Assert.Equal(0, ProgramRun.ResearchKit(_runs.Path, null, "train", "ring8", "--out", "points", "--steps", "1").ExitCode);
        Fails(2, "was trained without classes", "points/generator.safetensors", "--class", "1", "--grid", "x.png");
        Fails(1, "learns points and not images", "points", "--film", "x.png");
        Fails(1, "makes points of 2 numbers and not images", "points/generator.safetensors", "--film", "x.png");
        Assert.NotEqual(0, _runs.Train(process => { EverythingRun.Wait(process,
            () => File.Exists(_runs["run/log.jsonl"])); process.Kill(); }, "--out", "run", "--set", "checkpointEvery=1000").ExitCode);
        Fails(1, "this run has no checkpoint yet", "run", "--grid", "x.png");
        Fails(1, "there is no run in this folder", ".", "--grid", "x.png");
        Fails(2, "Say where the samples go", "points/generator.safetensors");
        Assert.Empty(Directory.GetFiles(_runs.Path, "x.*"));
    }

    [Fact]
    public void Sounds_are_written_as_files_and_shown_as_spectrograms()
    {
        Assert.Equal(0, ProgramRun.ResearchKit(_runs.Path, null, "train", "wavegan", "--data", "notes", "--out", "notes", "--steps", "1",
            "--set", "features=1", "--set", "batch=4", "--set", "samples=8", "--set", "heldOut=20", "--set", "scoreSamples=10").ExitCode);
        var drawn = Sample("notes", "--count", "5", "--folder", "five", "--grid", "five.png", "--wav", "five.wav");
        Assert.Equal((0, ""), (drawn.ExitCode, drawn.Error));
        Assert.Contains("5 sounds written to five", drawn.Output, StringComparison.Ordinal);
        Assert.Equal(5, Directory.GetFiles(_runs["five"], "*.wav").Length);
        var (one, all) = (SoundFile.Read(_runs["five/000000.wav"], 16000), SoundFile.Read(_runs["five.wav"], 16000));
        Assert.Equal((4096, 5 * (4096 + 1600)), (one.Length, all.Length));
        Assert.Equal(one, all[..4096]);
        Assert.Equal(0, Sample("notes/generator.safetensors", "--seeds", "0", "--folder", "first").ExitCode);
        Assert.All(one.Zip(SoundFile.Read(_runs["first/000000.wav"], 16000)), p => Assert.Equal(p.First, p.Second, 1.5 / 32768));
        Fails(2, "--film and --nearest are for images, and this generator makes sounds: leave them out.", "notes", "--film", "x.png");
        Fails(2, "--wav x.mp3: it is written as WAV, so give it a name that ends in .wav.", "notes", "--wav", "x.mp3");
        var scored = ProgramRun.ResearchKit(_runs.Path, null, "metrics", "notes", "five", "--kid", "--kid-subset-size", "5", "--samples",
            "20");
        Assert.True(scored.ExitCode == 0, scored.Error);
        Assert.Contains("log-mel", scored.Output, StringComparison.Ordinal);
        Assert.Equal(0, ProgramRun.ResearchKit(_runs.Path, null, "train", "ring8", "--out", "points", "--steps", "1").ExitCode);
        Fails(2, "--wav is for generators of sounds", "points/generator.safetensors", "--wav", "x.wav");
    }

    [Fact]
    public void Clips_are_written_as_frames_and_played()
    {
        Assert.Equal(0, ProgramRun.ResearchKit(_runs.Path, null, "train", "mocogan-shapes", "--out", "shapes", "--steps", "1",
            "--set", "features=1", "--set", "batch=2", "--set", "samples=8", "--set", "heldOut=10", "--set", "scoreSamples=10",
            "--set", "frames=10").ExitCode);
        var drawn = Sample("shapes", "--count", "3", "--folder", "three", "--grid", "three.png", "--film", "film.png");
        Assert.Equal((0, ""), (drawn.ExitCode, drawn.Error));
        Assert.Contains("three.png written: 30 images, 662 x 200 pixels", drawn.Output, StringComparison.Ordinal);
        Assert.Contains("film.png written: 10 frames, 134 x 134 pixels", drawn.Output, StringComparison.Ordinal);
        Assert.Contains("3 clips written to three", drawn.Output, StringComparison.Ordinal);
        Assert.Equal(30, Directory.GetFiles(_runs["three"], "*.png", SearchOption.AllDirectories).Length);
        Assert.Equal(10, PngFrames.Decode(File.ReadAllBytes(_runs["film.png"])).Frames.Count);
        Assert.Equal(0, ProgramRun.ResearchKit(_runs.Path, null, "train", "mocogan-shapes", "--data", "three:clips", "--out", "own",
            "--steps", "1", "--set", "features=1", "--set", "batch=2", "--set", "frames=10", "--set", "channels=1",
            "--set", "scoreSamples=10").ExitCode);
        Fails(2, "--nearest is for images, and this generator makes clips: leave it out.", "shapes", "--grid", "x.png", "--nearest", "y");
        Fails(2, "--wav is for generators of sounds", "shapes", "--wav", "x.wav");
        Fails(2, "A grid or a film takes at most 256 clips, not 300; name fewer with --count.", "shapes", "--count", "300", "--film",
            "x.png");
        Assert.Contains("makes clips of 10 frames and not images", Metrics("shapes", "three").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_printed_or_written_and_scored_against_a_file()
    {
        Assert.Equal(0, ProgramRun.ResearchKit(_runs.Path, null, "train", "text-words", "--out", "words", "--steps", "1",
            "--set", "features=2", "--set", "batch=4", "--set", "samples=40", "--set", "scoreSamples=10").ExitCode);
        var printed = Sample("words", "--count", "5");
        Assert.Equal((0, ""), (printed.ExitCode, printed.Error));
        var lines = printed.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.All(lines, line => Assert.Matches("^[a-z∅]{0,12}$", line));
        Assert.Equal("new/five.txt written\n", Sample("words/generator.safetensors", "--count", "5", "--text", "new/five.txt").Output);
        Assert.Equal(lines, File.ReadAllLines(_runs["new/five.txt"]));
        Assert.Equal(lines[0], Sample("words", "--seeds", "0,1").Output.Split('\n')[0]);
        Fails(2, "are for images or sounds, and this generator makes text: leave them out", "words", "--grid", "x.png");
        Fails(2, "--text x.csv: it is written as TXT, so give it a name that ends in .txt.", "words", "--text", "x.csv");
        Assert.Equal(0, ProgramRun.ResearchKit(_runs.Path, null, "train", "ring8", "--out", "points", "--steps", "1").ExitCode);
        Fails(2, "--text is for generators of text, and this one makes others", "points/generator.safetensors", "--text", "x.txt");

        File.WriteAllLines(_runs["real.txt"], ["sun", "sea", "sky"]);
        var scored = Metrics("words", "real.txt", "--samples", "20", "--train", "real.txt");
        Assert.StartsWith("words, 20 lines (seed 2020), against real.txt, 3 lines\n", scored.Output, StringComparison.Ordinal);
        var same = Metrics("real.txt", "real.txt");
        Assert.Matches("\n +3 +0.0000\n +4 +1.0000\n", same.Output); // of no four characters
        Assert.Matches("\nin the real file +1.0000\n", same.Output);
        Assert.Contains("no intervals: a jackknife needs 40 lines of each set.\n", same.Output, StringComparison.Ordinal);
        File.WriteAllLines(_runs["many.txt"], Enumerable.Range(0, 40).Select(i => $"{i}"));
        Assert.EndsWith("of lines, for these counts of them.\nx.json written\n",
            Metrics("words", "many.txt", "--samples", "40", "--json", "x.json").Output, StringComparison.Ordinal);
        Assert.Contains("leave out --all and the metrics' names", Metrics("words", "real.txt", "--fid").Error,
            StringComparison.Ordinal);
        Assert.Contains("Text is scored against a text file: name one, as `metrics real.txt FILE.txt`.", Metrics("real.txt").Error,
            StringComparison.Ordinal);
        Assert.Contains("as `metrics words FILE.txt`.", Metrics("words").Error, StringComparison.Ordinal);
        Assert.Contains("points is no text file and makes no text", Metrics("points", "real.txt").Error, StringComparison.Ordinal);
    }

    public void Dispose() => _runs.Dispose();

    private ProgramRun Metrics(params string[] arguments) => ProgramRun.ResearchKit(_runs.Path, null, ["metrics", .. arguments]);

    private ProgramRun Sample(params string[] arguments) => ProgramRun.ResearchKit(_runs.Path, null, ["sample", .. arguments]);

    private void Fails(int exitCode, string problem, params string[] arguments) => Sample(arguments).IsOneSentence(exitCode, problem);
}
