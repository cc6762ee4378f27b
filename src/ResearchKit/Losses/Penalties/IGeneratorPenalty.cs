using ResearchKit.Models;

namespace ResearchKit.Losses.Penalties;

/// <summary>A term that G is trained down in steps of its own, after those against D, to shape how its samples follow z.</summary>
public interface IGeneratorPenalty
{
    /// <summary>How many steps one comes after another, k, at least 1. As its steps come on top of the others, G's Adam is slowed down:
    /// learning rate times c, betas to the power of c, c = k / (k + 1).</summary>
    int Every { get; }

    /// <summary>Why it cannot be taken of a generator, in one sentence; null where it can.</summary>
    /// <param name="generator">G.</param>
    string? Refuses(LatentGenerator generator) => null;

    /// <summary>Whether the term is computed in a step.</summary>
    /// <param name="step">The training step, from 1.</param>
    bool IsDue(long step) => (step - 1) % Every == 0;

    /// <summary>The term, with its graph to the generator's weights.</summary>
    /// <param name="generator">G, in training mode.</param>
    /// <param name="z">Latent vectors, shape (B, LatentSize): a batch of them; it may use fewer.</param>
    /// <param name="labels">y, int64, shape (B); null where there are none.</param>
    /// <param name="step">The training step, from 1.</param>
    /// <returns>A scalar, already weighted. The caller disposes it.</returns>
    Tensor Compute(LatentGenerator generator, Tensor z, Tensor? labels, long step);
}
