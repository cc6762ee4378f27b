using System.Buffers.Binary;
using System.Text;
using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Files;

/// <summary>Files made to break a reader: one sentence each, and no memory taken.</summary>
public sealed class SafetensorsHostileTests : IDisposable
{
    private const string Eight = "1,1,1,1,1,1,1,1,";
    private const string Rank65 = """{"a":{"dtype":"U8","shape":[""" + Eight + Eight + Eight + Eight + Eight + Eight + Eight + Eight +
        """1],"data_offsets":[0,1]}}""";

    private const string A = """ "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]} """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("overlap",
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""",
        12, "tensors overlap")]
    [InlineData("the same bytes twice",
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        8, "tensors overlap")]
    [InlineData("hole",
        """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}""", 5, "leave a hole")]
    [InlineData("hole at the start", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "leave a hole")]
    [InlineData("data after the last tensor", $"{{{A}}}", 9, "something else follows the last tensor")]
    [InlineData("data without tensors", "{}", 1, "something else follows")]
    [InlineData("data cut short", $"{{{A}}}", 7, "cut short")]
    [InlineData("offsets beyond the file", """{"a":{"dtype":"U8","shape":[1000000],"data_offsets":[0,1000000]}}""", 8, "cut short")]
    [InlineData("offsets and shape differ",
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "takes 8 bytes, but its offsets are 0 and 4")]
    [InlineData("offsets the wrong way round", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "offsets are 8 and 0")]
    [InlineData("negative offset", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "offsets are -8 and 0")]
    [InlineData("offsets that wrap",
        """{"a":{"dtype":"U8","shape":[2],"data_offsets":[9223372036854775807,-9223372036854775807]}}""", 2, "its offsets are")]
    [InlineData("offset beyond 64 bits",
        """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,18446744073709551618]}}""", 2, "entry for 'a'")]
    [InlineData("one offset", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[2]}}""", 2, "entry for 'a'")]
    [InlineData("negative shape",
        """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "shape (-2,), which no tensor can have")]
    [InlineData("two negative sizes", """{"a":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}""", 8, "no tensor can have")]
    [InlineData("2^60 elements", """{"a":{"dtype":"F64","shape":[1152921504606846976],"data_offsets":[0,8]}}""", 8, "no tensor can have")]
    [InlineData("sizes that wrap to 0",
        """{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "no tensor can have")]
    [InlineData("sizes that wrap beside a 0",
        """{"a":{"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}""", 0, "no tensor can have")]
    [InlineData("rank 65", Rank65, 1, "at most 64")]
    [InlineData("size with a fraction", """{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "entry for 'a'")]
    [InlineData("size as text", """{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "entry for 'a'")]
    [InlineData("unknown dtype",
        """{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8, "dtype 'F8_E4M3', which TorchSharp lacks")]
    [InlineData("dtype that is a number", """{"a":{"dtype":32,"shape":[2],"data_offsets":[0,8]}}""", 8, "entry for 'a'")]
    [InlineData("no dtype", """{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "entry for 'a'")]
    [InlineData("field twice", """{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "entry for 'a'")]
    [InlineData("unknown field", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":[[[1]]]}}""", 8, "entry for 'a'")]
    [InlineData("name twice", $"{{{A},{A}}}", 8, "names 'a' twice")]
    [InlineData("name twice, once escaped",
        """{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""",
        0, "names 'a' twice")]
    [InlineData("name of two lines", """{"a\nb":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "tensor 'a?b")]
    [InlineData("half a surrogate pair", """{"\ud800":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2, "not valid JSON")]
    [InlineData("entry that is a list", """{"a":[]}""", 0, "entry for 'a'")]
    [InlineData("metadata of numbers", """{"__metadata__":{"epoch":3}}""", 0, "__metadata__")]
    [InlineData("metadata key twice", """{"__metadata__":{"a":"1","a":"2"}}""", 0, "__metadata__")]
    [InlineData("metadata twice", """{"__metadata__":{},"__metadata__":{}}""", 0, "names '__metadata__' twice")]
    [InlineData("a list", "[]", 0, "not a JSON object")]
    [InlineData("a space before", " {}", 0, "not a JSON object")]
    [InlineData("nothing", "", 0, "not a JSON object")]
    [InlineData("half an object", """{"a":{"dtype":"F32" """, 0, "not valid JSON")]
    [InlineData("two objects", "{}{}", 0, "not valid JSON")]
    [InlineData("a comment", "{/* */}", 0, "not valid JSON")]
    public void Header(string what, string json, int data, string problem)
    {
        var path = Put(what, Encoding.UTF8.GetBytes(json), new byte[data]);
        BadFile.Fails(path, problem, () => SafetensorsFile.Read(path)); // also makes ready what the first call makes
        var before = GC.GetAllocatedBytesForCurrentThread();
        BadFile.Fails(path, problem, () => SafetensorsFile.Read(path, ["a"]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Theory]
    [InlineData(3UL, "only 2 follow")]
    [InlineData(100_000_001UL, "limit is 100000000")]
    [InlineData(ulong.MaxValue, "limit is 100000000")]
    [InlineData(100_000_000UL, "only 2 follow")]
    public void Length_of_the_header(ulong length, string problem)
    {
        var path = Put("length", "{}"u8.ToArray(), [], length);
        BadFile.Fails(path, problem, () => SafetensorsFile.Read(path));
    }

    [Fact]
    public void Not_UTF8() => Fails("not a JSON object in UTF-8", Put("latin", [(byte)'{', (byte)'"', 0xe9, (byte)'"', (byte)'}'], []));

    [Fact]
    public void Bool_that_is_neither()
    {
        var header = """{"a":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}"""u8.ToArray();
        Fails("bytes other than 0 and 1", Put("bool", header, [0, 1, 2]));
    }

    [Fact]
    public void Missing_file() => Fails("no such file", _folder["absent"]);

    [Fact]
    public void Folder() => Fails("this is a folder", _folder.Path);

    [Fact]
    public void Cut_anywhere() => BadFile.FailsWhereverCut(_folder, Small(), p => SafetensorsFile.Read(p).Dispose());

    [Fact]
    public void Random_bytes_change() =>
        BadFile.ReadsOrFailsWithRandomBytes(_folder, Small(), most: 4, p => SafetensorsFile.Read(p).Dispose());

    private static void Fails(string problem, string path) => BadFile.Fails(path, problem, () => SafetensorsFile.Read(path));

    private byte[] Small()
    {
        using var a = tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);
        using var b = tensor(new[] { true, false, true });
        SafetensorsFile.Write(_folder["small"], new Dictionary<string, Tensor> { ["a"] = a, ["b"] = b },
            new Dictionary<string, string> { ["by"] = "x" });
        return File.ReadAllBytes(_folder["small"]);
    }

    private string Put(string name, byte[] json, byte[] data, ulong? length = null)
    {
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, length ?? (ulong)json.Length);
        File.WriteAllBytes(_folder[name], [.. prefix, .. json, .. data]);
        return _folder[name];
    }
}
