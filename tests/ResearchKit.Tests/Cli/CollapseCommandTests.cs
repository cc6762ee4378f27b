using System.Text.Json.Nodes;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public sealed class CollapseCommandTests : IDisposable
{
    private const string Protocol = """
        {
          "title": "a ring, in <no> time",
          "protocol": {
            "form": "quick", "source": "a paper", "tunedOn": "100..101", "reportedOn": "0..1", "deviations": ["it is much too short"],
            "published": { "GAN": { "modes": { "mean": 6.3, "error": 0.5, "runs": 10 } } }
          },
          "options": {
            "data": "ring8", "features": 8, "latent": 2, "normalization": "None", "batch": 16, "steps": 30, "samples": 1000,
            "scoreSamples": 500
          },
          "variants": { "GAN": {}, "PacGAN 2": { "pack": 2, "batch": 32 } }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void It_trains_every_method_and_leaves_table_manifest_and_page_and_does_nothing_twice()
    {
        File.WriteAllText(_folder["own.json"], Protocol);
        var first = Collapse("own.json", "--out", "out");
        Assert.Equal(0, first.ExitCode);
        Assert.Contains("GAN: 30 steps at ", first.Error, StringComparison.Ordinal);
        Assert.Contains("in all; it can be interrupted, and the same command goes on", first.Error, StringComparison.Ordinal);
        Assert.Contains("| method | runs | all modes [95 %] | modes | modes: published |", first.Output, StringComparison.Ordinal);
        Assert.Contains("| PacGAN 2 | 2 |", first.Output, StringComparison.Ordinal);
        Assert.Contains("- it is much too short", first.Output, StringComparison.Ordinal);
        Assert.Equal(first.Output, File.ReadAllText(_folder["out/table.md"]));

        var manifest = JsonNode.Parse(File.ReadAllText(_folder["out/manifest.json"]))!;
        Assert.Equal(("100..101", "0..1", "[0,1]"),
            ((string?)manifest["tunedOn"], (string?)manifest["reportedOn"], manifest["seeds"]!.ToJsonString()));
        Assert.Equal(64, ((string)manifest["methods"]!["PacGAN 2"]!["configuration"]!).Length);

        var page = File.ReadAllText(_folder["out/report.html"]);
        Assert.Contains("<h1>a ring, in &lt;no&gt; time</h1>", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("data:image/png;base64,").Length - 1);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal); // it needs nothing else

        var written = File.GetLastWriteTimeUtc(_folder["out/GAN/seed-0/generator.safetensors"]);
        var second = Collapse("own.json", "--out", "out");
        Assert.Equal((0, first.Output), (second.ExitCode, second.Output));
        Assert.Contains("4 done already", second.Error, StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(_folder["out/GAN/seed-0/generator.safetensors"]));
    }

    [Fact]
    public void A_method_and_seeds_can_be_chosen_and_the_cost_alone_trains_nothing()
    {
        File.WriteAllText(_folder["own.json"], Protocol);
        var cost = Collapse("own.json", "--out", "out", "--cost");
        Assert.Equal(0, cost.ExitCode);
        Assert.Contains("about ", cost.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));

        var anywhere = Collapse("own.json", "--cost", "--form", "quick");
        Assert.Equal(0, anywhere.ExitCode);
        Assert.Matches("^GAN: 30 steps at .* a run, 2 runs ", anywhere.Error); // nothing is done yet
        Assert.Equal([_folder["own.json"]], Directory.GetFileSystemEntries(_folder.Path));

        var chosen = Collapse("own.json", "--out", "out", "--method", "PacGAN 2", "--seeds", "3");
        Assert.Equal(0, chosen.ExitCode);
        Assert.Equal([_folder["out/PacGAN-2/seed-3"]], Directory.GetDirectories(_folder["out"], "seed-*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Without_a_protocol_they_are_listed_with_their_methods()
    {
        var list = Collapse();
        Assert.Equal(0, list.ExitCode);
        Assert.Contains("methods: GAN; PacGAN 2; PacGAN 3; PacGAN 4", list.Output, StringComparison.Ordinal);
        Assert.Contains("RpGAN + R1 + R2", list.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"tunedOn\": \"100..101\"", "\"tunedOn\": \"some\"", "Its tunedOn is 'some'; it must be seeds like 0..9")]
    [InlineData("\"error\": 0.5", "\"error\": -1", "What is published of 'GAN' is not as it must be")]
    [InlineData("\"runs\": 10", "\"runs\": 0", "What is published of 'GAN' is not as it must be")]
    [InlineData("\"modes\": {", "\"mode\": {", "The score 'mode' is published of 'GAN', and its runs take no such score; they take " +
        "modes, highQuality, withinSixSigma, offModeMass, reverseKl.")]
    [InlineData("\"source\": \"a paper\", ", "", "The protocol is not as it must be (form, source, deviations")]
    [InlineData("\"form\": \"quick\"", "\"form\": \"short\"", "Its form is 'short'")]
    public void A_protocol_that_is_wrong_is_one_sentence(string part, string wrong, string problem)
    {
        Assert.Contains(part, Protocol, StringComparison.Ordinal);
        File.WriteAllText(_folder["own.json"], Protocol.Replace(part, wrong, StringComparison.Ordinal));
        Collapse("own.json", "--out", "x").IsOneSentence(1, problem);
    }

    [Fact]
    public void A_form_that_a_file_does_not_have_is_refused()
    {
        File.WriteAllText(_folder["own.json"], Protocol);
        Collapse("own.json", "--out", "x", "--form", "exact")
            .IsOneSentence(2, "own.json has the form 'quick', not 'exact': leave --form away, or name the form that it has.");
        File.WriteAllText(_folder["own.json"], Protocol.Replace("\"form\": \"quick\"", "\"form\": \"exact\"", StringComparison.Ordinal));
        Collapse("own.json", "--out", "x", "--form", "quick").IsOneSentence(2, "own.json has the form 'exact', not 'quick'");
        Collapse("own.json", "--out", "x", "--collect").IsOneSentence(1, "runs are missing"); // without one it has its own
    }

    [Theory]
    [InlineData(2, "There is no protocol 'ring9'", "ring9", "--out", "x")]
    [InlineData(2, "has no variant 'VEEGAN'; it has GAN;", "ring8", "--out", "x", "--method", "VEEGAN")]
    [InlineData(2, "--out is missing", "ring8")]
    [InlineData(2, "--out is missing", "ring8", "--collect")]
    [InlineData(2, "must go upwards", "ring8", "--out", "x", "--seeds", "4..0")]
    [InlineData(2, "name one", "ring8", "--out", "x", "--cost", "--collect")]
    [InlineData(2, "'long'", "ring8", "--out", "x", "--form", "long")]
    [InlineData(1, "no such preset file", "gone.json", "--out", "x")]
    [InlineData(1, "runs are missing", "ring8", "--out", "x", "--collect")]
    public void Wrong_lines_are_one_sentence(int exitCode, string problem, params string[] arguments) =>
        ProgramRun.ResearchKit(_folder.Path, null, ["collapse", .. arguments]).IsOneSentence(exitCode, problem);

    public void Dispose() => _folder.Dispose();

    private ProgramRun Collapse(params string[] arguments) => ProgramRun.ResearchKit(_folder.Path, null, ["collapse", .. arguments]);
}
