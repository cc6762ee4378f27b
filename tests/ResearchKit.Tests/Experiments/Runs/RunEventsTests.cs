using System.Text.Json;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Support;
using SkiaSharp;

namespace ResearchKit.Tests.Experiments.Runs;

public sealed class RunEventsTests : IDisposable
{
    private static readonly ExperimentOptions Small = new ExperimentOptions().With("data=fashion-mnist-small:train", "samples=32",
        "features=4", "latent=8", "batch=8", "steps=12", "logEvery=2", "checkpointEvery=4", "gridEvery=4");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Events_are_the_log_and_the_grids()
    {
        var run = RunFolder.Create(_folder["run"], Small);
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        _ = ExperimentRun.Train(run).Count();
        var events = EventFile.Folder(_folder["run/events"]);
        Assert.Equal(Logged(run), Scalars(events));
        Assert.All(events, e => Assert.InRange(e.Time, before, DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
        Assert.Equal([4L, 8, 12], events.Where(e => e.Tag == "samples").Select(e => e.Step));
        foreach (var picture in events.Where(e => e.Tag == "samples"))
        {
            using var expected = SKBitmap.Decode(run.Grid(picture.Step));
            using var actual = SKBitmap.Decode(picture.Picture);
            Assert.Equal(expected.Pixels, actual.Pixels);
        }
    }

    [Fact]
    public void A_resumed_run_has_no_event_twice_and_none_that_was_undone()
    {
        var run = RunFolder.Create(_folder["run"], Small);
        _ = ExperimentRun.Train(run).Take(7).Count(); // the last checkpoint is of step 4
        var file = Assert.Single(Directory.GetFiles(_folder["run/events"]));
        var first = EventFile.Folder(_folder["run/events"]);
        File.AppendAllBytes(file, File.ReadAllBytes(file)[..20]);

        _ = ExperimentRun.Train(RunFolder.Open(_folder["run"])).Count();
        var events = EventFile.Folder(_folder["run/events"]);
        Assert.Equal(Logged(run), Scalars(events));
        Assert.Equal([4L, 8, 12], events.Where(e => e.Tag == "samples").Select(e => e.Step));
        // with their times
        Assert.Equal(first.Where(e => e.Step <= 4 && e.Picture is null), events.Where(e => e.Step <= 4 && e.Picture is null));
    }

    [Fact]
    public void A_damaged_record_takes_itself_and_what_follows_away()
    {
        var run = RunFolder.Create(_folder["run"], Small);
        _ = ExperimentRun.Train(run).Count();
        var file = Assert.Single(Directory.GetFiles(_folder["run/events"]));
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
        run.Events.CutAfter(12);
        var left = EventFile.Folder(_folder["run/events"]); // fails on a wrong checksum
        Assert.InRange(left.Count, 1, Logged(run).Count - 1);
        run.Events.CutAfter(0);
        Assert.Empty(Directory.GetFiles(_folder["run/events"]));
    }

    public void Dispose() => _folder.Dispose();

    private static List<(string, long, float)> Scalars(IEnumerable<EventFile.Entry> events) =>
        [.. events.Where(e => e.Picture is null).Select(e => (e.Tag, e.Step, e.Number))];

    private static List<(string, long, float)> Logged(RunFolder run) =>
    [
        .. File.ReadLines(Path.Combine(run.Path, "log.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .SelectMany(line => line.EnumerateObject().Where(p => p.Name != "step")
                .Select(p => (p.Name, line.GetProperty("step").GetInt64(), (float)p.Value.GetDouble()))),
    ];
}
