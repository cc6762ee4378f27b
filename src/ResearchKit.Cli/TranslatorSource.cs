using ResearchKit.Experiments.Runs;
using ResearchKit.Models.Translation;

namespace ResearchKit.Cli;

/// <summary>Generators from image to image that the command line names.</summary>
/// <param name="File">The file that holds them.</param>
/// <param name="Run">The run that trained them; null for a file.</param>
/// <param name="All">All of them.</param>
/// <param name="Translator">The one that is asked for.</param>
/// <param name="Reverse">The one that translates the other way; null where there is none.</param>
internal sealed record TranslatorSource(string File, RunFolder? Run, Translators All, ImageTranslator Translator,
    ImageTranslator? Reverse) : IDisposable
{
    /// <summary>Side in pixels of the images that it was trained on; null where that is not known.</summary>
    public int? ImageSize => Run?.ImageSize ?? PretrainedGenerators.ImageSize(File);

    /// <summary>Opens a run that is done, a file of generators, or pretrained:NAME.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="back">Whether images go from B to A.</param>
    /// <exception cref="DataFileException">There are no such generators; says what there is.</exception>
    /// <exception cref="UsageException">There is no way back.</exception>
    public static TranslatorSource Open(string text, bool back)
    {
        var path = PretrainedGenerators.Resolve(text);
        var run = RunFolder.Exists(path) ? RunFolder.Open(path) : null;
        if (run is { IsDone: false })
        {
            throw new DataFileException(path, "this run is not done, and has no generators to translate with yet: continue it " +
                $"(train --out {path} --resume).");
        }

        var file = run?.GeneratorFile ?? path;
        var all = TranslatorFile.Load(file);
        return !back ? new TranslatorSource(file, run, all, all.AToB, all.BToA)
            : new TranslatorSource(file, run, all, all.BToA ?? throw new UsageException($"{text} has learned one way only: leave out " +
                "--back."), all.AToB);
    }

    /// <inheritdoc/>
    public void Dispose() => All.Dispose();
}
