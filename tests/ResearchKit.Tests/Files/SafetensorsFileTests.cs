using CsCheck;
using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Files;

public sealed class SafetensorsFileTests : IDisposable
{
    private static readonly string Reference = Repository.Reference("arrays/reference.safetensors");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read() =>
        Gen.Select(SomeTensors.Of(ElementType.All).Array[0, 4], Gen.String.Where(s => s.All(c => !char.IsSurrogate(c)))).Sample(
        (make, text) =>
        {
            using var scope = NewDisposeScope();
            var tensors = make.Select((m, i) => KeyValuePair.Create($"{text}.{i}", m())).ToArray();
            SafetensorsFile.Write(_folder["a"], tensors, new Dictionary<string, string> { [text] = text });
            using var read = SafetensorsFile.Read(_folder["a"]);
            Assert.Equal(tensors.Length, read.Count);
            Assert.Equal(text, read.Metadata[text]);
            foreach (var (name, tensor) in tensors)
            {
                SomeTensors.Same(tensor, read[name]);
            }
        },
        iter: 300,
        threads: 1);

    // reference.safetensors is written by the format's authors' code, see tests/peers/safetensors_reference.rs.
    [Fact]
    public void Reads_every_dtype_of_the_authors_writer()
    {
        using var read = SafetensorsFile.Read(Reference);
        Assert.Equal("pt", read.Metadata["format"]);
        Assert.Equal(["bf16", "bool", "empty", "f16", "f32", "f64", "i16", "i32", "i64", "i8", "scalar", "u8"], read.Names);
        foreach (var (name, tensor) in read.Where(t => t.Key is not ("bool" or "empty" or "scalar")))
        {
            Assert.Equal(name, ElementType.Of(tensor.dtype)!.Safetensors, ignoreCase: true);
            Assert.Equal([2, 3, 2], tensor.shape);
            Assert.Equal(Enumerable.Range(0, 12 * (int)tensor.element_size()).Select(i => (byte)i), SomeTensors.Bytes(tensor));
        }

        Assert.Equal([true, false, true], read["bool"].data<bool>().ToArray());
        Assert.Equal([0, 5], read["empty"].shape);
        Assert.Equal(BitConverter.Int32BitsToSingle(0x03020100), read["scalar"].item<float>());
    }

    [Fact]
    public void Writes_the_bytes_of_the_authors_writer()
    {
        using var read = SafetensorsFile.Read(Reference);
        SafetensorsFile.Write(_folder["again"], read.Reverse(), read.Metadata);
        Assert.Equal(File.ReadAllBytes(Reference), File.ReadAllBytes(_folder["again"]));
    }

    [Fact]
    public void Reads_only_what_is_asked_for()
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(_folder["a"], "abcd".Select((c, i) => KeyValuePair.Create($"{c}", full(3, i))));
        using var some = SafetensorsFile.Read(_folder["a"], ["d", "b", "d"]);
        Assert.Equal(["b", "d"], some.Names);
        Assert.Equal([1L, 1, 1], some["b"].data<long>().ToArray());
        Assert.Equal([3L, 3, 3], some["d"].data<long>().ToArray());
        BadFile.Fails(Reference, "no tensor 'i9' among the 12", () => SafetensorsFile.Read(Reference, ["i8", "i9"]));
        Assert.Contains("no tensor 'x' among 'b', 'd'", Assert.Throws<KeyNotFoundException>(() => some["x"]).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_many_blocks()
    {
        using var tensor = arange(5_000_001, dtype: ScalarType.Int64); // 40 MB
        SafetensorsFile.Write(_folder["long"], [KeyValuePair.Create("a", tensor)]);
        using var read = SafetensorsFile.Read(_folder["long"]);
        using var same = read["a"].eq(tensor).all();
        Assert.True(same.item<bool>());
    }

    [Fact]
    public void Tensors_outlive_the_scope_they_were_read_in()
    {
        TensorCollection read;
        using (NewDisposeScope())
        {
            read = SafetensorsFile.Read(Reference);
        }

        Assert.Equal(3, read["bool"].numel());
        var tensor = read["bool"];
        read.Dispose();
        Assert.True(tensor.IsInvalid);
    }

    [Fact]
    public void What_the_format_cannot_hold_leaves_the_old_file()
    {
        using var one = ones(2);
        using var complex = ones(2, ScalarType.ComplexFloat32);
        SafetensorsFile.Write(_folder["a"], [KeyValuePair.Create("a", one)]);
        var before = File.ReadAllBytes(_folder["a"]);
        Refused("'b' is ComplexFloat32", KeyValuePair.Create("a", one), KeyValuePair.Create("b", complex));
        Refused("2 tensor(s) called 'a'", KeyValuePair.Create("a", one), KeyValuePair.Create("a", one));
        Refused("1 tensor(s) called '__metadata__'", KeyValuePair.Create("__metadata__", one));
        Assert.Equal(before, File.ReadAllBytes(_folder["a"]));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to()
    {
        File.WriteAllText(_folder["file"], "");
        BadFile.Fails(_folder["file/a"], "cannot be written", () => SafetensorsFile.Write(_folder["file/a"], []));
    }

    private void Refused(string problem, params KeyValuePair<string, Tensor>[] tensors) =>
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(_folder["a"], tensors)).Message,
            StringComparison.Ordinal);
}
