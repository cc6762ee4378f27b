using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public sealed partial class WalkCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Serves_a_page_and_frames_that_change_until_it_is_interrupted()
    {
        Signals.Require();
        using var server = Start("pretrained:faces", "--count", "4", "--fold");
        var address = Address().Match((await server.StandardOutput.ReadLineAsync())!).Value;
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        var page = await client.GetStringAsync("");
        Assert.Contains("A walk through latent space: pretrained:faces", page, StringComparison.Ordinal);
        Assert.Contains("<option value=\"0\">smiley</option>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);

        var first = await FrameAsync(client, "at=0.5");
        Assert.Equal(first, await FrameAsync(client, "at=0.5&class=&truncation="));
        Assert.NotEqual(first, await FrameAsync(client, "at=0.6"));
        Assert.NotEqual(first, await FrameAsync(client, "at=0.5&class=1"));
        Assert.NotEqual(first, await FrameAsync(client, "at=0.5&truncation=0.5"));
        foreach (var (path, status) in ((string, HttpStatusCode)[])[("frame?at=x", HttpStatusCode.BadRequest),
            ("frame?class=99", HttpStatusCode.BadRequest), ("frame?at=-1", HttpStatusCode.BadRequest), ("other", HttpStatusCode.NotFound)])
        {
            using var answer = await client.GetAsync(path);
            Assert.Equal(status, answer.StatusCode);
        }

        using var foreign = new HttpRequestMessage(HttpMethod.Get, "") { Headers = { Host = "elsewhere.example" } };
        using var refused = await client.SendAsync(foreign);
        Assert.False(refused.IsSuccessStatusCode); // a page from elsewhere that points its name here reads nothing

        using var second = Start("pretrained:faces", "--port", new Uri(address).Port.ToString(CultureInfo.InvariantCulture));
        await second.WaitForExitAsync();
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("cannot be used", await second.StandardError.ReadToEndAsync(), StringComparison.Ordinal);

        await Browser.InPageAsync(address, async shown =>
        {
            await shown.WaitForFunctionAsync("/^[1-9]\\d* frames a second; the network takes [\\d.]+ ms a frame$/" +
                ".test(document.getElementById('rate').textContent)");
            await shown.SelectOptionAsync("#class", "2");
            await shown.ClickAsync("#pause");
            Assert.Equal("Go on", await shown.TextContentAsync("#pause"));
            Assert.Equal(67, await shown.EvaluateAsync<int>("document.getElementById('images').width"));
        });

        Signals.Send(server, Signals.Interrupt);
        await server.WaitForExitAsync();
        Assert.Equal(0, server.ExitCode);
    }

    [Fact]
    public void What_makes_no_images_is_refused()
    {
        Refuses(2, "wavegan makes sounds, and a walk shows images", "wavegan");
        Refuses(2, "mocogan makes clips, and a walk shows images: `researchkit sample mocogan --film FILE.png` plays them.", "mocogan");
        Refuses(1, "makes points of 2 numbers and not images", "mlp");
        Refuses(2, "--count must be a whole number from 1 to 16, not '17'.", "pretrained:faces", "--count", "17");
        Refuses(1, "there is no such run and no such file", "nothing");
    }

    public void Dispose() => _folder.Dispose();

    // Two of 32 pixels and three gaps, in colour.
    private static async Task<byte[]> FrameAsync(HttpClient client, string query)
    {
        using var answer = await client.GetAsync("frame?" + query);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        string[] sizes = ["X-Width", "X-Height", "X-Channels"];
        Assert.Equal(["67", "67", "3"], sizes.Select(h => answer.Headers.GetValues(h).Single()));
        Assert.True(double.Parse(answer.Headers.GetValues("X-Milliseconds").Single(), CultureInfo.InvariantCulture) > 0);
        var pixels = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(67 * 67 * 3, pixels.Length);
        Assert.All(pixels[..(67 * 3)], p => Assert.Equal(255, p)); // the gap above
        Assert.True(pixels.Distinct().Count() > 50);
        return pixels;
    }

    private void Refuses(int exitCode, string problem, params string[] line) =>
        ProgramRun.ResearchKit(_folder.Path, null, ["walk", .. line]).IsOneSentence(exitCode, problem);

    private Process Start(params string[] line)
    {
        var start = new ProcessStartInfo(DotnetHost.FullPath, [Path.Combine(ProgramRun.Binaries, "ResearchKit.Cli.dll"), "walk", .. line])
        {
            WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        ProgramRun.MakeFrugal(start);
        return Process.Start(start)!;
    }

    [GeneratedRegex(@"http://localhost:\d+/")]
    private static partial Regex Address();
}
