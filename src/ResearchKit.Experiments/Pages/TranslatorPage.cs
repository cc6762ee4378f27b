using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ResearchKit.Data;
using ResearchKit.Models.Translation;

namespace ResearchKit.Experiments.Pages;

/// <summary>A page for the browser in which a generator from image to image translates what is drawn, after each movement.</summary>
/// <remarks>The generator runs in the page, in plain JavaScript on one thread, in float32: no network, no server, nothing to install.
/// </remarks>
public static class TranslatorPage
{
    private const long MostParameters = 16_000_000; // 64 MB of numbers, 85 as text

    /// <summary>Writes one, whole or not at all.</summary>
    /// <param name="path">The .html file; missing folders are made and an old file is replaced.</param>
    /// <param name="translator">The generator: from and to 1 or 3 channels, of at most 16 million parameters. Its weights become part of
    /// the page, and are used as in evaluation mode.</param>
    /// <param name="size">Side of the images in pixels, a multiple of <see cref="ImageTranslator.SizeStep"/>.</param>
    /// <param name="examples">Images to begin a drawing with, of that size and of the generator's channels; null for none.</param>
    /// <param name="title">What stands at its top; null for a sentence.</param>
    /// <param name="credit">What stands at its end: whose images the generator has learned from, and under what terms.</param>
    /// <returns>The page's bytes.</returns>
    /// <exception cref="ArgumentException">The generator, the size and the examples do not fit, or it is of another kind than
    /// <see cref="TranslatorFile"/> keeps.</exception>
    /// <exception cref="DataFileException">The generator's file cannot be written.</exception>
    public static long Write(string path, ImageTranslator translator, int size, ImageSet? examples = null, string? title = null,
        string? credit = null)
    {
        var parameters = translator.parameters().Sum(p => p.numel());
        if (Problem(translator, parameters, size, examples) is { } problem)
        {
            throw new ArgumentException(problem);
        }

        var about = string.Create(CultureInfo.InvariantCulture, $"A {translator.GetType().Name} of {parameters:N0} parameters for images " +
            $"of {size} x {size} pixels. {credit} Made by ResearchKit.");
        var values = new Dictionary<string, string>
        {
            ["title"] = WebUtility.HtmlEncode(title ?? "Draw, and a generator translates"), ["about"] = WebUtility.HtmlEncode(about),
            ["size"] = $"{size}", ["examples"] = examples is null ? "" : Bytes(examples), ["weights"] = Weights(translator),
        };
        using var template = new StreamReader(typeof(TranslatorPage).Assembly.GetManifestResourceStream("translator.html")!);
        var html = Encoding.UTF8.GetBytes(Regex.Replace(template.ReadToEnd(), @"\{\{(\w+)\}\}", found => values[found.Groups[1].Value]));
        AtomicFile.Write(path, html);
        return html.Length;
    }

    private static string? Problem(ImageTranslator translator, long parameters, int size, ImageSet? examples) =>
        translator.Inputs is not (1 or 3) || translator.Outputs is not (1 or 3)
            ? $"This generator translates {translator.Inputs} channels into {translator.Outputs}, and a page shows images of 1 or 3."
        : parameters > MostParameters
            ? string.Create(CultureInfo.InvariantCulture, $"This generator has {parameters:N0} parameters, and a page holds at most " +
                $"{MostParameters:N0}: train a narrower one (features).")
        : size < 1 || size % translator.SizeStep != 0
            ? $"This generator translates images whose side is a multiple of {translator.SizeStep} pixels, not {size}."
        : examples is not null && (examples.Channels, examples.Height, examples.Width) != (translator.Inputs, size, size)
            ? $"The examples have {examples.Channels} channels of {examples.Width} x {examples.Height} pixels, and the generator takes " +
                $"{translator.Inputs} of {size} x {size}."
        : null;

    private static string Weights(ImageTranslator translator)
    {
        var folder = Directory.CreateTempSubdirectory("researchkit-");
        try
        {
            var file = Path.Combine(folder.FullName, "generator.safetensors");
            TranslatorFile.Save(new Translators(translator), file);
            return Convert.ToBase64String(File.ReadAllBytes(file));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // uint8, channel by channel, one image after the other.
    private static string Bytes(ImageSet images)
    {
        using var whole = images.Images.contiguous();
        return Convert.ToBase64String(whole.data<byte>().ToArray());
    }
}
