using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ResearchKit.Tests.Files;

/// <summary>PyTorch files made by hand, also those that PyTorch would not write.</summary>
internal static class TorchBytes
{
    public static byte[] Pickle(params byte[][] body) => [0x80, 2, .. body.SelectMany(b => b), (byte)'.'];

    public static byte[] Text(string text) => [(byte)'X', .. Int(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    public static byte[] Number(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return [0x8a, 8, .. bytes];
    }

    public static byte[] Global(string module, string name) => [(byte)'c', .. Encoding.UTF8.GetBytes($"{module}\n{name}\n")];

    public static byte[] Tuple(params byte[][] items) => [(byte)'(', .. items.SelectMany(i => i), (byte)'t'];

    public static byte[] Call(byte[] function, params byte[][] arguments) => [.. function, .. Tuple(arguments), (byte)'R'];

    public static byte[] Dict(params (string Key, byte[] Value)[] items) =>
        [(byte)'}', (byte)'(', .. items.SelectMany(i => (byte[])[.. Text(i.Key), .. i.Value]), (byte)'u'];

    /// <summary>A float32 vector that is all of its storage.</summary>
    public static byte[] Tensor(string key, long count) => Tensor(Storage("FloatStorage", key, count), 0, [count], [1]);

    public static byte[] Tensor(byte[] storage, long offset, long[] size, long[] stride) => Call(
        Global("torch._utils", "_rebuild_tensor_v2"), storage, Number(offset), Tuple([.. size.Select(Number)]),
        Tuple([.. stride.Select(Number)]), [0x89], Call(Global("collections", "OrderedDict")));

    public static byte[] Storage(string type, string key, long count) =>
        [.. Tuple(Text("storage"), Global("torch", type), Text(key), Text("cpu"), Number(count)), (byte)'Q'];

    /// <summary>Writes an archive as torch.save does, with records beside the pickle.</summary>
    public static string Zip(string path, byte[] pickle, params (string Name, byte[] Content)[] records)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, content) in records.Prepend(("data.pkl", pickle)))
        {
            using var stream = archive.CreateEntry($"a/{name}", CompressionLevel.NoCompression).Open();
            stream.Write(content);
        }

        return path;
    }

    /// <summary>Writes a file as torch.save did before PyTorch 1.6.</summary>
    public static string Legacy(string path, byte[] pickle, byte[] keys, byte[] numbers)
    {
        byte[] magic = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
        File.WriteAllBytes(path, [.. Pickle(magic), .. Pickle(Number(1001)), .. Pickle(Dict(("little_endian", [0x88]))), .. pickle,
            .. keys, .. numbers]);
        return path;
    }

    private static byte[] Int(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }
}
