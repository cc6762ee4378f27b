using System.Buffers.Binary;
using System.IO.Compression;
using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Files;

/// <summary>Archives made to break a reader: one sentence each, and no memory taken.</summary>
public sealed class NpzHostileTests : IDisposable
{
    private static readonly byte[] Local = "PK\u0003\u0004"u8.ToArray();
    private static readonly byte[] Central = "PK\u0001\u0002"u8.ToArray();

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("leads out", "leads out of the archive", "../a.npy")]
    [InlineData("leads out in the middle", "leads out of the archive", "a/../../b.npy")]
    [InlineData("absolute", "leads out of the archive", "/a.npy")]
    [InlineData("Windows", "leads out of the archive", "..\\a.npy")]
    [InlineData("drive", "leads out of the archive", "C:a.npy")]
    [InlineData("no array", "no .npy array", "a.npy", "readme.txt")]
    [InlineData("folder", "no .npy array", "a/")]
    [InlineData("twice", "there twice", "a.npy", "a.npy")]
    public void Hostile_names(string what, string problem, params string[] names)
    {
        using (var archive = ZipFile.Open(_folder[what], ZipArchiveMode.Create))
        {
            foreach (var name in names)
            {
                archive.CreateEntry(name);
            }
        }

        BadFile.Fails(_folder[what], problem, () => NpzFile.Read(_folder[what]));
    }

    [Theory]
    [InlineData("encrypted", 8, 6, (ushort)1, "is encrypted")]
    [InlineData("bzip2", 10, 8, (ushort)12, "packed otherwise than stored or deflated")]
    [InlineData("LZMA", 10, 8, (ushort)14, "packed otherwise than stored or deflated")]
    public void Members_that_cannot_be_unpacked(string what, int central, int local, ushort value, string problem)
    {
        var bytes = File.ReadAllBytes(Small());
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(bytes.AsSpan().IndexOf(Central) + central), value);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(bytes.AsSpan().IndexOf(Local) + local), value);
        Fails(what, bytes, problem);
    }

    [Theory]
    [InlineData("checksum", 16, 1u, "do not give the checksum")]
    [InlineData("packed size beyond the file", 20, 100_000u, "take more bytes than the file's")]
    [InlineData("declared size too small", 24, 150u, "header promises 24 bytes for the shape (2, 3) and 22 follow")]
    [InlineData("declared size too large", 24, 153u, "header promises 24 bytes for the shape (2, 3) and 25 follow")]
    [InlineData("bomb", 24, 300_000_000u, "as a zip bomb's do")]
    [InlineData("offset of the member", 42, 77u, "no zip archive, a damaged one")]
    public void Members_that_lie(string what, int field, uint value, string problem)
    {
        var bytes = File.ReadAllBytes(Small());
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.AsSpan().IndexOf(Central) + field), value);
        Fails(what, bytes, problem);
    }

    [Fact]
    public void Data_that_changed_in_a_stored_member()
    {
        var bytes = File.ReadAllBytes(Small(compress: false));
        bytes[bytes.AsSpan().IndexOf(Central) - 1] ^= 1;
        Fails("changed", bytes, "array 'a': its bytes do not give the checksum");
    }

    [Fact]
    public void Members_that_share_their_bytes()
    {
        using var scope = NewDisposeScope();
        NpzFile.Write(_folder["a"], [KeyValuePair.Create("a", ones(100_000)), KeyValuePair.Create("b", ones(1))]);
        var bytes = File.ReadAllBytes(_folder["a"]);
        var second = bytes.AsSpan().LastIndexOf(Central);
        bytes.AsSpan(bytes.AsSpan().IndexOf(Central) + 16, 30).CopyTo(bytes.AsSpan(second + 16)); // sizes and offset, not the name
        Fails("shared", bytes, "they overlap or are cut short");
    }

    [Fact]
    public void A_real_bomb()
    {
        using (var archive = ZipFile.Open(_folder["bomb"], ZipArchiveMode.Create))
        {
            using var stream = archive.CreateEntry("a.npy", CompressionLevel.Optimal).Open();
            stream.Write(NpyHeader.Make(ElementType.Of(ScalarType.Byte)!, [300_000_000]));
            var block = new byte[1_000_000];
            for (var i = 0; i < 300; i++)
            {
                stream.Write(block);
            }
        }

        BadFile.Fails(_folder["bomb"], "would unpack to more than 268435456", () => NpzFile.Read(_folder["bomb"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cut_anywhere(bool compress) =>
        BadFile.FailsWhereverCut(_folder, File.ReadAllBytes(Small(compress)), p => NpzFile.Read(p).Dispose());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Random_bytes_change(bool compress) =>
        BadFile.ReadsOrFailsWithRandomBytes(_folder, File.ReadAllBytes(Small(compress)), most: 3, p => NpzFile.Read(p).Dispose());

    private string Small(bool compress = true)
    {
        using var a = tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);
        NpzFile.Write(_folder["small"], [KeyValuePair.Create("a", a)], compress);
        return _folder["small"];
    }

    private void Fails(string name, byte[] content, string problem)
    {
        File.WriteAllBytes(_folder[name], content);
        BadFile.Fails(_folder[name], problem, () => NpzFile.Read(_folder[name]));
    }
}
