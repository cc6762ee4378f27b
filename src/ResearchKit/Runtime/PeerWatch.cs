using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace ResearchKit.Runtime;

/// <summary>Sees that a process of a group has ended without a word: MPI itself waits for it for ever, and not every starter ends the
/// others.</summary>
/// <remarks>Each process keeps a connection to the first one, which ends when a process ends; a machine that is gone is missed within 30
/// seconds. Nothing is sent over it but a password at the start and a farewell.</remarks>
internal sealed class PeerWatch : IDisposable
{
    private const byte Farewell = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly List<Socket> _peers = [];
    private readonly Action<int> _ended;
    private volatile bool _isOver;

    private PeerWatch(Action<int> ended) => _ended = ended;

    /// <summary>Begins to watch; all processes of the group call it.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="ended">Given the rank of a process that has ended, on a thread of its own.</param>
    /// <returns>Null where they cannot reach each other.</returns>
    public static PeerWatch? Begin(ProcessGroup group, Action<int> ended)
    {
        var watch = new PeerWatch(ended);
        using var listener = group.Rank == 0 ? Listen() : null;
        var place = JsonSerializer.Deserialize<Place>(group.Share(listener is null ? null : JsonSerializer.SerializeToUtf8Bytes(
            new Place(((IPEndPoint)listener.LocalEndPoint!).Port, Addresses(), RandomNumberGenerator.GetBytes(16)))))!;
        var peers = listener is null ? [watch.Call(place, group.Rank)] : watch.Answer(listener, place, group.Count);
        if (group.Any(peers.Any(p => p.Socket is null)))
        {
            watch.Dispose();
            return null;
        }

        foreach (var (socket, rank) in peers)
        {
            new Thread(() => watch.Wait(socket!, rank)) { IsBackground = true }.Start();
        }

        return watch;
    }

    /// <summary>Says farewell, so that this process's end is no surprise.</summary>
    public void Dispose()
    {
        _isOver = true;
        foreach (var peer in _peers)
        {
            try
            {
                peer.Send([Farewell]);
            }
            catch (SocketException)
            {
                // it has gone before
            }

            peer.Dispose();
        }
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, 0));
        listener.Listen();
        return listener;
    }

    private static string[] Addresses()
    {
        try
        {
            return [.. Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork).Select(a => $"{a}"), $"{IPAddress.Loopback}"];
        }
        catch (SocketException)
        {
            return [$"{IPAddress.Loopback}"];
        }
    }

    private (Socket? Socket, int Rank) Call(Place place, int rank)
    {
        foreach (var address in place.Addresses)
        {
            var socket = Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            try
            {
                socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
                if (socket.ConnectAsync(address, place.Port).Wait(Patience / 3))
                {
                    socket.Send([.. place.Password, .. BitConverter.GetBytes(rank)]);
                    if (Read(socket, place.Password.Length)?.SequenceEqual(place.Password) == true)
                    {
                        return (socket, 0);
                    }
                }
            }
            catch (Exception e) when (e is AggregateException or SocketException)
            {
                // another address may do
            }
        }

        return (null, 0);
    }

    private List<(Socket? Socket, int Rank)> Answer(Socket listener, Place place, int count)
    {
        var found = new Dictionary<int, Socket?>();
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (found.Count < count - 1 && listener.Poll(TimeSpan.FromMilliseconds(Math.Max(0, end - Environment.TickCount64)),
            SelectMode.SelectRead))
        {
            var socket = Own(listener.Accept());
            socket.ReceiveTimeout = 1000;
            if (Read(socket, place.Password.Length + sizeof(int)) is { } said && said.AsSpan().StartsWith(place.Password))
            {
                socket.Send(place.Password);
                found[BitConverter.ToInt32(said.AsSpan(place.Password.Length))] = socket;
            }
        }

        return [.. Enumerable.Range(1, count - 1).Select(rank => (found.GetValueOrDefault(rank), rank))];
    }

    private Socket Own(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        _peers.Add(socket);
        return socket;
    }

    private void Wait(Socket socket, int rank)
    {
        socket.ReceiveTimeout = 0;
        var said = Read(socket, 1);
        if (said is null && !_isOver)
        {
            _ended(rank);
        }
    }

    // Null where the other has gone, or says nothing in time.
    private static byte[]? Read(Socket socket, int count)
    {
        try
        {
            var bytes = new byte[count];
            for (var at = 0; at < count;)
            {
                var read = socket.Receive(bytes.AsSpan(at));
                if (read == 0)
                {
                    return null;
                }

                at += read;
            }

            return bytes;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    private sealed record Place(int Port, string[] Addresses, byte[] Password);
}
