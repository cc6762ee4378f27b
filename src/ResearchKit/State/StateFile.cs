using ResearchKit.Files;

namespace ResearchKit.State;

/// <summary>Keeps a network's parameters and buffers in a safetensors file.</summary>
public static class StateFile
{
    /// <summary>Writes the state dict, whole or not at all.</summary>
    /// <param name="network">The network; its state-dict keys become the names.</param>
    /// <param name="path">The file; missing folders are made and an old file is replaced.</param>
    /// <param name="metadata">Free text by key, or null.</param>
    /// <exception cref="ArgumentException">The state has a dtype that safetensors lacks.</exception>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public static void Save(nn.Module network, string path, IReadOnlyDictionary<string, string>? metadata = null) =>
        SafetensorsFile.Write(path, network.state_dict(), metadata);

    /// <summary>Copies the file's tensors into the network. On any error the network is as it was.</summary>
    /// <param name="network">The network, on any device; its state dict must have exactly the file's names, dtypes and shapes.</param>
    /// <param name="path">The file.</param>
    /// <returns>The file's metadata.</returns>
    /// <exception cref="DataFileException">The file is missing, damaged or hostile, or belongs to another network; the message names the
    /// first tensor that does not fit and counts them.</exception>
    /// <remarks>The file's tensors and the network are in memory together.</remarks>
    public static IReadOnlyDictionary<string, string> Load(nn.Module network, string path) => TensorFile.Read(path, file =>
    {
        var header = SafetensorsHeader.Read(file, path);
        var state = network.state_dict();
        Check(header, state, network.GetName(), path);
        using var tensors = SafetensorsFile.Read(file, path, header, names: null);
        using var _ = no_grad();
        foreach (var (name, tensor) in tensors)
        {
            state[name].copy_(tensor);
        }

        return tensors.Metadata;
    });

    /// <summary>Copies tensors that another program named into a network. On any error the network is as it was.</summary>
    /// <param name="network">The network, on any device.</param>
    /// <param name="tensors">Tensors by the names of its state dict, of the same shapes. A floating-point dtype may be another and is
    /// converted; counts of batches (<c>num_batches_tracked</c>), which old PyTorch did not keep, may be missing.</param>
    /// <param name="path">The file that they are from, for errors.</param>
    /// <exception cref="DataFileException">Names are missing, names are not the network's, or shapes are others; names the first three of
    /// each.</exception>
    public static void Fill(nn.Module network, IReadOnlyCollection<KeyValuePair<string, Tensor>> tensors, string path)
    {
        var given = tensors.ToDictionary(t => t.Key, t => t.Value);
        var state = network.state_dict();
        var missing = state.Keys.Where(k => !given.ContainsKey(k) && !k.EndsWith(".num_batches_tracked", StringComparison.Ordinal));
        var extra = given.Keys.Where(k => !state.ContainsKey(k)).Order(StringComparer.Ordinal);
        var other = given.Where(g => state.TryGetValue(g.Key, out var own) && !Fits(own, g.Value)).Select(g => g.Key);
        string[] problems =
        [
            .. First(missing, "missing", TensorFile.Quote), .. First(extra, "not the network's", TensorFile.Quote),
            .. First(other, "of another shape or dtype", k => $"{TensorFile.Quote(k)} is {Show(given[k])} and not {Show(state[k])}"),
        ];
        if (problems.Length > 0)
        {
            throw new DataFileException(path, $"the tensors are not those of a {network.GetName()} with these options: " +
                $"{string.Join("; ", problems)}; build the network with the options that it was trained with, or give the tensors its " +
                "names.");
        }

        using var _ = no_grad();
        foreach (var (name, tensor) in given)
        {
            state[name].copy_(tensor);
        }
    }

    private static bool Fits(Tensor own, Tensor given) => own.shape.SequenceEqual(given.shape)
        && (own.dtype == given.dtype || (own.is_floating_point() && given.is_floating_point()));

    private static string Show(Tensor tensor) => $"{ElementType.Of(tensor.dtype)?.Safetensors} {TensorShape.Show(tensor.shape)}";

    private static IEnumerable<string> First(IEnumerable<string> names, string what, Func<string, string> show)
    {
        var all = names.ToArray();
        var three = string.Join(", ", all.Take(3).Select(show));
        return all.Length == 0 ? [] : [$"{all.Length} {what} ({three}{(all.Length > 3 ? ", ..." : "")})"];
    }

    private static void Check(SafetensorsHeader header, Dictionary<string, Tensor> state, string network, string path)
    {
        var entries = header.Entries.ToDictionary(e => e.Name);
        var missing = state.Keys.Where(k => !entries.ContainsKey(k)).Select(k => $"{TensorFile.Quote(k)} is missing");
        var extra = entries.Keys.Where(k => !state.ContainsKey(k)).Order(StringComparer.Ordinal)
            .Select(k => $"{TensorFile.Quote(k)} is not the network's");
        var other = state.Where(s => entries.TryGetValue(s.Key, out var e)
            && (e.Type.Scalar != s.Value.dtype || !e.Shape.SequenceEqual(s.Value.shape)))
            .Select(s => $"{TensorFile.Quote(s.Key)} is {entries[s.Key]} and the network's is " +
                $"{ElementType.Of(s.Value.dtype)?.Safetensors ?? $"{s.Value.dtype}"} {TensorShape.Show(s.Value.shape)}");
        var problems = missing.Concat(extra).Concat(other).ToArray();
        if (problems.Length > 0)
        {
            throw new DataFileException(path, $"{problems.Length} tensor(s) do not fit the {network} of {state.Count}: " +
                $"{problems[0]}{(problems.Length > 1 ? " and so on" : "")}; load it into the network that saved it, built with the " +
                $"same options.");
        }
    }
}
