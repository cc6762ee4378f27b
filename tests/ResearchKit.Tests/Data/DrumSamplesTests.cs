using ResearchKit.Data.Catalog;
using ResearchKit.Data.Sounds;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Data;

/// <summary>The set of drums, of stand-ins for the package's samples, and of these themselves where they are installed.</summary>
public sealed class DrumSamplesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_catalog_names_the_classes_and_their_number()
    {
        var set = DataCatalog.Find()[DrumSamples.Recipe];
        Assert.Equal(DrumSamples.Classes.Select(c => c.Class), set.Classes);
        var samples = DrumSamples.Classes.SelectMany(c => c.Samples).ToList();
        Assert.Equal(samples.Count, samples.Distinct().Count());
        Assert.StartsWith($"{samples.Count} drum strokes", set.Title, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_sample_goes_to_its_class_as_it_is_and_is_in_the_list_of_sums()
    {
        var samples = DrumSamples.Classes.SelectMany(c => c.Samples.Select(s => (c.Class, Sample: s))).ToList();
        foreach (var (i, (_, sample)) in samples.Index())
        {
            SoundFile.Write(_folder[$"decoded/{sample}.wav"], [i / 128f, -1f], 44_100);
        }

        DrumSamples.Sort(_folder["decoded"], _folder["set"]);
        foreach (var (i, (kind, sample)) in samples.Index())
        {
            Assert.Equal([i / 128f, -1f], SoundFile.Read(_folder[$"set/train/{kind}/{sample}.wav"], 44_100));
        }

        Assert.Equal(samples.Count, Directory.GetFiles(_folder["set"], "*.wav", SearchOption.AllDirectories).Length);
        Assert.Equal(samples.Count + 1, File.ReadAllLines(_folder["set/SHA256SUMS"]).Length); // and where they come from
        Assert.True(FileSums.IsRight(_folder["set/SHA256SUMS"]));
        SoundFile.Write(_folder["set/train/kick/another.wav"], [0.5f], 44_100);
        Assert.False(FileSums.IsRight(_folder["set/SHA256SUMS"]));
        Assert.Contains("CC0", File.ReadAllText(_folder["set/SOURCE.txt"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_that_is_not_there_is_one_sentence()
    {
        var error = await Assert.ThrowsAsync<DataFileException>(() =>
            DrumSamples.MakeAsync(new CatalogSource(_folder["none"], "the cure"), _folder["set"], _ => { }, CancellationToken.None));
        Assert.EndsWith("bd_808.flac: this sample, of which the set drums is made, is not installed (the cure).", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_packages_samples_give_what_the_catalog_says()
    {
        var set = DataCatalog.Find()[DrumSamples.Recipe];
        Assert.SkipUnless(Directory.Exists(set.Sources[0].Where), "the package sonic-pi-samples is not installed");
        try
        {
            await InstalledProgram.RunAsync("flac", ["--version"], "no", null, TestContext.Current.CancellationToken);
        }
        catch (DataFileException)
        {
            Assert.Skip("the program flac is not installed");
        }

        await DrumSamples.MakeAsync(set.Sources[0], _folder["set"], _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(set.Files[0].Sha256, DataCatalog.Sha256Of(_folder["set/SHA256SUMS"]));
        Assert.Equal(set.Files[0].Bytes, new DirectoryInfo(_folder["set"]).GetFiles("*", SearchOption.AllDirectories).Sum(f => f.Length));
    }
}
