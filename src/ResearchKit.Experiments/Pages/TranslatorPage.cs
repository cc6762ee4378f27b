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
    /// <summary>Writes one, whole or not at all.</summary>
    /// <param name="path">The .html file; missing folders are made and an old file is replaced.</param>
    /// <param name="generator">A file that <see cref="TranslatorFile"/> wrote. All of it becomes part of the page.</param>
    /// <param name="size">Side of the images in pixels.</param>
    /// <param name="examples">Images to begin a drawing with, of that size and of the generator's channels; null for none.</param>
    /// <param name="back">Whether images go from B to A.</param>
    /// <param name="title">What stands at its top; null for a sentence.</param>
    /// <exception cref="ArgumentException">The size or the examples do not fit the generator, there is no way back, or it does not
    /// translate images of 1 or 3 channels.</exception>
    /// <exception cref="DataFileException">The generator's file is missing or damaged.</exception>
    public static void Write(string path, string generator, int size, ImageSet? examples = null, bool back = false, string? title = null)
    {
        using var all = TranslatorFile.Load(generator);
        var translator = back ? all.BToA : all.AToB;
        if (Problem(translator, size, examples) is { } problem)
        {
            throw new ArgumentException(problem);
        }

        var parameters = translator!.parameters().Sum(p => p.numel());
        var values = new Dictionary<string, string>
        {
            ["title"] = WebUtility.HtmlEncode(title ?? "Draw, and a generator translates"),
            ["about"] = string.Create(CultureInfo.InvariantCulture, $"A {translator.GetType().Name} of {parameters:N0} parameters for " +
                $"images of {size} x {size} pixels. Made by ResearchKit."),
            ["size"] = $"{size}",
            ["way"] = back ? "b_to_a" : "a_to_b",
            ["examples"] = examples is null ? "" : Bytes(examples),
            ["weights"] = Convert.ToBase64String(File.ReadAllBytes(generator)),
        };
        using var template = new StreamReader(typeof(TranslatorPage).Assembly.GetManifestResourceStream("translator.html")!);
        var html = Regex.Replace(template.ReadToEnd(), @"\{\{(\w+)\}\}", found => values[found.Groups[1].Value]);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(html));
    }

    private static string? Problem(ImageTranslator? translator, int size, ImageSet? examples) =>
        translator is null ? "This generator has learned one way only: there is no way back."
        : translator.Inputs is not (1 or 3) || translator.Outputs is not (1 or 3)
            ? $"This generator translates {translator.Inputs} channels into {translator.Outputs}, and a page shows images of 1 or 3."
        : size < 1 || size % translator.SizeStep != 0
            ? $"This generator translates images whose side is a multiple of {translator.SizeStep} pixels, not {size}."
        : examples is not null && (examples.Channels, examples.Height, examples.Width) != (translator.Inputs, size, size)
            ? $"The examples have {examples.Channels} channels of {examples.Width} x {examples.Height} pixels, and the generator takes " +
                $"{translator.Inputs} of {size} x {size}."
        : null;

    // uint8, channel by channel, one image after the other.
    private static string Bytes(ImageSet images)
    {
        using var whole = images.Images.contiguous();
        return Convert.ToBase64String(whole.data<byte>().ToArray());
    }
}
