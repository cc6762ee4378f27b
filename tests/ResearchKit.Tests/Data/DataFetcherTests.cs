using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Data;

public sealed class DataFetcherTests : IDisposable
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes("the real file");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Takes_the_first_source_that_has_the_right_bytes()
    {
        Directory.CreateDirectory(_folder["wrong"]);
        Directory.CreateDirectory(_folder["right"]);
        File.WriteAllText(Path.Combine(_folder["wrong"], "set.bin"), "the fake file");
        File.WriteAllBytes(Path.Combine(_folder["right"], "set.bin"), Content);
        var lines = await FetchAsync(_folder["absent"] + "/", _folder["wrong"] + "/", _folder["right"] + "/");
        Assert.Contains("right", Assert.Single(lines), StringComparison.Ordinal);
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal("set.bin", Path.GetFileName(Assert.Single(Directory.GetFiles(Path.GetDirectoryName(Target)!))));

        Directory.Delete(_folder["right"], recursive: true);
        Assert.Contains("here already", Assert.Single(await FetchAsync(_folder["right"] + "/")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Downloads_where_no_folder_has_the_file()
    {
        using var server = new HttpListener();
        var address = $"http://127.0.0.1:{FreePort()}/";
        server.Prefixes.Add(address);
        server.Start();
        var answer = server.GetContextAsync().ContinueWith(
            request =>
            {
                request.Result.Response.OutputStream.Write(Content);
                request.Result.Response.Close();
            },
            TaskScheduler.Default);
        await FetchAsync(_folder["absent"] + "/", address);
        await answer;
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Says_where_it_looked_and_leaves_nothing_behind()
    {
        Directory.CreateDirectory(_folder["wrong"]);
        File.WriteAllText(Path.Combine(_folder["wrong"], "set.bin"), "the fake file");
        Directory.CreateDirectory(_folder["long"]);
        File.WriteAllText(Path.Combine(_folder["long"], "set.bin"), "something longer than it should be");
        var error = await Assert.ThrowsAsync<DataFileException>(() => FetchAsync(_folder["absent"] + "/", _folder["wrong"] + "/",
            _folder["long"] + "/", $"http://127.0.0.1:{FreePort()}/"));
        Assert.Contains(_folder["absent"], error.Message, StringComparison.Ordinal);
        Assert.Contains("SHA-256 is", error.Message, StringComparison.Ordinal);
        Assert.Contains("longer than its 13 bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    private string Target => Path.Combine(_folder.Path, "artifacts", "data", "set", "set.bin");

    private async Task<List<string>> FetchAsync(params string[] sources)
    {
        Directory.CreateDirectory(_folder["data"]);
        var catalogFile = Path.Combine(_folder["data"], "catalog.json");
        File.WriteAllText(catalogFile, JsonSerializer.Serialize(new
        {
            sets = new[]
            {
                new
                {
                    name = "set", title = "t", licence = "l", origin = "o", shipped = false, format = "idx", size = 28, channels = 1,
                        classes = Array.Empty<string>(), splits = new Dictionary<string, object>(),
                    files = new[] { new { name = "set.bin", bytes = Content.Length,
                        sha256 = Convert.ToHexStringLower(SHA256.HashData(Content)) } },
                    sources = sources.Select(s => new { where = s, hint = "a test" }),
                },
            },
        }));
        var catalog = DataCatalog.Open(catalogFile);
        var lines = new List<string>();
        await new DataFetcher(catalog).FetchAsync(catalog["set"], lines.Add);
        return lines;
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
