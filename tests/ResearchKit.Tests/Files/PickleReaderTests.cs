using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using ResearchKit.Files;
using ResearchKit.Support;
using TorchSharp;
using static ResearchKit.Tests.Files.TorchBytes;

namespace ResearchKit.Tests.Files;

/// <summary>Pickles and archives made to break a reader or to run something: one sentence each, soon, and little memory.</summary>
public sealed class PickleReaderTests : IDisposable
{
    private static readonly byte[] Mark = "("u8.ToArray();
    private static readonly byte[] Good = Pickle(Dict(("w", Tensor("0", 2))));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Values_of_Python()
    {
        var value = (PickleTuple)Parse(Pickle(Tuple(Number(-3), [0x8a, 0], [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50,
            0x19], [(byte)'J', 255, 255, 255, 255], [(byte)'M', 0, 255], [(byte)'G', 0x3f,
            0xf0, 0, 0, 0, 0, 0, 0], Text("ä"), [(byte)'U', 1, 0xe4], [(byte)'C', 1, 7], "]K\u0001a(K\u0002K\u0003e"u8.ToArray(),
            [0x88], "N"u8.ToArray(), [(byte)'K', 1, (byte)'2', 0x86])))!;
        Assert.Equal([-3L, 0L, BigInteger.Parse("119547037146038801333356"), -1L, 65280L, 1.0, "ä", "ä"], value.Items[..8]);
        Assert.Equal([7], Assert.IsType<byte[]>(value.Items[8]));
        Assert.Equal([1L, 2L, 3L], Assert.IsType<List<object?>>(value.Items[9]));
        Assert.Equal([true, null], value.Items[10..12]);
        Assert.Equal([1L, 1L], Assert.IsType<PickleTuple>(value.Items[12]).Items);
    }

