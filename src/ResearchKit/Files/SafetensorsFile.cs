namespace ResearchKit.Files;

/// <summary>Reads and writes safetensors files: named tensors and a little free text, nothing that runs.</summary>
/// <remarks>
/// The format as its authors describe it (huggingface/safetensors, README, "Format"): a length, a JSON header, the tensors' bytes in
/// little-endian C order. Every size in the header is checked against the file's length before memory is taken. Limits: a header of 100 MB,
/// rank 64; a file may be as long as memory is. Deviations: fields that the description does not know, and BOOL bytes other than 0 and 1,
/// are refused.
/// </remarks>
public static class SafetensorsFile
{
    /// <summary>Reads all tensors, or some.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">The tensors to read; null for all. The others' bytes are not touched.</param>
    /// <returns>Tensors on the CPU with the file's dtypes, and the file's metadata. The caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing, damaged or hostile, or has no tensor of a name.</exception>
    public static TensorCollection Read(string path, IReadOnlyCollection<string>? names = null) => TensorFile.Read(path, file =>
    {
        var header = SafetensorsHeader.Read(file, path);
        if (names?.FirstOrDefault(n => header.Entries.All(e => e.Name != n)) is { } absent)
        {
            throw new DataFileException(path,
                $"there is no tensor {TensorFile.Quote(absent)} among the {header.Entries.Count} of the file; check the name.");
        }

        return Read(file, path, header, names?.ToHashSet());
    });

    /// <summary>Writes tensors, whole or not at all. Equal content gives equal bytes.</summary>
    /// <param name="path">The file; missing folders are made and an old file is replaced.</param>
    /// <param name="tensors">Tensors by name: float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8 or bool, of any shape,
    /// strides and device.</param>
    /// <param name="metadata">Free text by key, or null.</param>
    /// <exception cref="ArgumentException">A name comes twice or is "__metadata__", a dtype is another, or the header grows beyond 100
    /// MB.</exception>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    /// <remarks>The order is that of the format's authors: by dtype, wide ones first, then by name. So every tensor lies on a multiple of
    /// its element's size, as readers that map the file into memory want.</remarks>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sorted = tensors.Select(t => (Name: t.Key, Tensor: t.Value, Type: TypeOf(t.Key, t.Value)))
            .OrderBy(t => Array.IndexOf(ElementType.All, t.Type)).ThenBy(t => t.Name, StringComparer.Ordinal).ToArray();
        if (sorted.GroupBy(t => t.Name).FirstOrDefault(g => g.Key == SafetensorsHeader.MetadataKey || g.Count() > 1) is { } wrong)
        {
            throw new ArgumentException($"A safetensors file cannot hold {wrong.Count()} tensor(s) called " +
                $"{TensorFile.Quote(wrong.Key)}; give each a name of its own.", nameof(tensors));
        }

        var header = SafetensorsHeader.Make(sorted.Select(t => (t.Name, t.Type, t.Tensor.shape)),
            metadata ?? new Dictionary<string, string>());
        TensorFile.Write(path, file =>
        {
            file.Write(header);
            foreach (var (_, tensor, _) in sorted)
            {
                TensorFile.Copy(tensor, file);
            }
        });
    }

    internal static TensorCollection Read(FileStream file, string path, SafetensorsHeader header, HashSet<string>? names) =>
        TensorCollection.Fill(header.Metadata, tensors =>
        {
            foreach (var entry in header.Entries.Where(e => names?.Contains(e.Name) ?? true))
            {
                var tensor = TensorFile.Allocate(path, entry.Shape, entry.Type.Scalar);
                tensors.Add(entry.Name, tensor);
                file.Position = header.DataStart + entry.Begin;
                TensorFile.Fill(tensor, file);
                if (TensorFile.IsDamagedBool(tensor))
                {
                    throw new DataFileException(path, $"tensor {TensorFile.Quote(entry.Name)} is BOOL but has bytes other than 0 and 1; " +
                        $"it is damaged, get the file again.");
                }
            }
        });

    private static ElementType TypeOf(string name, Tensor tensor) => ElementType.Of(tensor.dtype)
        ?? throw new ArgumentException($"Tensor {TensorFile.Quote(name)} is {tensor.dtype}, which safetensors lacks; convert it first, " +
            $"complex numbers with view_as_real.", nameof(tensor));
}
