using ResearchKit.Experiments.Options;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Options;

public sealed class PresetCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_preset_begins_with_the_options_of_its_base_and_changes_some()
    {
        var (narrow, paper) = (PresetCatalog.Find("sngan"), PresetCatalog.Find("sngan-cifar"));
        Assert.Equal((narrow.Options.Networks.Architecture, narrow.Options.Game.Loss, 0.0, 0.9),
            (paper.Options.Networks.Architecture, paper.Options.Game.Loss, paper.Options.Trainer.Beta1, paper.Options.Trainer.Beta2.At(1)));
        Assert.Equal((48, null, 5), (narrow.Options.Networks.Features, paper.Options.Networks.Features,
            paper.Options.Trainer.DiscriminatorSteps));
        Assert.Equal(("FID", 16.77), (paper.Published[0].Score, paper.Published[0].Mean));
        Assert.Empty(narrow.Published);
    }

    [Theory]
    [InlineData("""{ "title": "x", "base": "nobody", "options": {} }""", "no such preset file")]
    [InlineData("""{ "title": "x", "base": "sngan-cifar", "options": {} }""", "its base sngan-cifar has a base itself")]
    [InlineData("""{ "title": "x", "base": "sngan", "options": { "loss": "hinge", "lr": 1 } }""", "lr")]
    [InlineData("""{ "title": "x", "options": {}, "published": [{ "score": "FID", "mean": 2 }] }""", "source")]
    public void A_wrong_one_is_told(string json, string problem)
    {
        File.WriteAllText(_folder["mine.json"], json);
        var error = Assert.Throws<DataFileException>(() => PresetCatalog.Find(_folder["mine.json"]));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }
}
