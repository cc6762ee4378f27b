// Writes tests/ResearchKit.Tests/Reference/resnet18.npy: what ONNX Runtime says of two made images by the files of the package
// Microsoft.ML.DnnImageFeaturizer.ResNet18: float32, shape (2, 512). Run anywhere outside the repository's build:
//   dotnet run resnet18.cs PACKAGE_FOLDER OUT_FILE
// The images are float32, shape (2, 3, 224, 224), 255 times the numbers of the linear congruential generator of the other scripts.
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:property ManagePackageVersionsCentrally=false
#:property PublishAot=false
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

var (folder, size, s) = (Path.Combine(args[0], "tools/DnnImageModels"), 3 * 224 * 224, 12345L);
var features = new List<float>();
for (var image = 0; image < 2; image++)
{
    var values = new float[size];
    for (var i = 0; i < size; i++)
    {
        s = ((1103515245 * s) + 12345) % (1L << 31);
        values[i] = (float)(255 * ((s + 0.5) / (1L << 31)));
    }

    features.AddRange(Run("ResNet18Onnx/ResNet18.onnx", Run("ResNetPrepOnnx/ResNetPreprocess.onnx", values)));
}

var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 512), }".PadRight(117) + "\n";
File.WriteAllBytes(args[1], [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header),
    .. MemoryMarshal.AsBytes<float>(features.ToArray())]);

float[] Run(string file, float[] values)
{
    using var session = new InferenceSession(Path.Combine(folder, file));
    using var results = session.Run([NamedOnnxValue.CreateFromTensor(session.InputNames[0],
        new DenseTensor<float>(values, [1, 3, 224, 224]))]);
    return [.. results[0].AsEnumerable<float>()];
}
