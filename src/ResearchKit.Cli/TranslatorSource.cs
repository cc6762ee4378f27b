using ResearchKit.Experiments.Runs;
using ResearchKit.Models.Translation;

namespace ResearchKit.Cli;

/// <summary>Generators from image to image that the command line names.</summary>
/// <param name="Run">The run that trained them; null for a file.</param>
/// <param name="TrainedOn">Side of the images that they were trained on, and the data's name; null where that is not known.</param>
/// <param name="All">All of them.</param>
/// <param name="Translator">The one that is asked for.</param>
/// <param name="Reverse">The one that translates the other way; null where there is none.</param>
internal sealed record TranslatorSource(RunFolder? Run, (int ImageSize, string Data)? TrainedOn, Translators All,
    ImageTranslator Translator, ImageTranslator? Reverse) : IDisposable
{
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

        var all = TranslatorFile.Load(run?.GeneratorFile ?? path);
        var data = run is null ? PretrainedGenerators.TrainedOn(path)
            : run.ImageSize is { } size ? (size, run.Options.Data.Data) : ((int, string)?)null;
        return !back ? new TranslatorSource(run, data, all, all.AToB, all.BToA)
            : new TranslatorSource(run, data, all, all.BToA ?? throw new UsageException($"{text} has learned one way only: leave out " +
                "--back."), all.AToB);
    }

    /// <inheritdoc/>
    public void Dispose() => All.Dispose();
}
