using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ResearchKit.Files;
using ResearchKit.Runtime;

namespace ResearchKit.Data.Catalog;

/// <summary>Makes the sets of emoji of 64 x 64 pixels out of npm's packages emoji-datasource-google and -twitter 16.0.0: the faces of
/// <c>emoji-faces-32</c> at twice the side, and every emoji but flags in each of the two styles.</summary>
/// <remarks>The parts are made as in <c>data/emoji-faces-32/make.py</c>: man, woman and person of one kind, both styles and all skin tones
/// of an emoji are in one part, and about 15 % of each group are for testing. Samples stand in the order of the SHA-256 of their codes, so
/// that the two styles of an emoji have the same place.</remarks>
internal static class EmojiSets
{
    private const double TestPart = 0.15;
    private static readonly string[] Styles = ["google", "twitter"];
    private static readonly string[] Tones = ["1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF"];

    private static readonly string[] Categories = ["Smileys & Emotion", "People & Body", "Animals & Nature", "Food & Drink",
        "Travel & Places", "Activities", "Objects", "Symbols"];

    private static readonly Dictionary<string, string> Packages = new()
    {
        ["google"] = "fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5c438",
        ["twitter"] = "f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848aaba7a28877",
    };

    // Codes that do not tell one family from another: man, woman, person; female, male; joiner, variation selector.
    private static readonly string[] Untold = ["1F468", "1F469", "1F9D1", "2640", "2642", "200D", "FE0F"];

    // Families whose members have codes of their own.
    private static readonly string[][] Kin = [["", "1F471"], ["1F466", "1F467", "1F9D2"], ["1F474", "1F475", "1F9D3"],
        ["1F385", "1F936", "1F384"], ["1F478", "1F934", "1FAC5"], ["1F930", "1FAC3", "1FAC4"]];

    /// <summary>Makes a set's files.</summary>
    /// <param name="recipe"><c>emoji-faces</c>, <c>emoji-google</c> or <c>emoji-twitter</c>.</param>
    /// <param name="folder">Where images and labels of both parts go, IDX files that are not compressed.</param>
    /// <param name="report">Told what happens.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="DataFileException">A package cannot be had, or is another.</exception>
    public static async Task MakeAsync(string recipe, string folder, Action<string> report, CancellationToken cancellation)
    {
        var work = Directory.CreateTempSubdirectory("researchkit-emoji-").FullName;
        try
        {
            foreach (var style in StylesOf(recipe))
            {
                report($"emoji-datasource-{style}: by npm");
                Directory.CreateDirectory(Path.Combine(work, style));
                await NpmPackage.UnpackAsync($"emoji-datasource-{style}", "16.0.0", Packages[style], work,
                    name => name == "emoji.json" ? name
                        : name.StartsWith($"img/{style}/64/", StringComparison.Ordinal) ? Path.Combine(style, Path.GetFileName(name))
                        : null, cancellation).ConfigureAwait(false);
            }

            Cut(recipe, work, folder);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>Makes a set's files of unpacked packages.</summary>
    /// <param name="recipe">As for <see cref="MakeAsync"/>.</param>
    /// <param name="work">Holds <c>emoji.json</c> and a folder of pictures for each style.</param>
    /// <param name="folder">As for <see cref="MakeAsync"/>.</param>
    internal static void Cut(string recipe, string work, string folder)
    {
        var (faces, styles) = (recipe == "emoji-faces", StylesOf(recipe));
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(work, "emoji.json")));
        var rows = json.RootElement.EnumerateArray().Where(r => Group(r, faces) is not null).ToList();
        var test = TestFamilies(rows, faces);
        foreach (var part in (string[])["train", "test"])
        {
            var samples = rows.Where(r => test.Contains(Family(r)) == (part == "test")).SelectMany(r => Samples(r, faces, styles));
            Write([.. samples.OrderBy(s => Hash(s.Code), StringComparer.Ordinal)], work, folder, part);
        }
    }

