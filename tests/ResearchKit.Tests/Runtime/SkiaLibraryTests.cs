using System.Runtime.Loader;
using ResearchKit.Runtime;
using ResearchKit.Support;
using SkiaSharp;

namespace ResearchKit.Tests.Runtime;

public class SkiaLibraryTests
{
    [Fact]
    public void Looks_beside_the_assembly_then_in_runtimes_then_in_the_package()
    {
        var cache = Path.GetFullPath("cache");
        var places = SkiaLibrary.Places("kit", new Dictionary<string, string> { ["SkiaSharpPackage"] = cache });
        Assert.Equal("kit", Path.GetDirectoryName(places[0]));
        Assert.StartsWith(Path.Combine("kit", "runtimes"), places[1], StringComparison.Ordinal);
        Assert.StartsWith(Path.Combine(cache, "runtimes"), places[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(SkiaLibrary.Places("kit", new Dictionary<string, string>()),
            p => p.StartsWith(cache, StringComparison.Ordinal));
    }

    [Fact]
    public void A_second_copy_of_SkiaSharp_finds_the_library_too()
    {
        SkiaLibrary.Register();
        var copy = new AssemblyLoadContext("another").LoadFromAssemblyPath(typeof(SKCodec).Assembly.Location);
        Assert.NotSame(typeof(SKCodec).Assembly, copy);
        var native = copy.GetType(typeof(SkiaSharpVersion).FullName!)!.GetProperty(nameof(SkiaSharpVersion.Native))!.GetValue(null);
        Assert.Equal(SkiaSharpVersion.Native, native);
    }

    [Fact]
    public void Nothing_found_is_one_sentence()
    {
        var error = Assert.Throws<NativeRuntimeException>(() => SkiaLibrary.Load(["/absent/libSkiaSharp.so"], "libNoSuchLibrary",
            typeof(SKCodec).Assembly));
        Assert.Contains("was not found in /absent/libSkiaSharp.so nor", error.Message, StringComparison.Ordinal);
        Assert.Contains("dotnet build", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_does_not_load_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["libSkiaSharp.so"], "no library");
        var error = Assert.Throws<NativeRuntimeException>(() => SkiaLibrary.Load([folder["libSkiaSharp.so"]], "libSkiaSharp",
            typeof(SKCodec).Assembly));
        Assert.Contains(folder["libSkiaSharp.so"], error.Message, StringComparison.Ordinal);
        Assert.Contains("did not load", error.Message, StringComparison.Ordinal);
    }
}
