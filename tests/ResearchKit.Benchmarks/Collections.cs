using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using ResearchKit.Runtime;

namespace ResearchKit.Benchmarks;

/// <summary>Operations with scalars while the garbage collector runs all the time: how many fail, and what holding them costs.</summary>
internal static class Collections
{
    public static Command Command()
    {
        var seconds = new Option<double>("--seconds") { DefaultValueFactory = _ => 60 };
        var threads = new Option<int>("--threads") { DefaultValueFactory = _ => 8, Description = "that compute" };
        var unprotected = new Option<bool>("--unprotected") { Description = "let TorchSharp free scalars at once" };
        var command = new Command("collections", "Operations with scalars under collections without end: how many fail.")
        {
            seconds, threads, unprotected,
        };
        command.SetAction(parsed => Run(parsed.GetValue(seconds), parsed.GetValue(threads), parsed.GetValue(unprotected)));
        return command;
    }

    private static void Run(double seconds, int threads, bool unprotected)
    {
        NativeRuntime.EnsureLoaded();
        set_num_threads(1);
        Console.WriteLine($"freed scalars are held: {FreedScalars.AreHeld}; {threads} threads, {Environment.ProcessorCount} processors");
        Price();
        if (unprotected)
        {
            FreedScalars.LetGo();
            Console.WriteLine("now they are not held");
        }

        var (until, faults, done) = (Stopwatch.StartNew(), 0L, 0L);
        var collections = GC.CollectionCount(0);
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            while (until.Elapsed.TotalSeconds < seconds)
            {
                Interlocked.Add(ref faults, Work());
                Interlocked.Add(ref done, 300);
            }
        })).ToList();
        workers.ForEach(w => w.Start());
        while (workers.Exists(w => w.IsAlive))
        {
            GC.Collect(0);
        }

        collections = GC.CollectionCount(0) - collections;
        Console.WriteLine($"{seconds:0} s: {done:N0} operations, {collections:N0} collections, {faults:N0} faults");
    }

    // 300 operations, each with a scalar; the faults among them.
    private static int Work()
    {
        using var scope = NewDisposeScope();
        var (x, faults) = (full(16, 2f), 0);
        for (var i = 0; i < 100; i++)
        {
            try
            {
                using var inner = NewDisposeScope();
                var y = (x * 0.5 + 1.5).clamp(0.25, 2.5); // 2.5
                faults += y[0].item<float>() == 2.5f ? 0 : 1;
            }
            catch (ExternalException e)
            {
                Console.WriteLine(e.Message.Split('\n')[0]);
                faults++;
            }
        }

        return faults;
    }

    // In turn with and without, on a thread alone; each scalar is freed in the loop, as a finalizer does it.
    private static void Price()
    {
        var rounds = Enumerable.Range(0, 9).Select(_ =>
        {
            var held = Nanoseconds();
            FreedScalars.LetGo();
            var free = Nanoseconds();
            FreedScalars.HoldAgain();
            return (Held: held, Free: free);
        }).OrderBy(r => r.Held - r.Free).ToList();
        Console.WriteLine($"a scalar made and freed: {rounds[4].Held:0} ns held, {rounds[4].Free:0} ns not (the middle of 9 pairs)");

        static double Nanoseconds()
        {
            const int count = 200_000;
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < count; i++)
            {
                using var scalar = 0.5.ToScalar();
            }

            return watch.Elapsed.TotalNanoseconds / count;
        }
    }
}