    public static TheoryData<string, string> Calls => new()
    {
        { "posix", "system" }, { "os", "system" }, { "nt", "system" }, { "subprocess", "Popen" }, { "builtins", "eval" },
        { "__builtin__", "eval" }, { "builtins", "exec" }, { "builtins", "getattr" }, { "builtins", "__import__" },
        { "operator", "attrgetter" }, { "functools", "partial" }, { "torch", "load" }, { "torch.serialization", "load" },
        { "torch.jit", "load" }, { "torch.hub", "load" }, { "torch._utils", "_rebuild_sparse_tensor" },
        { "torch.nn.modules.linear", "Linear" }, { "torch", "Tensor" }, { "torch", "os" },
        { "numpy", "load" }, { "pickle", "loads" }, { "copyreg", "_reconstructor" }, { "__torch__x", "y" }, { "runpy", "_run_code" },
        { "collections", "OrderedDict.__init__" }, { "sys", "exit" }, { "", "" }, { "System.Diagnostics", "Process" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void Nothing_else_is_named(string module, string name)
    {
        var touch = Text($"touch {_folder["ran"]}");
        foreach (var call in (byte[][])[Call(Global(module, name), touch), [.. Global(module, name), .. Tuple(touch), 0x81],
            [.. Text(module), .. Text(name), 0x93, .. Tuple(touch), (byte)'R'],
            [(byte)'(', .. touch, (byte)'i', .. Global(module, name)[1..]], [(byte)'(', .. Global(module, name), .. touch, (byte)'o']])
        {
            Fails(Pickle(Dict(("w", Tensor("0", 2)), ("x", call))), $"it names '{module}.{name}', and no class or function");
        }

        Assert.False(File.Exists(_folder["ran"]));
    }

    [Fact]
    public void Numbers_that_are_not_here() =>
        Fails(Pickle(Tensor(Storage("ComplexFloatStorage", "0", 2), 0, [2], [1])), "'torch.ComplexFloatStorage', and of such numbers");

    public static TheoryData<string, byte[], string> Damaged => new()
    {
        { "empty", [], "is cut short" },
        { "no stop", Good[..^1], "is cut short" },
        { "nothing to stop with", Pickle(), "takes more values than it has" },
        { "protocol 6", [0x80, 6, .. Good[2..]], "operation of protocols 2 to 5" },
        { "unknown operation", Pickle([0xff]), "has the byte 0xff" },
        { "extension registry", Pickle([0x82, 1]), "has the byte 0x82" },
        { "text of 4 GB", Pickle([(byte)'X', 255, 255, 255, 255]), "a length beyond its own end" },
        { "text of 2^63", Pickle([0x8d, 0, 0, 0, 0, 0, 0, 0, 128]), "a length beyond its own end" },
        { "bytes of 2^62", Pickle([0x8e, 0, 0, 0, 0, 0, 0, 0, 64]), "a length beyond its own end" },
        { "number of 2 GB", Pickle([0x8b, 255, 255, 255, 127]), "a length beyond its own end" },
        { "frame of 2^62", Pickle([0x95, 0, 0, 0, 0, 0, 0, 0, 64]), "a length beyond its own end" },
        { "name without end", Pickle([(byte)'c', .. new byte[2000]]), "a name without an end" },
        { "never kept", Pickle([(byte)'h', 3]), "that it never kept" },
        { "no mark", Pickle("Nt"u8.ToArray()), "ends a list that it never began" },
        { "below the mark", Pickle("N(a"u8.ToArray()), "takes more values" },
        { "append to a dict", Pickle("}Na"u8.ToArray()), "no list" },
        { "items of a list", Pickle("](NNu"u8.ToArray()), "no dict" },
        { "a key alone", Pickle("}(Nu"u8.ToArray()), "a key without a value" },
        { "a text is called", Pickle(Call(Text("x"))), "calls something that is no name" },
        { "a class of numbers", Pickle([.. Number(1), .. Number(2), 0x93]), "by something else than text" },
        { "another id", Pickle([.. Text("x"), (byte)'Q']), "no storage of numbers" },
        { "an id of a module", Pickle([.. Tuple(Text("module"), Text("x"), Text("f.py"), Text("code")), (byte)'Q']), "no storage" },
        { "storage of -1", Pickle(Tensor("0", -1)), "no storage" },
        { "storage of 2^62", Pickle(Tensor("0", 1L << 62)), "no storage" },
        { "two storages of a key", Pickle(Dict(("a", Tensor("0", 2)), ("b", Tensor("0", 1)))), "no storage" },
        { "no arguments", Pickle(Call(Global("torch._utils", "_rebuild_tensor_v2"))), "what does not fit it" },
        { "a storage is called", Pickle(Call(Global("torch", "FloatStorage"))), "what does not fit it" },
        { "negative size", Of(0, [-2], [1]), "what does not fit it" },
        { "negative stride", Of(1, [2], [-1]), "what does not fit it" },
        { "negative offset", Of(-1, [1], [1]), "what does not fit it" },
        { "size beyond the storage", Of(0, [3], [1]), "reaches beyond the 2 elements" },
        { "offset beyond the storage", Of(1, [2], [1]), "reaches beyond the 2 elements" },
        { "stride beyond the storage", Of(0, [2], [2]), "reaches beyond the 2 elements" },
        { "strides that wrap", Of(0, [3, 3], [1L << 62, 1L << 62]), "reaches beyond the 2 elements" },
        { "sizes that wrap", Of(0, [1L << 32, 1L << 32], [0, 0]), "what does not fit it" },
        { "sizes that wrap beside 0", Of(0, [1L << 32, 1L << 32, 0], [0, 0, 0]), "what does not fit it" },
        { "rank 65", Of(0, [.. Enumerable.Repeat(1L, 65)], [.. Enumerable.Repeat(1L, 65)]), "what does not fit it" },
        { "strides missing", Of(0, [1, 1], [1]), "what does not fit it" },
        { "a size that is text", Pickle(Call(Global("torch._utils", "_rebuild_tensor_v2"), Storage("FloatStorage", "0", 2), Number(0),
            Tuple(Text("2")), Tuple(Number(1)))), "what does not fit it" },
        { "one number 2^40 times", Of(0, [1L << 40], [0]), "again and again" },
        { "one number 2^24 times, twice", Pickle(Tuple(Enumerable.Repeat(
            Tensor(Storage("FloatStorage", "0", 2), 0, [1L << 24], [0]), 2).ToArray())), "again and again" },
        { "no tensor", Pickle(Dict(("a", Number(1)))), "it holds no tensor" },
        { "two of a name", Pickle(Dict(("a.b", Tensor("0", 2)), ("a", Dict(("b", Tensor("0", 2)))))), "both be called 'a.b'" },
        { "a dict in itself", Pickle("}q\u0001"u8.ToArray(), Text("a"), "h\u0001s"u8.ToArray()), "or in a circle" },
        { "a list in itself", Pickle("]q\u0001h\u0001a"u8.ToArray()), "or in a circle" },
        { "lists of lists", Pickle([.. Enumerable.Repeat((byte)']', 100_000), .. Enumerable.Repeat((byte)'a', 99_999)]), "in a circle" },
        { "a storage that is not there", Pickle(Tensor("1", 2)), "no record 'a/data/1'" },
        { "a storage outside", Pickle(Tensor("../data.pkl", 2)), "no record 'a/data/../data.pkl'" },
        { "a storage too short", Pickle(Tensor("0", 1)), "has 8 bytes where 4 are due" },
        { "bool of neither", Pickle(Tensor(Storage("BoolStorage", "0", 8), 0, [8], [1])), "bytes other than 0 and 1" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void Damaged_pickles(string what, byte[] pickle, string problem)
    {
        _ = what;
        Fails(pickle, problem);
    }

    [Fact]
    public void Bombs_take_little_memory_and_time()
    {
        // Each dict holds the one before twice: 2^60 names.
        byte[] laugh = [.. Tensor("0", 2)];
        for (byte i = 0; i < 60; i++)
        {
            laugh = [.. laugh, (byte)'q', i, (byte)'0', .. Dict(("a", [(byte)'h', i]), ("b", [(byte)'h', i]))];
        }

        Bomb("names", [laugh], "more than 128 MB");
        Bomb("nothing", [new byte[30_000_000].Select(_ => (byte)'N').ToArray()], "more than 128 MB");
        Bomb("marks", [new byte[30_000_000].Select(_ => (byte)'(').ToArray()], "more than 128 MB");
        Bomb("dicts", [new byte[30_000_000].Select(_ => (byte)'}').ToArray()], "more than 128 MB");
        Bomb("kept", [.. Enumerable.Range(0, 5_000_000).Select(i => (byte[])[(byte)'r', .. BitConverter.GetBytes(i)]).Prepend([(byte)'N'])],
            "more than 128 MB");
        var wide = Tuple([.. Enumerable.Repeat(Number(1), 64)]);
        Bomb("shapes", [Global("torch._utils", "_rebuild_tensor_v2"), "q\u0000"u8.ToArray(), Storage("FloatStorage", "0", 2),
            "q\u0001"u8.ToArray(), wide, "q\u0002"u8.ToArray(), .. Enumerable.Repeat("h\u0000(h\u0001K\u0000h\u0002h\u0002tR"u8.ToArray(),
            1_000_000)], "more than 128 MB");
        Bomb("a long text again and again", [[.. Text(new string('x', 100_000)), (byte)'q', 1, (byte)'0', .. Tensor("0", 2), (byte)'q', 2],
            "("u8.ToArray(), .. Enumerable.Repeat("}h\u0001h\u0002s"u8.ToArray(), 9_999), "t"u8.ToArray()], "more than 128 MB");
        Bomb("long pickle", [Text(new string('x', 34_000_000))], "are the limit");
    }

    [Fact]
    public void Hostile_archives()
    {
        var numbers = ("data/0", new byte[8]);
        Fails(Zip(_folder["out"], Good, numbers, ("../x", [])), "leads out of the archive");
        Fails(Zip(_folder["twice"], Good, numbers, numbers), "is there twice");
        Fails(Zip(_folder["two"], Good, numbers, ("../b/data.pkl", [])), "leads out");
        using (var archive = ZipFile.Open(_folder["none"], ZipArchiveMode.Create))
        {
            archive.CreateEntry("x");
        }

        Fails(_folder["none"], "has 0 records data.pkl");
        using (var archive = ZipFile.Open(_folder["bomb"], ZipArchiveMode.Create))
        {
            using var stream = archive.CreateEntry("a/data.pkl", CompressionLevel.Optimal).Open();
            stream.Write(new byte[100_000_000]);
        }

        Fails(_folder["bomb"], "is packed or encrypted");
        Lie("checksum", 16, 1, "does not have the checksum");
        Lie("size beyond the file", 20, 100_000, "lies beyond the end of the file");
        Lie("unpacked size", 24, 1000, "is packed or encrypted");
        Lie("offset", 42, 7, "its directory is damaged");
        Lie("offset beyond the file", 42, 1_000_000, "lies beyond the end of the file");
        Lie("name beyond the directory", 28, 60_000, "its directory is damaged");
        var many = File.ReadAllBytes(Zip(_folder["z"], Good, numbers));
        BinaryPrimitives.WriteUInt16LittleEndian(many.AsSpan(many.Length - 12), 60_000);
        File.WriteAllBytes(_folder["count"], many);
        Fails(_folder["count"], "its directory is damaged");
        File.WriteAllBytes(_folder["start"], [.. "PK\u0003\u0004"u8, .. new byte[500]]);
        Fails(_folder["start"], "its directory is damaged");

        void Lie(string what, int field, uint value, string problem)
        {
            var bytes = File.ReadAllBytes(Zip(_folder[$"{what} before"], Good, numbers));
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.AsSpan().IndexOf("PK\u0001\u0002"u8) + field), value);
            File.WriteAllBytes(_folder[what], bytes);
            Fails(_folder[what], problem);
        }
    }

    [Fact]
    public void An_archive_of_a_million_records_is_refused_before_it_is_read()
    {
        var entry = new byte[47];
        "PK\u0001\u0002"u8.CopyTo(entry);
        entry[28] = 1;
        var end = new byte[22];
        "PK\u0005\u0006"u8.CopyTo(end);
        var directory = Enumerable.Repeat(entry, 1_000_000).SelectMany(e => e).ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(12), directory.Length);
        BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(16), 4);
        end[10] = 255;
        File.WriteAllBytes(_folder["many"], [.. "PK\u0003\u0004"u8, .. directory, .. end]);
        Fails(_folder["many"], "are the limit");
    }

