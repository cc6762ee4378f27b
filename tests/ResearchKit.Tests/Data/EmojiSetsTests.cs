using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Imaging;
using ResearchKit.Support;

namespace ResearchKit.Tests.Data;

/// <summary>The rules by which packages of emoji are cut into sets, on packages of a few pictures.</summary>
public sealed class EmojiSetsTests : IDisposable
{
    private const int Smileys = 20;

    private static readonly string[] Styles = ["google", "twitter"];

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _rows = [];
    private int _pictures;

    public EmojiSetsTests()
    {
        for (var i = 0; i < Smileys; i++)
        {
            Emoji($"1F6{i:D2}", "Smileys & Emotion", "face-smiling");
        }

        foreach (var thing in (string[])["1F680", "1F373"]) // astronauts and cooks, a man and a woman each: two families
        {
            Emoji($"1F468-200D-{thing}", "People & Body", "person-role", "1F3FB", "1F3FF");
            Emoji($"1F469-200D-{thing}", "People & Body", "person-role", "1F3FB", "1F3FF");
        }

        Emoji("1F34E", "Food & Drink", "food-fruit");
        Emoji("1F1E6", "Flags", "country-flag");
        File.WriteAllText(_folder["emoji.json"], $"[{string.Join(",", _rows)}]");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Faces_come_in_both_styles_with_their_skin_tone_as_class()
    {
        var (train, test) = (Cut("emoji-faces", "train"), Cut("emoji-faces", "test"));
        Assert.Equal(2 * 3, test.Labels.Count(l => l == 0)); // 15 % of 20 smileys, in two styles
        Assert.Equal(2 * (Smileys - 3), train.Labels.Count(l => l == 0));
        long[] people = [1, 1, 1, 1, 2, 2, 2, 2, 6, 6, 6, 6]; // a man and a woman in two styles: no tone, light, dark
        Assert.Equal(people, train.Labels.Where(l => l > 0).Order()); // a family is in one part
        Assert.Equal(people, test.Labels.Where(l => l > 0).Order());
    }

    [Fact]
    public void The_two_styles_have_the_same_emoji_in_the_same_places_and_no_flags()
    {
        foreach (var part in (string[])["train", "test"])
        {
            var (google, twitter) = (Cut("emoji-google", part), Cut("emoji-twitter", part));
            Assert.Equal(google.Labels, twitter.Labels);
            Assert.Equal(google.Reds.Select(r => r + 1), twitter.Reds); // the pictures' red tells the emoji, plus 1 in Twitter's
        }

        Assert.Equal(Smileys + 12 + 1, Cut("emoji-google", "train").Labels.Length + Cut("emoji-google", "test").Labels.Length);
    }

    private (long[] Labels, int[] Reds) Cut(string recipe, string part)
    {
        var made = Directory.CreateDirectory(_folder[recipe]).FullName;
        EmojiSets.Cut(recipe, _folder.Path, made);
        using var images = IdxFile.ReadImages(Path.Combine(made, $"{part}-images-idx4-ubyte"));
        using var labels = IdxFile.ReadLabels(Path.Combine(made, $"{part}-labels-idx1-ubyte"));
        Assert.Equal([labels.shape[0], 3, 64, 64], images.shape);
        using var first = images.reshape(images.shape[0], -1).select(1, 0); // (N), red of the first pixel
        return (labels.data<long>().ToArray(), Array.ConvertAll(first.data<byte>().ToArray(), b => (int)b));
    }

    private void Emoji(string unified, string category, string subcategory, params string[] tones)
    {
        var variations = string.Join(",", tones.Select(t => $"\"{t}\": {{{Picture($"{unified}-{t}")}}}"));
        _rows.Add($"{{{Picture(unified)}, \"category\": \"{category}\", \"subcategory\": \"{subcategory}\"" +
            (tones.Length > 0 ? $", \"skin_variations\": {{{variations}}}}}" : "}"));
    }

    private string Picture(string unified)
    {
        var red = (byte)(5 * ++_pictures);
        foreach (var (style, more) in Styles.Select((s, i) => (s, i)))
        {
            Directory.CreateDirectory(_folder[style]);
            byte[] pixels = [.. Enumerable.Range(0, 64 * 64).SelectMany(_ => (byte[])[(byte)(red + more), 9, 9])];
            File.WriteAllBytes(_folder[$"{style}/{unified}.png"], PngFile.Encode(pixels, 64, 64, 3));
        }

        return $"\"unified\": \"{unified}\", \"image\": \"{unified}.png\", \"has_img_google\": true, \"has_img_twitter\": true";
    }
}
