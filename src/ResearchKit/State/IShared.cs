using ResearchKit.Runtime;

namespace ResearchKit.State;

/// <summary>A part of a training that must know that several processes train together: a moving mean that is taken over all of them, or
/// data that they divide.</summary>
public interface IShared
{
    /// <summary>Tells it, before the first step; the trainer does.</summary>
    /// <param name="group">The processes.</param>
    void Share(ProcessGroup group);
}
