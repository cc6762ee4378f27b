using ResearchKit.Data.Sounds;
using ResearchKit.Files;

namespace ResearchKit.Data.Catalog;

/// <summary>Makes the set <c>drums</c> of the samples of Sonic Pi that are single strokes of drums, which the Debian package
/// sonic-pi-samples installs as FLAC. The program flac decodes them.</summary>
/// <remarks>Only samples that the package's copyright file lists one by one as CC0 are taken: it has no such entry for 35 of 165. Loops and
/// the roll are left out. The two channels of some become one by their mean.</remarks>
internal static class DrumSamples
{
    /// <summary>What the catalog calls this way to make a set.</summary>
    public const string Recipe = "drums";

    private const int Rate = 44_100;

    /// <summary>The samples of each class.</summary>
    public static IReadOnlyList<(string Class, string[] Samples)> Classes { get; } =
    [
        ("kick", ["bd_808", "bd_ada", "bd_boom", "bd_fat", "bd_gas", "bd_haus", "bd_klub", "bd_pure", "bd_sone", "bd_tek", "bd_zome",
            "bd_zum", "drum_bass_hard", "drum_bass_soft", "drum_heavy_kick", "elec_hollow_kick", "elec_soft_kick"]),
        ("snare", ["drum_snare_hard", "drum_snare_soft", "elec_filt_snare", "elec_hi_snare", "elec_lo_snare", "elec_mid_snare",
            "elec_snare", "sn_dolf", "sn_dub", "sn_zome"]),
        ("tom", ["drum_tom_hi_hard", "drum_tom_hi_soft", "drum_tom_lo_hard", "drum_tom_lo_soft", "drum_tom_mid_hard",
            "drum_tom_mid_soft", "elec_fuzz_tom"]),
        ("cymbal", ["drum_cymbal_closed", "drum_cymbal_hard", "drum_cymbal_open", "drum_cymbal_pedal", "drum_cymbal_soft",
            "drum_splash_hard", "drum_splash_soft", "elec_cymbal"]),
        ("tabla", ["tabla_dhec", "tabla_ghe1", "tabla_ghe2", "tabla_ghe3", "tabla_ghe4", "tabla_ghe5", "tabla_ghe6", "tabla_ghe7",
            "tabla_ghe8", "tabla_ke1", "tabla_ke2", "tabla_ke3", "tabla_na", "tabla_na_o", "tabla_na_s", "tabla_re", "tabla_tas1",
            "tabla_tas2", "tabla_tas3", "tabla_te1", "tabla_te2", "tabla_te_m", "tabla_te_ne", "tabla_tun1", "tabla_tun2",
            "tabla_tun3"]),
        ("percussion", ["drum_cowbell", "elec_triangle", "elec_wood", "perc_bell", "perc_snap", "perc_snap2"]),
    ];

    // It is in the list of sums, and so in the SHA-256 that the catalog has of that.
    private const string Source =
        """
        Single strokes of drums: samples of Sonic Pi 3.2.2, from the Debian package sonic-pi-samples.
        Licence: CC0 1.0 for every one of them, as that package's copyright file says, which names the author and the
        origin on freesound.org of each.
        Made by `researchkit data fetch drums`: decoded from FLAC, channels averaged, written as WAV of 16 bits at 44,100 Hz.

        """;

    /// <summary>Makes the set's files.</summary>
    /// <param name="source">Where the package's FLAC files are, and how they can be had.</param>
    /// <param name="folder">Where the set goes: a folder a class below <c>train</c>, and the list of sums.</param>
    /// <param name="report">Told what happens.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="DataFileException">The package or the program flac is not there, or a file cannot be decoded.</exception>
    public static async Task MakeAsync(CatalogSource source, string folder, Action<string> report, CancellationToken cancellation)
    {
        var files = Classes.SelectMany(c => c.Samples).Select(sample => Path.Combine(source.Where, $"{sample}.flac")).ToList();
        if (files.FirstOrDefault(f => !File.Exists(f)) is { } absent)
        {
            throw new DataFileException(absent, $"this sample, of which the set {Recipe} is made, is not installed ({source.Hint}).");
        }

        var work = Directory.CreateTempSubdirectory("researchkit-drums-").FullName;
        try
        {
            report($"{files.Count} samples of {source.Where}: decoded by flac");
            var (code, _, error) = await InstalledProgram.RunAsync("flac",
                ["--decode", "--silent", $"--output-prefix={work}{Path.DirectorySeparatorChar}", .. files],
                $"this program could not be started, and it decodes the samples; install it ({source.Hint}).", folder: null, cancellation)
                .ConfigureAwait(false);
            if (code != 0)
            {
                throw new DataFileException(source.Where, $"flac could not decode the samples: {InstalledProgram.Complaint(error)}");
            }

            Sort(work, folder);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>Puts decoded samples where their class belongs.</summary>
    /// <param name="decoded">A folder with a WAV file of each sample.</param>
    /// <param name="folder">As for <see cref="MakeAsync"/>.</param>
    internal static void Sort(string decoded, string folder)
    {
        foreach (var (kind, samples) in Classes)
        {
            foreach (var sample in samples)
            {
                SoundFile.Write(Path.Combine(folder, "train", kind, $"{sample}.wav"),
                    SoundFile.Read(Path.Combine(decoded, $"{sample}.wav"), Rate), Rate);
            }
        }

        File.WriteAllText(Path.Combine(folder, "SOURCE.txt"), Source.ReplaceLineEndings("\n"));
        FileSums.Write(folder);
    }
}
