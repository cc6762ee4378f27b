using System.Globalization;
using System.Text.RegularExpressions;
using ResearchKit.Files;

namespace ResearchKit.Data.Catalog;

/// <summary>Makes the set <c>spoken-digits</c>: the words zero to nine, spoken by the speech synthesizer eSpeak NG in many voices, two
/// accents, three pitches and two speeds.</summary>
/// <remarks>The speech is synthetic, made of formants by rules: easier than recordings of people, and no measure of what a network makes of
/// these. The list of utterances is fixed; another version of the program may speak them otherwise. No voice is in both parts.</remarks>
internal static partial class SpokenDigits
{
    /// <summary>What the catalog calls this way to make a set.</summary>
    public const string Recipe = "spoken-digits";

    /// <summary>The words, which are the classes.</summary>
    public static IReadOnlyList<string> Words { get; } = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    // Variants of eSpeak NG since 1.50 that differ in their formants and not by an effect; no whisper, no robot.
    private static readonly string[] TrainVoices = ["m1", "m2", "m3", "m4", "m5", "m7", "f1", "f2", "f4", "f5", "Alex", "Alicia", "Annie",
        "Gene", "Jacky", "Lee", "Mario", "Michael", "adam", "boris", "ed", "max", "robert", "steph"];

    private static readonly string[] TestVoices = ["m6", "f3", "Andy", "belinda", "david", "zac"];
    private static readonly string[] Accents = ["en-us", "en-gb-x-rp"]; // en-gb has one voice only: it ignores the variant
    private static readonly int[] Pitches = [35, 50, 65];
    private static readonly int[] Speeds = [140, 175];

    private const string Missing = "this program could not be started, and it speaks the digits; install it";

    /// <summary>Every utterance.</summary>
    public static IReadOnlyList<Utterance> All { get; } =
    [
        .. from part in new[] { (Name: "train", Voices: TrainVoices), (Name: "test", Voices: TestVoices) }
           from word in Words
           from accent in Accents
           from voice in part.Voices
           from pitch in Pitches
           from speed in Speeds
           select new Utterance(part.Name, word, accent, voice, pitch, speed),
    ];

    /// <summary>Makes the set's files.</summary>
    /// <param name="source">How the program can be had; <see cref="CatalogSource.Where"/> is its name.</param>
    /// <param name="folder">Where the set goes: a folder a word below <c>train</c> and <c>test</c>, and the list of sums.</param>
    /// <param name="report">Told what happens.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="DataFileException">The program is not there, has not all the voices, or cannot speak.</exception>
    public static Task MakeAsync(CatalogSource source, string folder, Action<string> report, CancellationToken cancellation) =>
        MakeAsync(source, All, folder, report, cancellation);

    /// <summary>Makes some of them.</summary>
    internal static async Task MakeAsync(CatalogSource source, IReadOnlyList<Utterance> utterances, string folder, Action<string> report,
        CancellationToken cancellation)
    {
        var (program, missing) = (source.Where, $"{Missing} ({source.Hint}).");
        var about = (await InstalledProgram.RunAsync(program, ["--version"], missing, folder: null, cancellation).ConfigureAwait(false))
            .Output;
        var version = VersionNumber().Match(about) is { Success: true } m ? m.Value : throw new DataFileException(program,
            $"this program does not say its version as eSpeak NG does; install that ({source.Hint}).");
        report($"{utterances.Count} utterances: spoken by eSpeak NG {version}");
        await Parallel.ForEachAsync(utterances, new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation,
        }, async (utterance, stop) =>
        {
            var file = Path.Combine(folder, utterance.File);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var (code, _, error) = await InstalledProgram.RunAsync(program, utterance.Arguments(file), missing, folder: null, stop)
                .ConfigureAwait(false);
            if (code != 0 || !File.Exists(file))
            {
                throw new DataFileException(program, $"this program could not speak {utterance.File}: {InstalledProgram.Complaint(error)}");
            }
        }).ConfigureAwait(false);
        File.WriteAllText(Path.Combine(folder, "SOURCE.txt"), About(version).ReplaceLineEndings("\n"));
        if (FileSums.Write(folder).GroupBy(f => f.Sum).FirstOrDefault(g => g.Count() > 1)?.ToList() is [var one, var same, ..])
        {
            throw new DataFileException(program, $"eSpeak NG {version} speaks {one.Name} and {same.Name} alike, so that one " +
                $"utterance would count twice; install another version with all its voices ({source.Hint}).");
        }
    }

    // It is in the list of sums, and so in the SHA-256 that the catalog has of that.
    private static string About(string version) =>
        $"""
        The words zero to nine, spoken by the speech synthesizer eSpeak NG {version}: synthetic speech, not recordings of speakers.
        Made by `researchkit data fetch spoken-digits`: voices, accents, pitches and speeds stand in the files' names; the voices
        of test are not in train. The program is under the GPL 3 or later; it is not part of ResearchKit.

        """;

    [GeneratedRegex(@"\d+\.\d+\S*")]
    private static partial Regex VersionNumber();
}

/// <summary>One word as it is spoken once.</summary>
/// <param name="Part"><c>train</c> or <c>test</c>.</param>
/// <param name="Word">The word.</param>
/// <param name="Accent">The language, as eSpeak NG names it.</param>
/// <param name="Voice">The variant of its voice.</param>
/// <param name="Pitch">0 to 99; 50 is the voice's own.</param>
/// <param name="Speed">Words a minute.</param>
internal sealed record Utterance(string Part, string Word, string Accent, string Voice, int Pitch, int Speed)
{
    /// <summary>Its file below the set's folder.</summary>
    public string File => Path.Combine(Part, Word, string.Create(CultureInfo.InvariantCulture,
        $"{Accent}-{Voice}-p{Pitch}-s{Speed}.wav"));

    /// <summary>What eSpeak NG is told, to write it without a pause at its end.</summary>
    /// <param name="file">Where it goes.</param>
    public IEnumerable<string> Arguments(string file) =>
        ["-v", $"{Accent}+{Voice}", "-p", $"{Pitch}", "-s", $"{Speed}", "-z", "-w", file, Word];
}
