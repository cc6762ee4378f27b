using CsCheck;
using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Files;

public sealed class NpzFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read() =>
        Gen.Select(SomeTensors.Of([.. ElementType.All.Where(t => t.Npy is not null)]).Array[0, 3], Gen.Bool).Sample(
        (make, compress) =>
        {
            using var scope = NewDisposeScope();
            var tensors = make.Select((m, i) => KeyValuePair.Create($"layer/{i}", m())).ToArray();
            NpzFile.Write(_folder["a.npz"], tensors, compress);
            using var read = NpzFile.Read(_folder["a.npz"]);
            Assert.Equal(tensors.Length, read.Count);
            foreach (var (name, tensor) in tensors)
            {
                SomeTensors.Same(tensor, read[name]);
            }
        },
        iter: 200,
        threads: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Equal_content_gives_equal_bytes(bool compress)
    {
        using var a = arange(100, dtype: ScalarType.Float32);
        NpzFile.Write(_folder["1"], [KeyValuePair.Create("b", a), KeyValuePair.Create("a", a)], compress);
        NpzFile.Write(_folder["2"], [KeyValuePair.Create("a", a), KeyValuePair.Create("b", a)], compress);
        Assert.Equal(File.ReadAllBytes(_folder["1"]), File.ReadAllBytes(_folder["2"]));
        using (var archive = System.IO.Compression.ZipFile.OpenRead(_folder["1"]))
        {
            // not the time of writing, which zip keeps to two seconds
            Assert.All(archive.Entries, e => Assert.Equal(1980, e.LastWriteTime.Year));
        }

        using var some = NpzFile.Read(_folder["1"], ["b"]);
        Assert.Equal(["b"], some.Names);
        BadFile.Fails(_folder["1"], "no array 'c' among 'a', 'b'", () => NpzFile.Read(_folder["1"], ["c"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("../a")]
    [InlineData("a\\b")]
    public void Names_that_are_not_written(string name)
    {
        using var one = ones(1);
        Assert.Throws<ArgumentException>(() => NpzFile.Write(_folder["a"], [KeyValuePair.Create(name, one)]));
        Assert.Throws<ArgumentException>(() => NpzFile.Write(_folder["a"], [KeyValuePair.Create("a", one), KeyValuePair.Create("a", one)]));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }
}
