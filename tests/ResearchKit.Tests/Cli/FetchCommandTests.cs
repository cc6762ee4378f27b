using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

/// <summary><c>data</c> on a copy of the command line with a catalog of its own: one set of one file.</summary>
[Collection<ProgramTests>]
public sealed class FetchCommandTests : IDisposable
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes("the real file");

    private readonly TemporaryFolder _folder = new();

    public FetchCommandTests()
    {
        Directory.CreateDirectory(_folder["cli"]);
        foreach (var file in Directory.GetFiles(ProgramRun.Binaries))
        {
            File.Copy(file, Path.Combine(_folder["cli"], Path.GetFileName(file)));
        }
    }

    private string Fetched => Path.Combine(_folder["fetched"], "set");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fetches_lists_and_verifies()
    {
        Source("there", Content);
        Assert.Contains("not here: researchkit data fetch set", Run(["list"], _folder["there"] + "/").Output, StringComparison.Ordinal);
        var run = Run(["fetch", "set"], _folder["there"] + "/");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("SHA-256 matches", run.Output, StringComparison.Ordinal);
        Assert.Contains("set.bin: intact", Run(["verify", "set"], _folder["there"] + "/").Output, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(Fetched, "set.bin"), "the fake file");
        var damaged = Run(["verify", "set"], _folder["there"] + "/");
        Assert.Contains("set.bin: DAMAGED", damaged.Output, StringComparison.Ordinal);
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains("  here", Run(["list"], _folder["there"] + "/").Output, StringComparison.Ordinal); // the list reads no file
    }

    [Fact]
    public void A_wrong_checksum_is_one_error()
    {
        Source("wrong", Encoding.ASCII.GetBytes("the fake file"));
        Fails(Run(["fetch", "set"], _folder["wrong"] + "/"), "SHA-256 is ", _folder["wrong"]);
        Assert.Empty(Directory.GetFiles(Fetched));
    }

    [Fact]
    public void Without_a_network_it_says_where_it_looked()
    {
        var address = $"http://127.0.0.1:{FreePort()}/";
        Fails(Run(["fetch", "set"], _folder["absent"] + "/", address), "could not be fetched. Looked in:", _folder["absent"], address);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_one_error()
    {
        Source("there", Content);
        File.WriteAllText(_folder["fetched"], "a file where the folder should be");
        Fails(Run(["fetch", "set"], _folder["there"] + "/"), "this folder cannot be written to", "set RESEARCHKIT_DATA to another one");
    }

    [Fact]
    public void An_interrupt_leaves_nothing_behind()
    {
        Signals.Require();
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var stop = new CancellationTokenSource();
        var answer = Task.Run(async () =>
        {
            using var client = await server.AcceptTcpClientAsync(stop.Token);
            var start = $"HTTP/1.1 200 OK\r\nContent-Length: {Content.Length}\r\n\r\nthe re";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(start), stop.Token);
            await Task.Delay(Timeout.Infinite, stop.Token); // the rest never comes
        });

        var run = Run(
            process =>
            {
                EverythingRun.Wait(process, () => Directory.Exists(Fetched) && Directory.GetFiles(Fetched, "*.part").Length == 1);
                Signals.Send(process, Signals.Interrupt);
            },
            ["fetch", "set"],
            $"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/");
        stop.Cancel();
        Assert.ThrowsAny<Exception>(answer.Wait);
        Assert.Equal(130, run.ExitCode);
        Assert.Equal("interrupted", run.Error.Trim());
        Assert.Empty(Directory.GetFiles(Fetched));
    }

    private static void Fails(ProgramRun run, params string[] parts)
    {
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.All(parts, p => Assert.Contains(p, run.Error, StringComparison.Ordinal));
    }

    private void Source(string name, byte[] content)
    {
        Directory.CreateDirectory(_folder[name]);
        File.WriteAllBytes(Path.Combine(_folder[name], "set.bin"), content);
    }

    private ProgramRun Run(string[] arguments, params string[] sources) => Run(_ => { }, arguments, sources);

    private ProgramRun Run(Action<Process> meanwhile, string[] arguments, params string[] sources)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Content));
        Directory.CreateDirectory(_folder["data"]);
        File.WriteAllText(Path.Combine(_folder["data"], "catalog.json"), $$"""
            { "sets": [ { "name": "set", "title": "t", "licence": "l", "origin": "o", "shipped": false, "format": "idx",
              "size": 28, "channels": 1, "classes": [], "splits": {},
              "files": [ { "name": "set.bin", "bytes": {{Content.Length}}, "sha256": "{{sha256}}" } ],
              "sources": [ {{string.Join(", ", sources.Select(s => $$"""{ "where": "{{s}}", "hint": "a test" }"""))}} ] } ] }
            """);
        var environment = new Dictionary<string, string> { ["RESEARCHKIT_DATA"] = _folder["fetched"] };
        return ProgramRun.ResearchKit(_folder["cli"], _folder.Path, environment, meanwhile, ["data", .. arguments]);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
