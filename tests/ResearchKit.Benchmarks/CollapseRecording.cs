using System.Text.Json;
using ResearchKit.Data;
using ResearchKit.Files;
using ResearchKit.Models;
using ResearchKit.Training;

namespace ResearchKit.Benchmarks;

/// <summary>A run as it was played: the samples that a monitor would have drawn, and what was true. It is kept, so that a monitor can be
/// judged again without another training.</summary>
/// <param name="truths">What was true of it, in order, also after the monitor must judge.</param>
/// <param name="looks">Samples of always the same z at the raw weights, shape (looks, samples, ...): floats of points, bytes of images.
/// </param>
internal sealed class CollapseRecording(IReadOnlyList<CollapseTruth> truths, Tensor looks) : IDisposable
{
    /// <summary>Steps from one look to the next.</summary>
    public const int Spacing = 50;

    /// <summary>Steps from one truth to the next: the monitor's default spacing.</summary>
    private const int TruthSpacing = 250;

    private const int Samples = 500;

    public IReadOnlyList<CollapseTruth> Truths => truths;

    public Tensor Looks => looks;

    /// <summary>Plays a case up to the step where the monitor must judge, and on until it is healthy, if it never was.</summary>
    public static CollapseRecording Play(CollapseCase at, CollapseTruths judge)
    {
        using var game = new CollapseGame(at);
        using var z = NormalLatents.Draw(Samples, game.Trainer.Generator.LatentSize, seed: 0);
        List<CollapseTruth> truths = [];
        List<Tensor> looks = [];
        try
        {
            foreach (var step in game.Trainer.Run(2 * at.Whole))
            {
                if (step.Step <= at.Judged && step.Step % Spacing == 0)
                {
                    using var samples = game.Trainer.Sample(z, averaged: false);
                    looks.Add(at.HasPoints ? samples.cpu().clone() : PixelValues.ToBytes(samples.cpu()));
                }

                if (step.Step % TruthSpacing == 0)
                {
                    truths.Add(judge.Of(game.Trainer, at, step.Step));
                }

                if (step.Step >= at.Judged && CollapseLabel.IsDecided(at, truths))
                {
                    break;
                }
            }
        }
        catch (TrainingDivergedException diverged)
        {
            Console.WriteLine($"{at.Name}: {diverged.Message}");
        }

        var all = looks.Count == 0 ? zeros(0) : stack(looks);
        looks.ForEach(l => l.Dispose());
        return new CollapseRecording(truths, all);
    }

    /// <summary>The recording of a case from a folder: played first, if it is not there.</summary>
    public static CollapseRecording Of(CollapseCase at, string folder, CollapseTruths judge)
    {
        // the second is written last
        var (looks, truths) = (Path.Combine(folder, at.Name + ".npy"), Path.Combine(folder, at.Name + ".json"));
        if (!File.Exists(truths))
        {
            using var played = Play(at, judge);
            NpyFile.Write(looks, played.Looks);
            File.WriteAllText(truths + ".part", JsonSerializer.Serialize(played.Truths));
            File.Move(truths + ".part", truths);
        }

        return new CollapseRecording(JsonSerializer.Deserialize<List<CollapseTruth>>(File.ReadAllText(truths))!, NpyFile.Read(looks));
    }

    public void Dispose() => looks.Dispose();
}
