using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace ResearchKit.Files;

/// <summary>Reads the tensors of PyTorch files (.pt, .pth): state dicts, checkpoints and TorchScript modules. Nothing in a file is
/// run.</summary>
/// <remarks>
/// What torch.save writes (PyTorch 1.6 and later: a zip archive; before: one pickle after the other) and what torch.jit.save writes, with
/// pickle protocols 2 to 5. Names of nested dicts, lists and modules are joined with dots: <c>g_ema.main.0.weight</c>; values that are no
/// tensors are skipped; a tensor alone is called <c>tensor</c>. Of TorchScript, constants come as <c>constants.0</c> and so on. Classes and
/// functions other than those that make tensors, dicts and plain values are refused by name, so a whole pickled model is: its state dict
/// can be read. Limits: 32 MB of pickle, 128 MB beside the tensors, 100 dicts within each other; together the tensors may show twice the
/// file's bytes and 64 MB more, for several may show the same ones. Refused too: complex, quantised and sparse tensors, packed archives,
/// the format of PyTorch before 0.4 and, in the format before 1.6, files of big-endian machines.
/// </remarks>
/// <example><code>
/// using var state = TorchFile.Read("netG.pth");
/// Tensor weight = state["main.0.weight"];
/// </code></example>
public static class TorchFile
{
    private const int LargestPickle = 1 << 25;

    private static readonly BigInteger LegacyMagic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber,
        CultureInfo.InvariantCulture);

    /// <summary>Reads all tensors.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Tensors on the CPU with the file's dtypes, shapes and strides. Those that shared their numbers in PyTorch share them here.
    /// No metadata. The caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing, damaged or hostile, is no file of PyTorch, has no tensors, or names a class
    /// or function that is not needed for tensors; the message names it and says how to save the file otherwise.</exception>
    public static TensorCollection Read(string path) => TensorFile.Read(path, file =>
    {
        var budget = new PickleBudget(path);
        Span<byte> start = stackalloc byte[4];
        var known = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        return known.StartsWith("PK\u0003\u0004"u8) ? ReadArchive(file, path, budget)
            : IsPickle(known) ? ReadLegacy(file, path, budget)
            : throw new DataFileException(path, "its first bytes are not those of a file of torch.save or torch.jit.save; save the " +
                "tensors with torch.save(model.state_dict(), FILE).");
    });

    /// <summary>Whether a file begins as those of PyTorch do. A file that cannot be read does not.</summary>
    internal static bool IsOne(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[100];
            var known = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            return IsPickle(known) || (known.StartsWith("PK\u0003\u0004"u8) && known.IndexOf(".npy"u8) < 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsPickle(ReadOnlySpan<byte> start) => start is [0x80, >= 2 and <= 5, ..];

    private static TensorCollection ReadArchive(FileStream file, string path, PickleBudget budget)
    {
        const string Pickle = "/data.pkl";
        var zip = StoredZip.Open(file, path, budget);
        var roots = zip.Records.Keys.Where(n => n.EndsWith(Pickle, StringComparison.Ordinal) && n.IndexOf('/') == n.Length - Pickle.Length)
            .Select(n => n[..^Pickle.Length]).ToArray();
        if (roots is not [var root])
        {
            throw new DataFileException(path, $"this zip archive has {roots.Length} records data.pkl where a file of torch.save has one; " +
                "save the tensors with torch.save(model.state_dict(), FILE).");
        }

        var order = zip.Records.ContainsKey($"{root}/byteorder") ? zip.Bytes($"{root}/byteorder", 10) : "little"u8.ToArray();
        var isBig = order.AsSpan().SequenceEqual("big"u8);
        if (!isBig && !order.AsSpan().SequenceEqual("little"u8))
        {
            throw new DataFileException(path, "its record byteorder is neither little nor big; the file is damaged, get it again.");
        }

        var views = new TorchViews(path, file.Length, budget);
        return TensorCollection.Fill(metadata: null, tensors =>
        {
            Add("data");
            if (zip.Records.ContainsKey($"{root}/constants.pkl"))
            {
                Add("constants");
            }

            views.RequireSome();

            void Add(string part)
            {
                var names = new TorchPickle(path, file.Length, budget);
                var bytes = zip.Bytes($"{root}/{part}.pkl", LargestPickle);
                var content = new PickleReader(bytes, 0, path, names, budget).Read();
                foreach (var storage in views.Of(content, part == "data" ? "" : part))
                {
                    using var numbers = zip.Tensor($"{root}/{part}/{storage.Key.Key}", storage.Key.Type, storage.Key.Count, isBig);
                    views.Add(tensors, storage, numbers);
                }
            }
        });
    }

    // Pickles of a magic number, the protocol, the machine, the object and the keys of its storages, then these: a count and numbers each.
    private static TensorCollection ReadLegacy(FileStream file, string path, PickleBudget budget)
    {
        var bytes = new byte[Math.Min(file.Length, LargestPickle)];
        file.Position = 0;
        file.ReadExactly(bytes);
        var names = new TorchPickle(path, file.Length, budget);
        var position = 0;
        if (Next() is not BigInteger magic || magic != LegacyMagic)
        {
            throw new DataFileException(path, "this is a Python pickle, and not one that torch.save wrote; load it in Python if you " +
                "trust it, and save its tensors with torch.save(dict, FILE).");
        }

        if (Next() is not 1001L || Next() is not PickleDict machine)
        {
            throw new DataFileException(path, "it does not begin as files of PyTorch 0.4 to 1.5 do; the file is damaged, get it again.");
        }

        if (machine.Items.Any(i => i is ("little_endian", false)))
        {
            throw new DataFileException(path, "it was written on a big-endian machine in the format before PyTorch 1.6; load it there " +
                "with a newer PyTorch and save it again.");
        }

        var content = Next();
        var keys = Next() as List<object?> ?? [];
        var views = new TorchViews(path, file.Length, budget);
        var storages = views.Of(content, "").ToDictionary(v => v.Key.Key);
        views.RequireSome();
        return TensorCollection.Fill(metadata: null, tensors =>
        {
            long at = position;
            Span<byte> count = stackalloc byte[sizeof(long)];
            foreach (var key in keys)
            {
                if (key is not string text || !names.Storages.TryGetValue(text, out var storage) || at > file.Length - count.Length)
                {
                    throw Damaged();
                }

                file.Position = at;
                file.ReadExactly(count);
                at += count.Length + storage.Bytes;
                if (BinaryPrimitives.ReadInt64LittleEndian(count) != storage.Count || at > file.Length)
                {
                    throw Damaged();
                }

                if (storages.Remove(text, out var shown))
                {
                    using var numbers = TensorFile.Allocate(path, [storage.Count], storage.Type.Scalar);
                    TensorFile.Fill(numbers, file);
                    views.Add(tensors, shown, numbers);
                }
            }

            if (storages.Count > 0)
            {
                throw Damaged();
            }
        });

        object? Next()
        {
            var reader = new PickleReader(bytes, position, path, names, budget);
            var value = reader.Read();
            position = reader.Position;
            return value;
        }

        DataFileException Damaged() => new(path, "the numbers after its pickles are not those of its tensors; the file is damaged or cut " +
            "short, get it again.");
    }
}
