using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Cli;

/// <summary>Files that cannot be scored, some made to break a reader: one sentence and exit code 1. The readers' own tests have more of
/// them, and that they take no memory.</summary>
public sealed class MetricsBadFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MetricsBadFileTests() => NpyFile.Write(_folder["r.npy"], randn(50, 3, ScalarType.Float64));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Absent() => Fails("absent", "no folder of images");

    [Fact]
    public void Features_that_are_NaN() =>
        Fails(Npy("nan.npy", full([20, 3], double.NaN)),
            "Generated features are NaN or infinite in 20 of 20 rows, first in row 0 (counted from 0); leave such samples out.");

    [Fact]
    public void One_sample() =>
        Fails(Npy("one.npy", zeros(1, 3)), "frechet-distance needs 2 samples of each set for a covariance, and one.npy has 1");

    [Fact]
    public void Another_width() => Fails(Npy("wide.npy", zeros(20, 4)), "width 4");

    [Fact]
    public void One_picture()
    {
        var one = Npy("one.npy", zeros([1, 28, 28, 1], ScalarType.Byte));
        Fails(one, "one.npy has 1, digits test has", "digits:test");
    }

    [Fact]
    public void Truncated()
    {
        File.WriteAllBytes(_folder["cut.npy"], File.ReadAllBytes(_folder["r.npy"])[..^9]);
        Fails("cut.npy", "follow");
    }

    [Theory]
    [InlineData("'|O'", "(3, 3)", "objects")]
    [InlineData("'<f8'", "(-3, 3)", "shape")]
    [InlineData("'<f8'", "(1152921504606846976, 2)", "shape")]
    [InlineData("'<f8'", "(3, 3), __import__('os')", "header")]
    public void Hostile_npy(string type, string shape, string message) => Fails(Raw("x.npy", NpyHeader(type, shape)), message);

    [Fact]
    public void Hostile_npz()
    {
        using (var archive = ZipFile.Open(_folder["out.npz"], ZipArchiveMode.Create))
        {
            archive.CreateEntry("../mu.npy");
        }

        Fails("out.npz", "leads out of the archive");
        Fails(Raw("none.npz", "PK"u8.ToArray()), "none.npz");
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12,
        "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "no tensor can have")]
    [InlineData("""{"a":{"dtype":"F64","shape":[1152921504606846976],"data_offsets":[0,8]}}""", 8, "no tensor can have")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "cut short")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "names no architecture")]
    [InlineData("""{"__metadata__":{"architecture":"DcganGenerator","options":"{\"imageSize\":28,\"channels\":1,""" +
        """\"features\":536870912,\"latentSize\":8}"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8,
        "ask for a DcganGenerator of")]
    public void Hostile_safetensors(string header, int data, string message)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        Fails(Raw("x.safetensors", bytes), message);
    }

    private static byte[] NpyHeader(string type, string shape)
    {
        var text = Encoding.ASCII.GetBytes($"{{'descr': {type}, 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. text];
    }

    private string Npy(string name, Tensor array)
    {
        using (array)
        {
            NpyFile.Write(_folder[name], array);
        }

        return name;
    }

    private string Raw(string name, byte[] content)
    {
        File.WriteAllBytes(_folder[name], content);
        return name;
    }

    private void Fails(string generated, string message, string real = "r.npy")
    {
        var run = ProgramRun.ResearchKit(_folder.Path, null, "metrics", generated, real, "--no-cache");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        var line = Assert.Single(run.Error.TrimEnd().Split('\n'), l => !l.StartsWith("feature network: ", StringComparison.Ordinal));
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.Contains(message, line, StringComparison.Ordinal);
    }
}