    [Fact]
    public void Hostile_files_of_the_old_format()
    {
        var keys = Pickle("]"u8.ToArray(), Text("0"), "a"u8.ToArray());
        byte[] numbers = [2, 0, 0, 0, 0, 0, 0, 0, .. new byte[8]];
        using (var read = TorchFile.Read(Legacy(_folder["good"], Good, keys, numbers)))
        {
            Assert.Equal(["w"], read.Names);
        }

        const string Problem = "are not those of its tensors";
        Fails(Legacy(_folder["cut"], Good, keys, numbers[..^1]), Problem);
        Fails(Legacy(_folder["count"], Good, keys, [3, .. numbers[1..]]), Problem);
        Fails(Legacy(_folder["negative"], Good, keys, [.. Enumerable.Repeat((byte)255, 8), .. new byte[8]]), Problem);
        Fails(Legacy(_folder["no key"], Good, Pickle("]"u8.ToArray()), numbers), Problem);
        Fails(Legacy(_folder["other key"], Good, Pickle("]"u8.ToArray(), Text("1"), "a"u8.ToArray()), numbers), Problem);
        Fails(Legacy(_folder["no list"], Good, Pickle("N"u8.ToArray()), numbers), Problem);
        File.WriteAllBytes(_folder["plain"], Pickle(Dict(("a", Number(1)))));
        Fails(_folder["plain"], "not one that torch.save wrote");
        File.WriteAllBytes(_folder["magic"], Pickle([0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]));
        Fails(_folder["magic"], "is cut short");
        File.WriteAllText(_folder["text"], "hello");
        Fails(_folder["text"], "not those of a file of torch.save");
        File.WriteAllText(_folder["nothing"], "");
        Fails(_folder["nothing"], "not those of a file of torch.save");
        Fails(_folder["absent"], "no such file");
    }

