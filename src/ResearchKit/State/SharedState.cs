using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ResearchKit.Runtime;

namespace ResearchKit.State;

/// <summary>The state of a training that processes share, as one: what they have in common (the weights) once, and of each process what it
/// has for itself (its random states).</summary>
internal static class SharedState
{
    private const string CountName = "processes";
    private const string Mark = "process.";

    /// <summary>How many processes a state is of.</summary>
    public static long CountOf(StateStore state) => state.Has(CountName) ? state.Whole(CountName) : 1;

    /// <summary>Adds to the state of process 0 what the others' differ in.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="state">This process's own.</param>
    public static void Gather(ProcessGroup group, StateStore state)
    {
        var prints = state.Values.ToDictionary(v => v.Key, v => Print(v.Value));
        var first = JsonSerializer.Deserialize<Dictionary<string, string>>(
            group.Share(group.Rank == 0 ? JsonSerializer.SerializeToUtf8Bytes(prints) : null))!;
        var own = state.Values.Where(v => first.GetValueOrDefault(v.Key) != prints[v.Key]).ToDictionary();
        for (var rank = 1; rank < group.Count; rank++)
        {
            using var scope = NewDisposeScope();
            foreach (var (name, value) in Transfer(group, rank == group.Rank ? own : null, rank))
            {
                if (group.Rank == 0)
                {
                    state.Under($"{Mark}{rank}").Put(name, value);
                }
            }
        }

        state.Put(CountName, group.Count);
    }

    /// <summary>Gives each process its own state back.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="state">In process 0 what <see cref="Gather"/> made, or null where there is none; null in the others.</param>
    /// <returns>The process's own, which the caller disposes; null where there is none.</returns>
    public static StateStore? Scatter(ProcessGroup group, StateStore? state)
    {
        if (!group.Any(state is not null))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var all = Transfer(group, state?.Values, 0);
        var (mine, own) = ($"{Mark}{group.Rank}.", new StateStore());
        foreach (var (name, value) in all)
        {
            if (name.StartsWith(mine, StringComparison.Ordinal))
            {
                own.Put(name[mine.Length..], value);
            }
            else if (name != CountName && !name.StartsWith(Mark, StringComparison.Ordinal) && !all.ContainsKey(mine + name))
            {
                own.Put(name, value);
            }
        }

        return own;
    }

    // One process's values, in all of them; they live in the caller's dispose scope.
    private static Dictionary<string, Tensor> Transfer(ProcessGroup group, IReadOnlyDictionary<string, Tensor>? values, int from)
    {
        var shapes = values?.Select(v => new Entry(v.Key, v.Value.dtype, v.Value.shape));
        var entries = JsonSerializer.Deserialize<List<Entry>>(
            group.Share(shapes is null ? null : JsonSerializer.SerializeToUtf8Bytes(shapes), from))!;
        var transferred = new Dictionary<string, Tensor>();
        foreach (var (name, type, shape) in entries)
        {
            var value = values?[name].contiguous() ?? empty(shape, type);
            group.Broadcast(value, from);
            transferred.Add(name, value);
        }

        return transferred;
    }

    private static string Print(Tensor value)
    {
        using var scope = NewDisposeScope();
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(Encoding.UTF8.GetBytes($"{value.dtype} {string.Join(',', value.shape)}"));
        foreach (var part in SharedTensors.Parts(value.contiguous()))
        {
            sha.AppendData(part.bytes);
        }

        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    private sealed record Entry(string Name, ScalarType Type, long[] Shape);
}
