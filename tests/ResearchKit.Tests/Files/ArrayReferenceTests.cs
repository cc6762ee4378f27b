using System.IO.Compression;
using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Files;

/// <summary>Arrays that NumPy wrote, see tests/peers/arrays.py: numpy.npz holds them all.</summary>
public sealed class ArrayReferenceTests : IDisposable
{
    private static readonly string Numpy = Repository.Reference("arrays/numpy.npz");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Types => ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "b1"];

    [Theory]
    [MemberData(nameof(Types))]
    public void Reads_a_dtype_in_both_byte_orders_and_both_element_orders(string dtype)
    {
        using var scope = NewDisposeScope();
        foreach (var variant in new[] { "little-c", "little-fortran", "big-c", "big-fortran" })
        {
            var array = NpyFile.Read(Member($"{dtype}-{variant}"));
            Assert.Equal([2, 3, 4], array.shape);
            Assert.Equal(Type(dtype), array.dtype);
            Assert.True(array.is_contiguous());
            Assert.Equal(Expected(dtype[0]), array.to(ScalarType.Float64).data<double>().ToArray());
        }
    }

    [Theory]
    [InlineData("f8")]
    [InlineData("f4")]
    [InlineData("f2")]
    [InlineData("i8")]
    [InlineData("i4")]
    [InlineData("i2")]
    [InlineData("i1")]
    [InlineData("u1")]
    [InlineData("b1")]
    public void Writes_the_bytes_of_NumPy(string dtype)
    {
        using var array = tensor(Expected(dtype[0]), [2, 3, 4], Type(dtype));
        NpyFile.Write(_folder["a.npy"], array);
        Assert.Equal(File.ReadAllBytes(Member($"{dtype}-little-c")), File.ReadAllBytes(_folder["a.npy"]));
    }

    [Theory]
    [InlineData("zero-d")]
    [InlineData("empty")]
    [InlineData("rank-20")]
    public void Writes_the_bytes_of_NumPy_for_odd_shapes(string name)
    {
        using var array = NpyFile.Read(Member(name));
        NpyFile.Write(_folder["a.npy"], array);
        Assert.Equal(File.ReadAllBytes(Member(name)), File.ReadAllBytes(_folder["a.npy"]));
    }

    [Theory]
    [InlineData("version-2")]
    [InlineData("version-3")]
    public void Reads_later_versions(string name)
    {
        using var array = NpyFile.Read(Member(name));
        Assert.Equal([4, 6], array.shape);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)i), array.data<float>().ToArray());
    }

    [Theory]
    [InlineData("u2-top", ushort.MaxValue)]
    [InlineData("u4-top", uint.MaxValue)]
    [InlineData("u8-top", long.MaxValue)]
    public void Unsigned_numbers_that_fit(string name, long top)
    {
        using var array = NpyFile.Read(Member(name));
        using var wide = array.to(ScalarType.Int64);
        Assert.Equal([0, 1, top], wide.data<long>().ToArray());
    }

    [Theory]
    [InlineData("u8", "above 2^63 - 1")]
    [InlineData("object", "Python objects (dtype '|O')")]
    [InlineData("record", "records of several fields")]
    [InlineData("text", "dtype '<U2' is none of")]
    [InlineData("bytes", "dtype '|S2' is none of")]
    [InlineData("void", "dtype '|V2' is none of")]
    [InlineData("time", "dtype '<M8[D]' is none of")]
    [InlineData("complex", "dtype '<c16' is none of")]
    [InlineData("longdouble", "dtype '<f16' is none of")]
    public void Refuses(string what, string problem)
    {
        var path = Member($"refused-{what}");
        BadFile.Fails(path, problem, () => NpyFile.Read(path));
        BadFile.Fails(Numpy, $"array 'refused-{what}': ", () => NpzFile.Read(Numpy, [$"refused-{what}"]));
    }

    [Theory]
    [InlineData("fid.npz")]
    [InlineData("fid-compressed.npz")]
    public void Reads_statistics_as_pytorch_fid_stores_them(string name)
    {
        using var stored = NpzFile.Read(Repository.Reference($"arrays/{name}"));
        Assert.Equal(["mu", "sigma"], stored.Names);
        Assert.Equal([6], stored["mu"].shape);
        Assert.Equal([6, 6], stored["sigma"].shape);
        Assert.All(stored, t => Assert.Equal(ScalarType.Float64, t.Value.dtype));
        using var transposed = stored["sigma"].t();
        Assert.Equal(SomeTensors.Bytes(stored["sigma"]), SomeTensors.Bytes(transposed));
    }

    private static ScalarType Type(string dtype) => dtype switch
    {
        "u2" => ScalarType.Int32,
        "u4" or "u8" => ScalarType.Int64,
        _ => Array.Find(ElementType.All, t => t.Npy == dtype)!.Scalar,
    };

    private static double[] Expected(char kind) => [.. Enumerable.Range(0, 24).Select(i => kind switch
    {
        'f' => (i * 37 % 101 - 50) / 8.0,
        'i' => i * 37 % 101 - 50,
        'u' => i * 37 % 101,
        _ => i % 3 == 0 ? 1 : 0,
    })];

    private string Member(string name)
    {
        using var archive = ZipFile.OpenRead(Numpy);
        archive.GetEntry($"{name}.npy")!.ExtractToFile(_folder[$"{name}.npy"], overwrite: true);
        return _folder[$"{name}.npy"];
    }
}
