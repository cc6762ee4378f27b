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
    public void A_packed_kit_without_libtorch_names_the_command_that_gets_it()
    {
        using var folder = new TemporaryFolder();
        var packed = new Dictionary<string, string> { ["LibtorchPackage"] = "libtorch-cpu-{rid}/0.0.1" };
        var error = Assert.Throws<NativeRuntimeException>(() => NativeRuntime.Load(new LibtorchLocator(folder.Path, null, packed,
            folder["searched"])));
        var root = NuGetPackages.Roots(folder.Path).Single();
        Assert.Contains(Path.Combine(root, $"libtorch-cpu-{LibtorchLocator.RuntimeIdentifier}", "0.0.1", "runtimes"),
            NuGetPackages.Folders(packed, "LibtorchPackage").Select(f => Path.Combine(f, "runtimes")));
        Assert.Contains($"`dotnet package download libtorch-cpu-{LibtorchLocator.RuntimeIdentifier}@0.0.1 --output {root}`, or reference",
            error.Message, StringComparison.Ordinal);
        Assert.Contains(folder["searched"], error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("dotnet build", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_is_looked_for_beside_the_one_that_the_assembly_is_of()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(folder.Path, NuGetPackages.Roots(folder[Path.Combine("researchkit", "0.1.0", "lib", "net10.0")]).First());
        Assert.DoesNotContain(folder.Path, NuGetPackages.Roots(folder[Path.Combine("program", "0.1.0", "lib", "net10.0")]));
    }

    [Fact]
    public void What_the_programs_host_found_is_taken()
    {
        using var folder = new TemporaryFolder();
        var loaded = NativeRuntime.EnsureLoaded();
        var nothing = new Dictionary<string, string>();
        Assert.Null(new LibtorchLocator(folder.Path, null, nothing).FindLibtorchFolder());
        Assert.Equal(loaded.LibtorchFolder, new LibtorchLocator(folder.Path, null, nothing,
            string.Join(Path.PathSeparator, folder["other"], loaded.LibtorchFolder + Path.DirectorySeparatorChar)).FindLibtorchFolder());
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
