using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Protocols;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Tests.Experiments.Protocols;

public sealed class PublishedRowsTests
{
    [Fact]
    public void Every_published_number_of_every_protocol_has_a_row_with_ours_or_the_reason_why_not()
    {
        var rows = PublishedRows.All();
        Assert.True(rows.Count >= 25, $"{rows.Count} rows");
        var presets = PresetCatalog.All().Where(p => p.Published.Count > 0 || p.Protocol is not null).ToList();
        Assert.Equal(presets.Select(p => p.Name), rows.Select(r => r.Protocol).Distinct());
        Assert.All(presets, p => Assert.Equal(p.Published.Count + (p.Protocol?.Published.Values.Sum(v => v.Count) ?? 0),
            rows.Count(r => r.Protocol == p.Name)));
        Assert.All(rows, r =>
        {
            Assert.True(r.Ours.Values.Count > 0 == r.NotRun is null, $"{r.Protocol}, {r.Method}, {r.Score}");
            Assert.Equal(r.Ours.Values.Count, r.Seeds.Count);
            Assert.True(r.Source.Length > 5 && r.Runs >= 1 && r.Steps >= 1000, r.Protocol);
            Assert.StartsWith("researchkit ", r.Command, StringComparison.Ordinal);
        });
        Assert.Contains(rows, r => r is { Protocol: "collapse-ring8-quick", Method: "GAN", Score: "modes", Published.Mean: 6.3,
            Ours.Mean: 8, Seeds.Count: 10, Difference: null });
        Assert.All(PublishedTable.Text(rows).Split('\n'), line => Assert.True(line.Length <= 120, line));
    }

    [Fact]
    public void An_exact_form_that_was_run_has_Welchs_interval_its_machine_and_its_time()
    {
        var row = Of(PresetProtocol.Exact, [Run(0, 6, 60), Run(1, 7, 120), Run(2, 8, 180)])[0];
        var (low, high) = row.Difference!.Value;
        Assert.Equal(-2.254, low, 1e-3); // 0.7 ± 2.954, by scipy's t of 5.444 degrees
        Assert.Equal(3.654, high, 1e-3);
        Assert.Equal(("2 x X64", 2.0, null, "[-2.254, 3.654]"), (row.Machine, row.Minutes, row.NotRun, row.DifferenceText));
        Assert.Equal("| `p` | GAN | modes | 6.3 ± 0.5 | 7.00 ± 0.58 (seeds 0..2) | [-2.254, 3.654] | 2 min |",
            PublishedTable.Markdown([row]).Split('\n')[2]);
        Assert.Equal("no error given", Of(PresetProtocol.Exact, [Run(0, 6, null)])[0].DifferenceText); // one run
    }

    [Fact]
    public void A_quick_form_has_no_difference_and_says_why()
    {
        var row = Of(PresetProtocol.Quick, [Run(0, 6, null), Run(1, 7, null)])[0];
        Assert.Equal((null, null, null), (row.Difference, row.Minutes, row.Machine));
        Assert.Contains("A quick form: other networks and budget, so no difference is told.", PublishedTable.Markdown([row]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_not_run_says_why_and_what_it_would_cost()
    {
        var rows = Of(PresetProtocol.Exact, []);
        Assert.Equal("it takes long on a CPU", rows[0].NotRun);
        Assert.Equal(TimeSpan.FromHours(1), rows[0].Cost); // 36,000 steps of 0.1 s
        Assert.Equal("about 60 min", rows[0].Time);
        Assert.Equal(4, rows[0].Runs); // seeds 0..3
        Assert.Equal(("not timed", null), (rows[1].Time, rows[1].Cost));
        Assert.Equal("its runs that are kept were made before they took this score",
            Of(PresetProtocol.Exact, [new MeasuredRun(0, 1, "m", "", new Dictionary<string, double>(), "GAN")])[0].NotRun);
        Assert.Equal("it needs a GPU and data that do not ship with the kit (FOLDER)", Why("sagan-128"));
        Assert.Equal("it needs a GPU and data that do not ship with the kit (`researchkit data fetch cifar-10`)", Why("sngan-cifar"));
        Assert.Equal("it needs data that do not ship with the kit (`researchkit data fetch mnist`)", Why("collapse-stacked-digits-exact"));

        string? Why(string name) => PublishedRows.Of(PresetCatalog.Find(name), [], [])[0].NotRun;
    }

    private static MeasuredRun Run(long seed, double modes, double? seconds) =>
        new(seed, seconds, seconds is null ? null : "2 x X64", "", new Dictionary<string, double> { ["modes"] = modes }, "GAN");

    private static IReadOnlyList<PublishedRow> Of(string form, IReadOnlyList<MeasuredRun> runs)
    {
        var published = new Dictionary<string, IReadOnlyDictionary<string, PublishedValue>>
        {
            ["GAN"] = new Dictionary<string, PublishedValue> { ["modes"] = new(6.3, 0.5, 10) },
            ["other"] = new Dictionary<string, PublishedValue> { ["modes"] = new(7.6, From: "VEEGAN") },
        };
        var protocol = new PresetProtocol(form, "a paper, table 1", ["fewer steps"], published, null, "0..3");
        var options = new ExperimentOptions().With("data=ring8", "normalization=None", "steps=36000");
        return PublishedRows.Of(
            new Preset("p", "", options, [new SweepSetting("GAN", []), new SweepSetting("other", ["loss=hinge"])], protocol), runs,
            [new StepCost(0.1, "2 x X64", "threads=1", "GAN")]);
    }
}
