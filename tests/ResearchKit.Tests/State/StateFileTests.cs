using ResearchKit.State;
using ResearchKit.Support;
using ResearchKit.Tests.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.State;

public sealed class StateFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_network_gets_its_parameters_and_buffers_back()
    {
        using var scope = NewDisposeScope();
        using var saved = Network(4, 8);
        using var loaded = Network(4, 8);
        saved.call(randn(16, 4)); // moves the running statistics
        StateFile.Save(saved, _folder["a"], new Dictionary<string, string> { ["step"] = "12" });
        var weight = loaded.parameters().First();
        var metadata = StateFile.Load(loaded, _folder["a"]);
        Assert.Equal("12", metadata["step"]);
        Assert.Same(weight, loaded.parameters().First()); // an optimizer still knows it
        Assert.Equal(saved.state_dict().Keys, loaded.state_dict().Keys);
        foreach (var (name, tensor) in saved.state_dict())
        {
            SomeTensors.Same(tensor, loaded.state_dict()[name]);
        }
    }

    [Fact]
    public void Another_width() =>
        Fails(Network(4, 9), "6 tensor(s)", "'0.weight' is F32 (8, 4) and the network's is F32 (9, 4) and so on");

    [Fact]
    public void Another_dtype() =>
        Fails(Network(4, 8).to(ScalarType.Float64), "6 tensor(s)", "'0.weight' is F32 (8, 4) and the network's is F64 (8, 4)");

    [Fact]
    public void Tensors_that_are_missing() =>
        Fails(nn.Sequential(("0", nn.Linear(4, 8)), ("1", nn.BatchNorm1d(8)), ("2", nn.Linear(8, 1))), "2 tensor(s)",
            "'2.weight' is missing and so on");

    [Fact]
    public void Tensors_too_many() =>
        Fails(nn.Sequential(("0", nn.Linear(4, 8, hasBias: false)), ("1", nn.BatchNorm1d(8))), "1 tensor(s)",
            "'0.bias' is not the network's;");

    // The network, too, must be as it was.
    private void Fails(nn.Module network, string count, string first)
    {
        using var scope = NewDisposeScope();
        using var saved = Network(4, 8);
        StateFile.Save(saved, _folder["a"]);
        var before = network.state_dict().ToDictionary(s => s.Key, s => SomeTensors.Bytes(s.Value));
        BadFile.Fails(_folder["a"], count, () => StateFile.Load(network, _folder["a"]));
        BadFile.Fails(_folder["a"], first, () => StateFile.Load(network, _folder["a"]));
        Assert.All(network.state_dict(), s => Assert.Equal(before[s.Key], SomeTensors.Bytes(s.Value)));
        network.Dispose();
    }

    private static TorchSharp.Modules.Sequential Network(int inputs, int width) =>
        nn.Sequential(("0", nn.Linear(inputs, width)), ("1", nn.BatchNorm1d(width)));
}
