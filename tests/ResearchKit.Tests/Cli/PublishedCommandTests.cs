using System.Text.Json.Nodes;
using ResearchKit.Experiments.Protocols;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public sealed class PublishedCommandTests
{
    [Fact]
    public void The_table_of_the_README_is_what_the_command_prints()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md")).ReplaceLineEndings("\n");
        const string Command = "researchkit published --done --score modes --markdown";
        Assert.Contains($"`{Command}`", readme, StringComparison.Ordinal);
        var printed = Run(Command.Split(' ')[1..]);
        Assert.Equal(6, printed.Split('\n').Count(line => line.StartsWith("| `", StringComparison.Ordinal)));
        Assert.Contains(printed.Trim(), readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_row_is_printed_and_written()
    {
        using var folder = new TemporaryFolder();
        var rows = PublishedRows.All();
        Assert.EndsWith($"{rows.Count} published numbers of {rows.Select(r => r.Protocol).Distinct().Count()} protocols: ours stand " +
            $"beside {rows.Count(r => r.NotRun is null)}, {rows.Count(r => r.NotRun is not null)} were not run.\n", Run("published"),
            StringComparison.Ordinal);
        Run("published", "ring8-exact", "--json", folder["rows.json"]);
        var written = JsonNode.Parse(File.ReadAllText(folder["rows.json"]))!.AsArray();
        Assert.Equal(rows.Count(r => r.Protocol == "collapse-ring8-exact"), written.Count);
        Assert.Equal((6.3, "researchkit collapse ring8 --form exact --out DIR"),
            ((double)written[0]!["published"]!["mean"]!, (string)written[0]!["command"]!));
    }

    [Fact]
    public void Rows_that_were_measured_elsewhere_stand_in_place_of_those_that_are_kept()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["gpu.json"], """
            {
              "machine": {"gpu": "a card"},
              "rows": {
                "collapse-ring8-exact": [
                  {
                    "seed": 0, "seconds": 60, "machine": "16 x X64, cuda:0", "changed": "device=cuda:0", "scores": {"modes": 6},
                    "setting": "GAN"
                  },
                  {
                    "seed": 1, "seconds": 120, "machine": "16 x X64, cuda:0", "changed": "device=cuda:0", "scores": {"modes": 8},
                    "setting": "GAN"
                  }
                ]
              }
            }
            """);
        var printed = Run("published", "--done", "--score", "modes", "--markdown", "--measured", folder["gpu.json"]).Split('\n');
        Assert.Single(printed, line => line.StartsWith("| `collapse-ring8-exact` | GAN | modes | 6.3 ± 0.5 | 7.0 ± 1.0 (seeds 0, 1) |",
            StringComparison.Ordinal));
        Assert.Equal(7, printed.Count(line => line.StartsWith("| `", StringComparison.Ordinal))); // and those that are kept
        Assert.Contains("16 x X64, cuda:0", Run("published", "ring8-exact", "--measured", folder["gpu.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_rows_of_a_measured_file_are_what_presets_collect_writes()
    {
        using var folder = new TemporaryFolder();
        const string Preset = "collapse-ring8-quick";
        Run("presets", "collect", Preset, Path.Combine("notebooks", "sweeps", "10-ring8.csv"), "--json", folder["rows.json"]);
        var rows = JsonNode.Parse(File.ReadAllText(folder["rows.json"]))!.AsArray();
        Assert.Equal(80, rows.Count);
        rows[0]!["scores"]!["modes"] = 5; // of GAN, seed 0
        File.WriteAllText(folder["gpu.json"], new JsonObject { ["rows"] = new JsonObject { [Preset] = rows } }.ToJsonString());
        Assert.Contains("| GAN | modes | 6.3 ± 0.5 | 7.70 ± 0.30 (seeds 0..9) |",
            Run("published", Preset, "--markdown", "--measured", folder["gpu.json"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("it cannot be read", null)]
    [InlineData("it is no JSON, or has not the rows", "{")]
    [InlineData("it is no JSON, or has not the rows", "[]")]
    [InlineData("it has not the rows", "{}")]
    [InlineData("its rows are of 'ring9', which is no preset of the kit", """{"rows": {"ring9": []}}""")]
    [InlineData("a row has no scores", """{"rows": {"ring8": [{"seed": 0, "changed": ""}]}}""")]
    [InlineData("a row has no scores", """{"rows": {"ring8": [null]}}""")]
    [InlineData("its rows of collapse-ring8-exact have the setting 'GAM', which the preset has not",
        """{"rows": {"collapse-ring8-exact": [{"seed": 0, "changed": "", "scores": {}, "setting": "GAM"}]}}""")]
    public void A_measured_file_that_is_none_is_told_in_a_sentence(string problem, string? text)
    {
        using var folder = new TemporaryFolder();
        if (text is not null)
        {
            File.WriteAllText(folder["gpu.json"], text);
        }

        var run = ProgramRun.ResearchKit(Repository.Root, null, "published", "--measured", folder["gpu.json"]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"error: {folder["gpu.json"]}: {problem}", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Trim().Split('\n'));
    }

    [Theory]
    [InlineData("There is no protocol 'ring9' with a published number; there are ", "ring9")]
    [InlineData("There is no score 'FIX' with a published number; there are ", "--score", "FIX")]
    public void An_unknown_name_is_told(string problem, params string[] line)
    {
        var run = ProgramRun.ResearchKit(Repository.Root, null, ["published", .. line]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    private static string Run(params string[] line)
    {
        var run = ProgramRun.ResearchKit(Repository.Root, null, line);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Output.ReplaceLineEndings("\n");
    }
}
