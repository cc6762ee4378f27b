using System.Text.Json.Nodes;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

public sealed class LatencyCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Prints_and_keeps_a_row_for_each_case()
    {
        var run = Latency("pretrained:clothes", "--batch", "2,1", "--threads", "1", "--precision", "full,BFloat16", "--ways",
            "plain,folded,all", "--seconds", "0.01", "--json", "a/rows.json", "--outputs", "a/drawn.safetensors");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"^\w+.*, \d+ cores; libtorch \d", run.Output);
        var rows = JsonNode.Parse(File.ReadAllText(_folder["a/rows.json"]))!["rows"]!.AsArray();
        Assert.Equal(2 * 2 * 3, rows.Count);
        Assert.Equal(["plain", "folded", "folded+dense+channels-last"], rows.Take(3).Select(r => (string)r!["way"]!));
        Assert.Equal(rows.Count, run.Output.Split("\npretrained:clothes  1 x 28 x 28 ").Length - 1);
        using var drawn = SafetensorsFile.Read(_folder["a/drawn.safetensors"]);
        Assert.Equal(["folded", "folded+dense+channels-last", "labels", "plain", "z"], drawn.Names.Order(StringComparer.Ordinal));
        foreach (var way in (string[])["folded", "folded+dense+channels-last"])
        {
            TensorAssert.Near(drawn["plain"], drawn[way], 1e-5, way);
        }
    }

    [Fact]
    public void Networks_by_name_have_fresh_weights_and_sounds_their_seconds()
    {
        var run = Latency("mlp", "wavegan", "--batch", "1", "--threads", "1", "--seconds", "0.01", "--ways", "plain,folded", "--json",
            "rows.json");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("mlp: fresh weights, which are as fast as trained ones", run.Output, StringComparison.Ordinal);
        Assert.Contains("wavegan: folded changes nothing in this WaveGanGenerator, and is left out", run.Output, StringComparison.Ordinal);
        var rows = JsonNode.Parse(File.ReadAllText(_folder["rows.json"]))!["rows"]!.AsArray();
        Assert.Equal(["mlp", "wavegan"], rows.Select(r => (string)r!["generator"]!));
        Assert.Null(rows[0]!["soundPerSecond"]);
        Assert.Equal((double)rows[1]!["samplesPerSecond"]! * 16384 / 16000, (double)rows[1]!["soundPerSecond"]!, 1e-6);
    }

    [Theory]
    [InlineData(2, "--batch must be whole numbers from 1 to 65536, with commas between them, not '1,x'.", "--batch", "1,x")]
    [InlineData(2, "--threads must be whole numbers from 1 to 256 or all, with commas between them, not '0'.", "--threads", "0")]
    [InlineData(2, "There is no precision 'half'; there are Full, TensorFloat32, BFloat16.", "--precision", "half")]
    [InlineData(2, "There is no way 'quick'; there are plain, folded, dense, channels-last and all.", "--ways", "plain,folded+quick")]
    [InlineData(2, "--seconds must be a number above 0, at most 3600, not 0.", "--seconds", "0")]
    [InlineData(2, "cyclegan translates images, and draws none from z", "cyclegan")]
    [InlineData(1, "there is no such run and no such file; name one, pretrained:NAME, or a network: mlp, dcgan,", "nothing")]
    [InlineData(1, "generator ships with", "pretrained:cats")]
    [InlineData(1, "these generators translate images, and draw none from z", "pretrained:sketches")]
    public void A_wrong_line_is_one_sentence(int exitCode, string problem, params string[] line) =>
        Latency(line).IsOneSentence(exitCode, problem);

    [Fact]
    public void An_interrupt_ends_it_and_keeps_the_rows()
    {
        Signals.Require();
        var run = ProgramRun.ResearchKit(_folder.Path, null, process =>
        {
            Assert.False(process.WaitForExit(TimeSpan.FromSeconds(8)));
            Signals.Send(process, Signals.Interrupt);
        }, ["latency", "mlp", "--batch", string.Join(',', Enumerable.Range(1, 60)), "--ways", "plain", "--threads", "1", "--seconds", "1",
            "--json", "rows.json"]);
        Assert.Equal(130, run.ExitCode);
        Assert.Contains("interrupted", run.Error, StringComparison.Ordinal);
        Assert.InRange(JsonNode.Parse(File.ReadAllText(_folder["rows.json"]))!["rows"]!.AsArray().Count, 1, 59);
    }

    public void Dispose() => _folder.Dispose();

    private ProgramRun Latency(params string[] arguments) => ProgramRun.ResearchKit(_folder.Path, null, ["latency", .. arguments]);
}
