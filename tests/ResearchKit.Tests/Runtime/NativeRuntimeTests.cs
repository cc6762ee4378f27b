using ResearchKit.Runtime;
using ResearchKit.Support;

namespace ResearchKit.Tests.Runtime;

public class NativeRuntimeTests
{
    [Fact]
    public void Says_where_libtorch_came_from()
    {
        var loaded = NativeRuntime.EnsureLoaded();
        Assert.True(File.Exists(Path.Combine(loaded.LibtorchFolder, LibtorchLocator.FileName("torch_cpu"))));
        Assert.Same(loaded, NativeRuntime.EnsureLoaded());
    }

    [Fact]
    public void A_missing_libtorch_names_every_place_tried_and_the_cure()
    {
        using var folder = new TemporaryFolder();
        var locator = new LibtorchLocator(folder.Path, null, new Dictionary<string, string> { ["LibtorchPackage"] = folder["package"] });
        var error = Assert.Throws<NativeRuntimeException>(() => NativeRuntime.Load(locator));
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder.Path, "runtimes"), error.Message, StringComparison.Ordinal);
        Assert.Contains(folder["package"], error.Message, StringComparison.Ordinal);
        Assert.Contains("dotnet build", error.Message, StringComparison.Ordinal);
        Assert.Contains(LibtorchLocator.FolderVariable, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_the_user_named_is_not_passed_over_in_silence()
    {
        using var folder = new TemporaryFolder();
        var loaded = NativeRuntime.EnsureLoaded();
        var locator = new LibtorchLocator(loaded.LibtorchFolder, folder.Path, new Dictionary<string, string>());
        Assert.Null(locator.FindLibtorchFolder());
        var error = Assert.Throws<NativeRuntimeException>(() => NativeRuntime.Load(locator));
        Assert.Contains("unset it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_libtorch_says_so()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[LibtorchLocator.FileName("torch_cpu")], "not a library");
        File.WriteAllText(folder[LibtorchLocator.FileName("LibTorchSharp")], "not a library");
        var locator = new LibtorchLocator(folder.Path, null, new Dictionary<string, string>());
        var error = Assert.Throws<NativeRuntimeException>(() => NativeRuntime.Load(locator));
        Assert.Contains("did not load", error.Message, StringComparison.Ordinal);
    }
}
