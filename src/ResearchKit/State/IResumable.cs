namespace ResearchKit.State;

/// <summary>A part of a training that changes from step to step: with its state put back it continues exactly as before.</summary>
/// <remarks>Parts whose outcome depends on their options and the step alone (R1, schedules, losses) need not implement it.</remarks>
public interface IResumable
{
    /// <summary>Writes the state.</summary>
    /// <param name="state">Where to; the names are the part's own.</param>
    void Save(StateStore state);

    /// <summary>Takes back a state that <see cref="Save"/> wrote, into a part that was built with the same options.</summary>
    /// <param name="state">Where from.</param>
    /// <exception cref="InvalidDataException">A value is missing or has another shape: the state is of another part.</exception>
    void Load(StateStore state);
}
