using ResearchKit.Data.Catalog;
using ResearchKit.Data.Sounds;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Data;

/// <summary>The set of spoken digits, by a stand-in for eSpeak NG, and by the program itself where it is installed.</summary>
public sealed class SpokenDigitsTests : IDisposable
{
    // Writes what it is told: its arguments are "-v VOICE -p PITCH -s SPEED -z -w FILE WORD".
    private const string Writes =
        "[ $1 = --version ] && echo 'eSpeak NG text-to-speech: 1.99  Data at: /x' || echo \"$2 $4 $6 ${10}\" > \"$9\"";

    private static readonly IReadOnlyList<Utterance> Few = [.. SpokenDigits.All.Where((_, i) => i % 500 == 0)];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Utterances_are_those_that_the_catalog_counts()
    {
        var (set, all) = (DataCatalog.Find()[SpokenDigits.Recipe], SpokenDigits.All);
        Assert.Equal(SpokenDigits.Words, set.Classes);
        Assert.Equal(all.Count, all.Select(u => u.File).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(set.Splits.Keys.Order(), all.Select(u => u.Part).Distinct().Order());
        Assert.Contains($"{Voices("train")} voices ({all.Count(u => u.Part == "train"):N0} WAV files) for training and " +
            $"{Voices("test")} others ({all.Count(u => u.Part == "test")}) for testing", set.Title, StringComparison.Ordinal);
        Assert.Single(all.GroupBy(u => u.Word).Select(g => g.Count()).Distinct()); // as many of each word

        int Voices(string part) => all.Where(u => u.Part == part).Select(u => u.Voice).Distinct().Count();
    }

    [Fact]
    public void No_voice_is_in_both_parts() => Assert.Empty(SpokenDigits.All.Where(u => u.Part == "train").Select(u => u.Voice)
        .Intersect(SpokenDigits.All.Where(u => u.Part == "test").Select(u => u.Voice), StringComparer.OrdinalIgnoreCase));

    [Fact]
    public async Task Each_word_is_spoken_into_its_folder_and_the_version_is_beside()
    {
        await MakeAsync(Writes);
        foreach (var u in Few)
        {
            Assert.Equal($"{u.Accent}+{u.Voice} {u.Pitch} {u.Speed} {u.Word}", File.ReadAllText(_folder[$"set/{u.File}"]).Trim());
            Assert.Equal((u.Part, u.Word), (u.File.Split(Path.DirectorySeparatorChar)[0], u.File.Split(Path.DirectorySeparatorChar)[1]));
        }

        Assert.Contains("eSpeak NG 1.99: synthetic", File.ReadAllText(_folder["set/SOURCE.txt"]), StringComparison.Ordinal);
        Assert.Equal(Few.Count + 1, File.ReadAllLines(_folder["set/SHA256SUMS"]).Length);
    }

    [Theory]
    [InlineData("echo unknown", "this program does not say its version as eSpeak NG does; install that (the cure).")]
    [InlineData("[ $1 = --version ] && echo 1.5 || { echo 'no such voice' >&2; exit 1; }", ".wav: no such voice")]
    [InlineData("[ $1 = --version ] && echo 1.5 || exit 0", ".wav: it does not say why")]
    [InlineData("[ $1 = --version ] && echo 1.5 || echo same > \"$9\"", "alike, so that one utterance would count twice; install another")]
    public async Task What_the_program_cannot_do_is_one_sentence(string script, string problem)
    {
        var error = await Assert.ThrowsAsync<DataFileException>(() => MakeAsync(script));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_itself_speaks_in_different_voices()
    {
        var source = DataCatalog.Find()[SpokenDigits.Recipe].Sources[0];
        try
        {
            await SpokenDigits.MakeAsync(source, Few, _folder["set"], _ => { }, TestContext.Current.CancellationToken);
        }
        catch (DataFileException e) when (e.Message.Contains("could not be started", StringComparison.Ordinal))
        {
            Assert.Skip("the program espeak-ng is not installed");
        }

        foreach (var u in Few)
        {
            var sound = SoundFile.Read(_folder[$"set/{u.File}"], 16_000);
            Assert.InRange(sound.Length, 0.2 * 16_000, 1.0 * 16_000);
            Assert.InRange(sound.Max(MathF.Abs), 0.05f, 1f);
        }
    }

    private Task MakeAsync(string script) => SpokenDigits.MakeAsync(
        new CatalogSource(StandIn.Write(_folder["bin/espeak-ng"], script), "the cure"), Few, _folder["set"], _ => { },
        TestContext.Current.CancellationToken);
}