    private static string[] StylesOf(string recipe) => recipe == "emoji-faces" ? Styles : [recipe.Split('-')[^1]];

    private static string Hash(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));

    // The group that is split by itself; null for what is not taken.
    private static string? Group(JsonElement row, bool faces)
    {
        if (!faces)
        {
            return Text(row, "category") is var category && Categories.Contains(category) && Styles.All(s => Has(row, s)) ? category : null;
        }

        var kind = Text(row, "subcategory");
        return kind.StartsWith("face-", StringComparison.Ordinal) || kind == "cat-face" ? "smileys"
            : kind is "person" or "person-role" or "person-fantasy" ? "people"
            : null;
    }

    private static string Family(JsonElement row)
    {
        var code = string.Join('-', Text(row, "unified").Split('-').Where(c => !Untold.Contains(c)));
        return Kin.FirstOrDefault(k => k.Contains(code))?[0] ?? code;
    }

    private static HashSet<string> TestFamilies(List<JsonElement> rows, bool faces)
    {
        var chosen = new HashSet<string>();
        foreach (var group in rows.GroupBy(r => Group(r, faces)).OrderBy(g => g.Key == "smileys" ? "" : g.Key, StringComparer.Ordinal))
        {
            var wanted = TestPart * group.Count();
            foreach (var family in group.GroupBy(Family).OrderBy(f => Hash(f.Key), StringComparer.Ordinal))
            {
                if (wanted >= 0.5)
                {
                    chosen.Add(family.Key);
                    wanted -= family.Count();
                }
            }
        }

        return chosen;
    }

    // Of a row its picture and those of its skin tones, in the styles that have them.
    private static IEnumerable<(string Code, string File, byte Label)> Samples(JsonElement row, bool faces, string[] styles)
    {
        var tones = row.TryGetProperty("skin_variations", out var v) ? v : default;
        foreach (var tone in (string[])["", .. Tones])
        {
            var picture = tone.Length == 0 ? row
                : tones.ValueKind == JsonValueKind.Object && tones.TryGetProperty(tone, out var p) ? p
                : default;
            if (picture.ValueKind != JsonValueKind.Object || (!faces && !Styles.All(s => Has(picture, s))))
            {
                continue;
            }

            var label = !faces ? Array.IndexOf(Categories, Text(row, "category"))
                : Group(row, faces) == "smileys" ? 0
                : 2 + Array.IndexOf(Tones, tone); // none is at -1
            foreach (var style in styles.Where(s => Has(picture, s)))
            {
                var code = Text(picture, "unified");
                yield return (faces ? $"{code} {style}" : code, Path.Combine(style, Text(picture, "image")), (byte)label);
            }
        }
    }

    private static void Write(IReadOnlyList<(string Code, string File, byte Label)> samples, string work, string folder, string part)
    {
        NativeRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        var decoded = ImageFolder.Decode([.. samples.Select(s => Path.Combine(work, s.File))],
            new ImageFolderOptions { Size = 64, Channels = 3, Alpha = AlphaHandling.OnWhite });
        var images = decoded.Select(d => d.Image).OfType<Tensor>().ToList();
        try
        {
            if (decoded.Select(d => d.Problem).FirstOrDefault(p => p is not null) is { } problem)
            {
                throw problem;
            }

            IdxFile.Write(Path.Combine(folder, $"{part}-images-idx4-ubyte"), stack(images)); // (N, 3, 64, 64)
            IdxFile.Write(Path.Combine(folder, $"{part}-labels-idx1-ubyte"), tensor([.. samples.Select(s => s.Label)], ScalarType.Byte));
        }
        finally
        {
            images.ForEach(i => i.Dispose());
        }
    }

    private static bool Has(JsonElement picture, string style) => picture.GetProperty($"has_img_{style}").GetBoolean();

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString() ?? "";
}
