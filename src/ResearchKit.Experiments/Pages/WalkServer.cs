using System.Collections.Specialized;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ResearchKit.Imaging;

namespace ResearchKit.Experiments.Pages;

/// <summary>Serves a page to the browsers of this machine, and to no other, in which a generator's images walk through latent
/// space.</summary>
/// <remarks>The page asks for one frame after the other, <c>frame?at=2.5&amp;class=3&amp;truncation=0.7</c>, and gets its bytes: the pixels
/// of <see cref="WalkFrame"/>, with width, height, channels and the network's milliseconds in the headers. Frames are drawn one at a
/// time.</remarks>
public sealed class WalkServer : IDisposable
{
    private readonly HttpListener _listener;
    private readonly LatentWalk _walk;
    private readonly byte[] _page;

    private WalkServer(HttpListener listener, LatentWalk walk, int port, byte[] page) =>
        (_listener, _walk, _page, Address) = (listener, walk, page, $"http://localhost:{port}/");

    /// <summary>Where the page is.</summary>
    public string Address { get; }

    /// <summary>Begins to listen.</summary>
    /// <param name="walk">What is shown; it stays the caller's.</param>
    /// <param name="about">A sentence about the generator, at the page's end.</param>
    /// <param name="port">The port, from 1 to 65,535; 0 for one that is free.</param>
    /// <returns>The server, which answers once <see cref="Run"/> is called. The caller disposes it.</returns>
    /// <exception cref="IOException">The port is taken, or may not be used.</exception>
    public static WalkServer Start(LatentWalk walk, string about, int port = 0)
    {
        var chosen = port == 0 ? FreePort() : port;
        var listener = new HttpListener();
        listener.Prefixes.Add($"http://localhost:{chosen}/"); // by name: another name in a request is refused
        listener.Prefixes.Add($"http://127.0.0.1:{chosen}/");
        try
        {
            listener.Start();
        }
        catch (Exception e) when (e is HttpListenerException or SocketException)
        {
            throw new IOException($"Port {chosen} cannot be used ({e.Message}): name another one, or none for any that is free.", e);
        }

        return new WalkServer(listener, walk, chosen, Page(walk, about));
    }

    /// <summary>Answers requests on the calling thread until it is cancelled.</summary>
    /// <param name="cancellation">Ends it, in order.</param>
    public void Run(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var next = _listener.GetContextAsync();
            try
            {
                next.Wait(cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            Answer(next.Result);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Close();

    private void Answer(HttpListenerContext context)
    {
        var response = context.Response;
        try
        {
            response.Headers["Cache-Control"] = "no-store";
            var (status, type, bytes) = (context.Request.HttpMethod, context.Request.Url?.AbsolutePath) switch
            {
                (not "GET", _) => (405, "text/plain", "Only GET is answered here.\n"u8.ToArray()),
                (_, "/") => (200, "text/html; charset=utf-8", _page),
                (_, "/frame") => Frame(context.Request.QueryString, response.Headers),
                _ => (404, "text/plain", "There is the page, /, and its frames, /frame.\n"u8.ToArray()),
            };
            (response.StatusCode, response.ContentType, response.ContentLength64) = (status, type, bytes.Length);
            response.OutputStream.Write(bytes);
            response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            response.Abort(); // the browser has gone
        }
    }

    private (int Status, string Type, byte[] Bytes) Frame(NameValueCollection query, WebHeaderCollection headers)
    {
        try
        {
            var frame = _walk.Frame(Number("at") ?? 0, (long?)Number("class"), Number("truncation"));
            foreach (var (name, value) in ((string, IFormattable)[])[("Width", frame.Width), ("Height", frame.Height),
                ("Channels", frame.Channels), ("Milliseconds", frame.NetworkMilliseconds)])
            {
                headers["X-" + name] = value.ToString(null, CultureInfo.InvariantCulture);
            }

            return (200, "application/octet-stream", frame.Pixels);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return (400, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(e.Message + "\n"));
        }

        double? Number(string name) => query[name] is { Length: > 0 } text
            ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : null;
    }

    private static byte[] Page(LatentWalk walk, string about)
    {
        var classes = walk.Classes is null ? "" : string.Concat(walk.Classes.Select((name, i) =>
            $"<option value=\"{i}\">{WebUtility.HtmlEncode(name)}</option>"));
        using var template = new StreamReader(typeof(WalkServer).Assembly.GetManifestResourceStream("walk.html")!);
        return Encoding.UTF8.GetBytes(template.ReadToEnd().Replace("{{name}}", WebUtility.HtmlEncode(walk.Name), StringComparison.Ordinal)
            .Replace("{{classes}}", classes, StringComparison.Ordinal)
            .Replace("{{about}}", WebUtility.HtmlEncode(about), StringComparison.Ordinal));
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
