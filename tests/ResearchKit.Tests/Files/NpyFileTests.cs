using System.Buffers.Binary;
using System.Text;
using CsCheck;
using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Files;

public sealed class NpyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read() => SomeTensors.Of([.. ElementType.All.Where(t => t.Npy is not null)]).Sample(
        make =>
        {
            using var scope = NewDisposeScope();
            var tensor = make();
            NpyFile.Write(_folder["a.npy"], tensor);
            SomeTensors.Same(tensor, NpyFile.Read(_folder["a.npy"]));
            Assert.Equal(0, (new FileInfo(_folder["a.npy"]).Length - tensor.numel() * tensor.element_size()) % 64);
        },
        iter: 300,
        threads: 1);

    [Theory]
    [InlineData("{'descr':'<f4','fortran_order':False,'shape':(2,)}")]
    [InlineData("{\"shape\" : ( 2 , ) ,\n\"descr\" : \"<f4\", 'fortran_order' : True , }   \n")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2L,), }")]
    public void Other_ways_to_write_the_same_header(string header)
    {
        using var read = NpyFile.Read(Put("a", header, 8));
        Assert.Equal([2], read.shape);
    }

    [Theory]
    [InlineData("negative shape", "(-2,)", "shape (-2,) is one that no array can have")]
    [InlineData("two negative sizes", "(-2, -1)", "no array can have")]
    [InlineData("2^60 elements", "(1152921504606846976, 8)", "no array can have")]
    [InlineData("2^60 bytes", "(288230376151711744,)", "1152921504606846976 bytes for the shape (288230376151711744,) and 8 follow")]
    [InlineData("2^40 elements", "(1099511627776,)", "the array is cut short")]
    [InlineData("sizes that wrap to 0", "(4294967296, 4294967296)", "no array can have")]
    [InlineData("sizes that wrap beside a 0", "(4294967296, 4294967296, 0)", "no array can have")]
    [InlineData("data after the array", "(1,)", "something else follows the array")]
    [InlineData("size beyond 64 bits", "(99999999999999999999,)", "not a dict")]
    [InlineData("a number, no tuple", "(2)", "not a dict")]
    [InlineData("a comma alone", "(,)", "not a dict")]
    [InlineData("an expression", "(1+1,)", "not a dict")]
    [InlineData("a call", "(__import__('os').getpid(),)", "not a dict")]
    [InlineData("a list", "[2]", "not a dict")]
    [InlineData("never closed", "(2,", "not a dict")]
    [InlineData("a fraction", "(2.0,)", "not a dict")]
    [InlineData("no shape", "", "not a dict")]
    public void Hostile_shape(string what, string shape, string problem) =>
        Fails(what, $"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}", problem);

    [Fact]
    public void Rank_65() =>
        Fails("rank", $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({string.Concat(Enumerable.Repeat("1,", 65))}), }}",
            "not a dict");

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "Python objects")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "several fields")]
    [InlineData("{'descr': ('<f4', (2,)), 'fortran_order': False, 'shape': (1,), }", "several fields")]
    [InlineData("{'descr': 'f4', 'fortran_order': False, 'shape': (2,), }", "dtype 'f4' is none of")]
    [InlineData("{'descr': '|f4', 'fortran_order': False, 'shape': (2,), }", "dtype '|f4' is none of")]
    [InlineData("{'descr': '<f4\\n', 'fortran_order': False, 'shape': (2,), }", "not a dict")]
    [InlineData("{'descr': '<f4', 'fortran_order': 1, 'shape': (2,), }", "not a dict")]
    [InlineData("{'descr': '<f4', 'fortran_order': false, 'shape': (2,), }", "not a dict")]
    [InlineData("{'descr': '<f4', 'shape': (2,), }", "not a dict")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "not a dict")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1, }", "not a dict")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } #", "not a dict")]
    [InlineData("{'descr': '<f4", "not a dict")]
    [InlineData("", "not a dict")]
    public void Hostile_header(string header, string problem) => Fails("header", header, problem);

    [Theory]
    [InlineData("no magic", 0, (byte)'N', "first bytes are not those")]
    [InlineData("version 4", 6, (byte)4, "first bytes are not those")]
    [InlineData("version 1.1", 7, (byte)1, "first bytes are not those")]
    [InlineData("header longer than the file", 9, (byte)200, "a header of 512")]
    [InlineData("the low byte of the header's length", 8, (byte)0, "not a dict")]
    public void Hostile_start(string what, int position, byte value, string problem)
    {
        var path = Put(what, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 8);
        var bytes = File.ReadAllBytes(path);
        bytes[position] = value;
        File.WriteAllBytes(path, bytes);
        BadFile.Fails(path, problem.Replace("512", $"{bytes[8] + 256 * bytes[9]}", StringComparison.Ordinal), () => NpyFile.Read(path));
    }

    [Fact]
    public void Header_of_4_GB_in_version_2()
    {
        File.WriteAllBytes(_folder["a"], [0x93, .. "NUMPY"u8, 2, 0, 255, 255, 255, 255, .. new byte[100]]);
        BadFile.Fails(_folder["a"], "a header of 4294967295 bytes is promised", () => NpyFile.Read(_folder["a"]));
    }

    [Fact]
    public void Bool_that_is_neither()
    {
        var path = Put("bool", "{'descr': '|b1', 'fortran_order': False, 'shape': (8,), }", 8);
        BadFile.Fails(path, "bytes other than 0 and 1", () => NpyFile.Read(path));
    }

    [Fact]
    public void Types_that_NumPy_lacks()
    {
        using var half = ones(2, ScalarType.BFloat16);
        Assert.Contains("bfloat16 to float32", Assert.Throws<ArgumentException>(() => NpyFile.Write(_folder["a"], half)).Message,
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Cut_anywhere() => BadFile.FailsWhereverCut(_folder, Small(), p => NpyFile.Read(p).Dispose());

    [Fact]
    public void Random_bytes_change() => BadFile.ReadsOrFailsWithRandomBytes(_folder, Small(), most: 3, p => NpyFile.Read(p).Dispose());

    private void Fails(string name, string header, string problem)
    {
        var path = Put(name, header, 8);
        BadFile.Fails(path, problem, () => NpyFile.Read(path)); // also makes ready what the first call makes
        var before = GC.GetAllocatedBytesForCurrentThread();
        BadFile.Fails(path, problem, () => NpyFile.Read(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    private byte[] Small()
    {
        using var a = tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);
        NpyFile.Write(_folder["small"], a);
        return File.ReadAllBytes(_folder["small"]);
    }

    private string Put(string name, string header, int data)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        File.WriteAllBytes(_folder[name],
            [0x93, .. "NUMPY"u8, 1, 0, .. length, .. Encoding.Latin1.GetBytes(header), .. Enumerable.Range(0, data)
            .Select(i => (byte)(2 * i))]);
        return _folder[name];
    }
}
