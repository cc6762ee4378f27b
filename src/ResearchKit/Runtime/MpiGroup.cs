using System.Runtime.InteropServices;

namespace ResearchKit.Runtime;

/// <summary>Processes that <c>mpirun</c> or <c>srun</c> has started, over MPI: MPICH and what shares its binary interface (Intel MPI,
/// MVAPICH, Cray MPICH, MS-MPI).</summary>
/// <remarks>The library is the one that <see cref="LibraryVariable"/> names, else the first of libmpi.so.12, libmpich.so.12 and msmpi.dll
/// that the system finds. The numbers below are those of MPICH's mpi.h. Open MPI has another interface and is refused.</remarks>
public sealed unsafe class MpiGroup : ProcessGroup, IDisposable
{
    /// <summary>The environment variable that names the library.</summary>
    public const string LibraryVariable = "RESEARCHKIT_MPI";

    private const int World = 0x44000000;
    private const int Bytes = 0x4c00010d;
    private const int Floats = 0x4c00040a;
    private const int Doubles = 0x4c00080b;
    private const int Adding = 0x58000003;
    private const int Serialized = 2; // MPI_THREAD_SERIALIZED: from any thread, one at a time

    private static readonly string[] Names =
        OperatingSystem.IsWindows() ? ["msmpi.dll"] : ["libmpi.so.12", "libmpich.so.12"];

    private static readonly string[] RankVariables = ["PMI_RANK", "PMIX_RANK", "OMPI_COMM_WORLD_RANK"];
    private static readonly string[] CountVariables = ["PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS"];
    private static readonly nint InPlace = -1;

    private readonly delegate* unmanaged<nint, nint, int, int, int, int, int> _allreduce;
    private readonly delegate* unmanaged<nint, int, int, int, int, int> _broadcast;
    private readonly delegate* unmanaged<int, int, int> _abort;
    private readonly delegate* unmanaged<int> _finalize;
    private PeerWatch? _watch;

    private MpiGroup(nint library)
    {
        var start = (delegate* unmanaged<nint, nint, int, int*, int>)Function(library, "MPI_Init_thread");
        var rank = (delegate* unmanaged<int, int*, int>)Function(library, "MPI_Comm_rank");
        var count = (delegate* unmanaged<int, int*, int>)Function(library, "MPI_Comm_size");
        _allreduce = (delegate* unmanaged<nint, nint, int, int, int, int, int>)Function(library, "MPI_Allreduce");
        _broadcast = (delegate* unmanaged<nint, int, int, int, int, int>)Function(library, "MPI_Bcast");
        _abort = (delegate* unmanaged<int, int, int>)Function(library, "MPI_Abort");
        _finalize = (delegate* unmanaged<int>)Function(library, "MPI_Finalize");
        int given, number, many;
        Check(start(0, 0, Serialized, &given), "MPI_Init_thread");
        Check(rank(World, &number), "MPI_Comm_rank");
        Check(count(World, &many), "MPI_Comm_size");
        (Rank, Count) = (number, many);
    }

    /// <inheritdoc/>
    public override int Rank { get; }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <summary>This process's number among those of its machine, as its starter says; 0 where it does not.</summary>
    public static int LocalRank => Number("MPI_LOCALRANKID") ?? Number("OMPI_COMM_WORLD_LOCAL_RANK") ?? Number("SLURM_LOCALID") ?? 0;

    /// <summary>Joins the other processes; once in a process, and not twice.</summary>
    /// <returns>Null where this process was not started together with others, and then no library is asked for.</returns>
    /// <exception cref="PlatformNotSupportedException">There is no MPI library, it is Open MPI, or it is not that of the program which
    /// started the processes; says what to do.</exception>
    public static MpiGroup? Join()
    {
        var expected = CountVariables.Select(Number).FirstOrDefault(n => n is not null);
        if (expected == 1 || !RankVariables.Any(v => Number(v) is not null))
        {
            return null;
        }

        var group = new MpiGroup(Load());
        if (expected is not null && expected != group.Count)
        {
            var count = group.Count;
            group.Dispose();
            throw new PlatformNotSupportedException($"{expected} processes were started, and MPI knows of {count}: the program that " +
                $"started them is of another MPI than the library; take MPICH's mpirun, `srun --mpi=pmi2`, or name the library in " +
                $"{LibraryVariable}.");
        }

        return group;
    }

    /// <inheritdoc/>
    public override void Sum(Span<float> values)
    {
        fixed (float* first = values)
        {
            Check(_allreduce(InPlace, (nint)first, values.Length, Floats, Adding, World), "MPI_Allreduce");
        }
    }

    /// <inheritdoc/>
    public override void Sum(Span<double> values)
    {
        fixed (double* first = values)
        {
            Check(_allreduce(InPlace, (nint)first, values.Length, Doubles, Adding, World), "MPI_Allreduce");
        }
    }

    /// <inheritdoc/>
    public override void Broadcast(Span<byte> bytes, int from = 0)
    {
        fixed (byte* first = bytes)
        {
            Check(_broadcast((nint)first, bytes.Length, Bytes, from, World), "MPI_Bcast");
        }
    }

    /// <summary>Says when another process has ended without a word, which MPI would wait for; all processes call it once.</summary>
    /// <param name="ended">Given its rank, on a thread of its own; the first process hears of each, the others of the first.</param>
    /// <returns>False where they cannot reach each other by TCP: then nothing is said.</returns>
    public bool Watch(Action<int> ended) => (_watch = PeerWatch.Begin(this, ended)) is not null;

    /// <summary>Ends all processes at once, this one too.</summary>
    /// <param name="code">Their exit code.</param>
    public void Abort(int code)
    {
        _ = _abort(World, code);
        Environment.Exit(code); // should it come back
    }

    /// <summary>Leaves the others, when all have come to their end; waits for them.</summary>
    public void Dispose()
    {
        _watch?.Dispose();
        _ = _finalize();
    }

    internal static nint Load()
    {
        if (Environment.GetEnvironmentVariable("UCX_ERROR_SIGNALS") is null)
        {
            NativeEnvironment.Set("UCX_ERROR_SIGNALS", ""); // .NET needs SIGSEGV for itself, and UCX below MPI would take it
        }

        var named = Environment.GetEnvironmentVariable(LibraryVariable);
        string[] names = string.IsNullOrEmpty(named) ? Names : [named];
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _)
                    ? throw new PlatformNotSupportedException($"{name} is Open MPI, whose binary interface is another: take MPICH, Intel " +
                        $"MPI, MVAPICH or Cray MPICH with its own mpirun, and name its library in {LibraryVariable} if it is not found.")
                    : library;
            }
        }

        throw new PlatformNotSupportedException($"Several processes were started together, and no MPI library was found " +
            $"({string.Join(", ", names)}): install MPICH, or name its library in {LibraryVariable}.");
    }

    private static nint Function(nint library, string name) => NativeLibrary.TryGetExport(library, name, out var address) ? address
        : throw new PlatformNotSupportedException($"The MPI library has no function {name}: name another in {LibraryVariable}.");

    private static void Check(int code, string function)
    {
        if (code != 0)
        {
            throw new IOException($"{function} failed with the number {code}.");
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : null;
}