    private static byte[] Of(long offset, long[] size, long[] stride) =>
        Pickle(Tensor(Storage("FloatStorage", "0", 2), offset, size, stride));

    private static object? Parse(byte[] pickle)
    {
        var budget = new PickleBudget("x");
        return new PickleReader(pickle, 0, "x", new TorchPickle("x", 1000, budget), budget).Read();
    }

    private static void Fails(string path, string problem)
    {
        var before = Environment.CpuUsage.TotalTime; // of the process, where one test runs at a time: the machine's load is no part
        BadFile.Fails(path, problem, () => TorchFile.Read(path));
        var took = Environment.CpuUsage.TotalTime - before;
        Assert.True(took < TimeSpan.FromSeconds(2), $"{took}");
    }

    private void Fails(byte[] pickle, string problem)
    {
        File.Delete(_folder["bad"]);
        Fails(Zip(_folder["bad"], pickle, ("data/0", [1, 2, 3, 4, 5, 6, 7, 8])), problem);
    }

    private void Bomb(string what, byte[][] body, string problem)
    {
        var path = Zip(_folder[what], Pickle(body), ("data/0", new byte[8]));
        GC.Collect();
        var (before, native) = (GC.GetAllocatedBytesForCurrentThread(), torch.Tensor.TotalCount);
        Fails(path, problem);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.SendDiagnosticMessage($"{what}: {allocated >> 20} MB allocated in all");
        Assert.InRange(allocated, 0, 200_000_000);
        Assert.InRange(torch.Tensor.TotalCount, 0, native);
    }
}
