using ResearchKit.Data;
using ResearchKit.Data.Files;
using ResearchKit.Support;
using ResearchKit.Training;
using ResearchKit.Training.Checkpoints;

namespace ResearchKit.Tests.Training.Checkpoints;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(11)]
    public void A_resumed_training_goes_on_bit_for_bit(int first)
    {
        using var whole = new EverythingGan();
        var expected = whole.Trainer.Run(16).Select(Numbers).Skip(first).ToList();
        using (var begun = new EverythingGan())
        {
            _ = begun.Trainer.Run(first).ToList();
            Folder().Save(begun.Trainer);
        }

        using var resumed = new EverythingGan(seed: 99); // other weights and random numbers, all replaced
        Assert.Equal(first, Folder().Load(resumed.Trainer));
        Assert.Equal(expected, resumed.Trainer.Run(16 - first).Select(Numbers).ToList());
        Assert.Equal(Bytes(whole.Trainer, "a"), Bytes(resumed.Trainer, "b"));
    }

    [Fact]
    public void Only_the_last_ones_are_kept()
    {
        using var gan = new TinyGan();
        foreach (var _ in gan.Trainer.Run(5))
        {
            Folder(keep: 2).Save(gan.Trainer);
        }

        Assert.Equal(
            ["step-000000004.json", "step-000000004.safetensors", "step-000000005.json", "step-000000005.safetensors"],
            Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_that_a_crash_left_without_its_manifest_goes_with_the_next_checkpoint()
    {
        using var gan = new TinyGan();
        _ = gan.Trainer.Run(1).ToList();
        File.WriteAllText(_folder["step-000000000.safetensors"], "left by a crash");
        Folder().Save(gan.Trainer);
        Assert.Equal(["step-000000001.json", "step-000000001.safetensors"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    public static TheoryData<string, string> Damages => new()
    {
        { "truncated", "bytes, not" },
        { "flipped", "SHA-256" },
        { "missing", "missing" },
        { "empty manifest", "cannot be read" },
        { "torn manifest", "cannot be read" },
        { "manifest gone", "" },
        { "half-written file", "" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_checkpoint_is_passed_over_and_it_is_said(string damage, string reason)
    {
        using var gan = new TinyGan();
        _ = gan.Trainer.Run(2).ToList();
        Folder().Save(gan.Trainer);
        var expected = Bytes(gan.Trainer, "before");
        _ = gan.Trainer.Run(1).ToList();
        Folder().Save(gan.Trainer);
        Damage(damage, _folder["step-000000003.safetensors"], _folder["step-000000003.json"]);

        using var resumed = new TinyGan();
        var said = new List<string>();
        Assert.Equal(2, Folder().Load(resumed.Trainer, said.Add));
        Assert.Equal(expected, Bytes(resumed.Trainer, "after"));
        Assert.Equal(reason.Length > 0 ? 1 : 0, said.Count);
        Assert.All(said, s => Assert.Contains(reason, s, StringComparison.Ordinal));
    }

    [Fact]
    public void Another_configuration_is_an_error_and_changes_nothing()
    {
        using var gan = new TinyGan();
        _ = gan.Trainer.Run(1).ToList();
        Folder().Save(gan.Trainer);
        using var other = new TinyGan();
        var before = Bytes(other.Trainer, "before");
        BadFile.Fails(_folder["step-000000001.json"], "other options", () => new CheckpointFolder(_folder.Path, "other").Load(other.Trainer));
        Assert.Equal(before, Bytes(other.Trainer, "after"));
    }

    [Fact]
    public void Another_networks_state_is_refused_by_name()
    {
        using var gan = new TinyGan();
        _ = gan.Trainer.Run(1).ToList();
        Folder().Save(gan.Trainer);
        using var other = new EverythingGan();
        BadFile.Fails(_folder["step-000000001.json"], "of another training", () => Folder().Load(other.Trainer));
    }

    [Fact]
    public void An_empty_folder_has_none()
    {
        using var gan = new TinyGan();
        Assert.Null(Folder().Load(gan.Trainer));
        Assert.Null(new CheckpointFolder(_folder["absent"], "test").Load(gan.Trainer));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_one_sentence_and_the_training_goes_on()
    {
        using var gan = new TinyGan();
        _ = gan.Trainer.Run(1).ToList();
        File.WriteAllText(_folder["file"], "");
        var error = Assert.Throws<DataFileException>(() => new CheckpointFolder(_folder["file"], "test").Save(gan.Trainer));
        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, gan.Trainer.Run(1).Single().Step);
    }

    public void Dispose() => _folder.Dispose();

    private CheckpointFolder Folder(int keep = 3) => new(_folder.Path, "test", keep);

    private static (double, double, double, double, double) Numbers(StepReport s) => (s.RealLoss, s.FakeLoss, s.Penalty, s.GeneratorLoss, s.GeneratorGradientNorm);

    private string Bytes(GanTrainer trainer, string name)
    {
        using var state = new StateStore();
        trainer.Save(state);
        using var other = new TemporaryFolder();
        SafetensorsFile.Write(other[name], state.Values);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(other[name])));
    }

    private static void Damage(string kind, string file, string manifest)
    {
        switch (kind)
        {
            case "truncated":
                File.WriteAllBytes(file, File.ReadAllBytes(file)[..^10]);
                break;
            case "flipped":
                var bytes = File.ReadAllBytes(file);
                bytes[^100] ^= 1;
                File.WriteAllBytes(file, bytes);
                break;
            case "missing":
                File.Delete(file);
                break;
            case "empty manifest":
                File.WriteAllText(manifest, "");
                break;
            case "torn manifest":
                File.WriteAllText(manifest, File.ReadAllText(manifest)[..40]);
                break;
            case "manifest gone":
                File.Delete(manifest);
                break;
            default:
                File.Move(file, file + ".part");
                File.Delete(manifest);
                break;
        }
    }
}
