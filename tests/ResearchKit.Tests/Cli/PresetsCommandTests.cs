using ResearchKit.Experiments.Options;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public class PresetsCommandTests
{
    [Fact]
    public void Lists_every_preset_with_the_command_that_runs_it_and_what_was_published()
    {
        var all = ProgramRun.ResearchKit(Repository.Root, null, "presets").Output.Split("\n\n");
        Assert.Equal(PresetCatalog.All().Select(p => p.Name),
            all.Select(text => text.Trim().Split('\n')[0]).Where(name => name.Length > 0));
        var papers = ProgramRun.ResearchKit(Repository.Root, null, "presets", "--papers").Output;
        Assert.Contains("published: FID 16.77", papers, StringComparison.Ordinal);
        Assert.Contains("researchkit train r3gan-ffhq-64 --data FOLDER --out DIR", papers, StringComparison.Ordinal);
        Assert.DoesNotContain("dcgan-faces", papers, StringComparison.Ordinal);
        Assert.Contains(all, text => text.Contains("researchkit sweep stability --seeds 0..4 --out DIR", StringComparison.Ordinal));
        Assert.Contains(all,
            text => text.Contains("researchkit collapse unrolled-digits --form exact --out DIR", StringComparison.Ordinal));
    }
}
