using System.Diagnostics;
using ResearchKit.Runtime;
using ResearchKit.Support;

namespace ResearchKit.Tests.Runtime;

/// <summary>What is said before MPI itself begins; ResearchKit.Benchmarks/mpi.sh asks a real one.</summary>
[Collection<ProgramTests>]
public sealed class MpiGroupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_process_that_was_started_alone_asks_for_no_library() => Assert.Null(MpiGroup.Join());

    [Fact]
    public void Seeds_of_processes_differ_in_the_bits_that_libtorch_looks_at()
    {
        var seeds = Enumerable.Range(0, 100).SelectMany(s => ThreadGroup.Of(8).Select(g => (uint)g.SeedOf(s))).ToList();
        Assert.Equal(Enumerable.Range(0, 100).Select(s => (uint)s), seeds.Where((_, i) => i % 8 == 0)); // the first one's are as they were
        Assert.Equal(800, seeds.Distinct().Count());
    }

    [Fact]
    public void Says_which_library_it_needs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "names of Linux libraries");
        Assert.Contains("no MPI library was found (/nowhere/libmpi.so): install MPICH, or name its library in RESEARCHKIT_MPI.",
            Train("/nowhere/libmpi.so"), StringComparison.Ordinal);
        Assert.Contains("The MPI library has no function MPI_Init_thread: name another in RESEARCHKIT_MPI.", Train("libc.so.6"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_Open_MPI_by_its_symbol()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/gcc"), "a library is compiled");
        File.WriteAllText(_folder["open.c"], "int ompi_mpi_comm_world; int MPI_Init_thread(void) { return 0; }");
        using var compiler = Process.Start("gcc", ["-shared", "-fPIC", "-o", _folder["libmpi.so.40"], _folder["open.c"]]);
        compiler.WaitForExit();
        Assert.Contains("libmpi.so.40 is Open MPI, whose binary interface is another: take MPICH", Train(_folder["libmpi.so.40"]),
            StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string Train(string library)
    {
        var environment = new Dictionary<string, string>
        {
            ["PMI_RANK"] = "0", ["PMI_SIZE"] = "2", [MpiGroup.LibraryVariable] = library,
        };
        var run = ProgramRun.ResearchKit(_folder[""], environment, "train", "ring8", "--out", "run");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["run"]));
        return run.Error;
    }
}
