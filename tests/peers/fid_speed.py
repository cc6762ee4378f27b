"""Times `researchkit metrics A B --fid --network inception` beside what pytorch-fid does, written down here: the same network, weights and
images on the same CPU, in turn, each as a whole process; and compares features and distances. All with PyTorch, torchvision, SciPy and Pillow in this folder:

  python3 inception.py FOLDER --full                        writes FOLDER/full.pth and FOLDER/full.safetensors
  python3 fid_speed.py folders OUT [--count 1000] [--size 32]
      writes OUT/a and OUT/b: clip art of Debian's openclipart-png of at most 1 million pixels and as many sizes as come (without --size), or
      squeezed to --size; always the same ones
  python3 fid_speed.py peer A B WEIGHTS [--features FILE.npy]    the peer alone
  python3 fid_speed.py pairs A B WEIGHTS CLI BENCHMARKS [--pairs 2] [--threads 2]
      both in turn: images a second of the features (decoding and resizing included; BENCHMARKS features beside the peer's loop) and of the whole
      process (CLI metrics beside the peer's), processor time and memory; the distances
  python3 fid_speed.py memory CLI OUT [--network fashion-28]
      peak memory of CLI metrics on two folders of 1,000 and of 10,000 images of 32 x 32, which it writes into OUT
  python3 fid_speed.py parity WEIGHTS REFERENCE CLI BENCHMARKS OUT
      REFERENCE: full.safetensors. Features of the emoji faces as PNG files and the distance of two folders of them, beside PyTorch's

The peer: Pillow's convert("RGB") and ToTensor's division by 255, a DataLoader of batches of 50 with a worker a core, PyTorch's bilinear interpolation to
299 x 299, the network of inception.py (batch normalisation not folded, as there), the mean and np.cov in float64, scipy.linalg.sqrtm. pytorch-fid
cannot stack images of unlike sizes; there each is interpolated by the worker that decodes it, so that batches stay batches.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

BATCH = 50
p = argparse.ArgumentParser()
p.add_argument("what", choices=["folders", "peer", "pairs", "memory", "parity"])
p.add_argument("paths", nargs="+")
p.add_argument("--count", type=int, default=1000)
p.add_argument("--size", type=int)
p.add_argument("--pairs", type=int, default=2)
p.add_argument("--threads", type=int, default=2)
p.add_argument("--features")
p.add_argument("--network", default="fashion-28")
a = p.parse_args()


def folders(out):
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    root = pathlib.Path("/usr/share/openclipart/png")
    seen, files = set(), []
    for f in sorted(root.rglob("*.png")):
        if f.relative_to(root).parts[0] == "shapes" or f.is_symlink():
            continue
        image, content = Image.open(f), f.read_bytes()
        if image.size[0] * image.size[1] <= 1_000_000 and content not in seen:
            seen.add(content)
            files.append(f)
    if len(files) < 2 * a.count:
        sys.exit(f"openclipart-png has {len(files)} such images, fewer than 2 x {a.count}: is it installed?")
    chosen = [files[i * len(files) // (2 * a.count)] for i in range(2 * a.count)]
    for name, part in (("a", chosen[::2]), ("b", chosen[1::2])):
        folder = pathlib.Path(out, name)
        folder.mkdir(parents=True, exist_ok=True)
        for i, f in enumerate(part):
            image = Image.open(f)
            if a.size:
                image.convert("RGB").resize((a.size, a.size)).save(folder / f"{i:05}.png")
            else:
                (folder / f"{i:05}.png").write_bytes(f.read_bytes())
    print(f"{out}: 2 x {a.count} of {len(files)} images")


def peer(first, second, weights):
    import numpy as np
    import scipy.linalg
    import torch
    import torch.nn.functional as F
    from PIL import Image

    import inception

    torch.set_num_threads(a.threads)
    net = inception.build()
    net.load_state_dict(torch.load(weights))
    net.eval()

    class Files(torch.utils.data.Dataset):
        def __init__(self, folder):
            self.files = sorted(pathlib.Path(folder).glob("*.png"))

        def __len__(self):
            return len(self.files)

        def __getitem__(self, i):
            pixels = np.array(Image.open(self.files[i]).convert("RGB"))
            return torch.from_numpy(pixels).permute(2, 0, 1).contiguous().float().div(255)

    def stacked(images):
        if len({i.shape for i in images}) > 1:
            images = [F.interpolate(i[None], (299, 299), mode="bilinear", align_corners=False)[0] for i in images]
        return torch.stack(images)

    def activations(folder):
        files = Files(folder)
        result, start = np.empty((len(files), 2048)), 0
        loader = torch.utils.data.DataLoader(files, BATCH, num_workers=os.cpu_count(), collate_fn=stacked)
        with torch.no_grad():
            for batch in loader:
                found = inception.pool3(net, batch * 255).numpy()  # which divides by 255 again
                result[start:start + len(found)] = found
                start += len(found)
        return result

    start = time.perf_counter()
    sets = [activations(first), activations(second)]
    seconds = time.perf_counter() - start
    (m1, s1), (m2, s2) = ((x.mean(0), np.cov(x, rowvar=False)) for x in sets)
    root, _ = scipy.linalg.sqrtm(s1.dot(s2), disp=False)
    if not np.isfinite(root).all():
        offset = np.eye(2048) * 1e-6
        root = scipy.linalg.sqrtm((s1 + offset).dot(s2 + offset))
    distance = ((m1 - m2) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * np.trace(root).real
    count = len(sets[0]) + len(sets[1])
    print(f"{count} images in {seconds:.2f} s, {count / seconds:.2f} images/s, distance {distance:.10g} after {time.perf_counter() - start:.2f} s")
    if a.features:
        np.save(a.features, np.concatenate(sets).astype(np.float32))


def run(command):
    """Output, wall and processor seconds and peak memory (MB) of a whole process and its workers."""
    environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(a.threads), OMP_NUM_THREADS=str(a.threads))
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} ended with {status}; its message stands above")
    return output, time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def options(weights):
    return ["--network", "inception", "--resizer", "legacy_pytorch", "--weights", weights, "--alpha", "drop"]


def distance_of(cli, first, second, weights):
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder, "report.json")
        result = run([cli, "metrics", first, second, "--fid", "--no-cache", "--json", str(report), *options(weights)])
        text = report.read_text()
    values = json.loads(text)
    rows = values["results"] if isinstance(values, dict) else values
    return rows[0]["value"], result


def pairs(first, second, weights, cli, benchmarks):
    count = sum(len(list(pathlib.Path(f).glob("*.png"))) for f in (first, second))
    rows = []
    for _ in range(a.pairs):
        ours, (_, wall, cpu, peak) = distance_of(cli, first, second, weights)
        output = run([benchmarks, "features", first, second, "--threads", str(a.threads), *options(weights)])[0]
        rate = float(re.search(r"([\d.]+) images/s", output)[1])
        output, their_wall, their_cpu, their_peak = run([sys.executable, os.path.abspath(__file__), "peer", first, second, weights,
                                                         "--threads", str(a.threads)])
        their_rate, theirs = (float(v) for v in re.search(r"([\d.]+) images/s, distance (\S+)", output).groups())
        rows.append((rate, count / wall, cpu, their_rate, count / their_wall, their_cpu))
        print(f"features {rate:.2f} and {their_rate:.2f} images/s, ratio {rate / their_rate:.2f}; whole process {wall:.1f} s ({cpu:.1f} s of processor "
              f"time, {peak:.0f} MB) and {their_wall:.1f} s ({their_cpu:.1f} s, {their_peak:.0f} MB)", flush=True)
        print(f"distance {ours:.10g} and {theirs:.10g}, relative difference {abs(ours / theirs - 1):.2g}", flush=True)
    m = [statistics.median(column) for column in zip(*rows)]
    print(f"medians of {a.pairs} pairs, {a.threads} threads, {count} images: features {m[0]:.2f} and {m[3]:.2f} images/s, ratio {m[0] / m[3]:.2f}; "
          f"whole process {m[1]:.2f} and {m[4]:.2f} images/s, ratio {m[1] / m[4]:.2f}; processor seconds {m[2]:.1f} and {m[5]:.1f}, ratio {m[2] / m[5]:.2f}")


def memory(cli, out):
    import numpy as np
    from PIL import Image

    random = np.random.RandomState(0)
    for count in (1000, 10000):
        two = [pathlib.Path(out, f"{name}{count}") for name in "ab"]
        for folder in two:
            folder.mkdir(parents=True, exist_ok=True)
            for i in range(count):
                coarse = random.randint(0, 256, (8, 8, 3)).astype(np.uint8)
                Image.fromarray(coarse).resize((32, 32), Image.BICUBIC).save(folder / f"{i:05}.png")
        _, wall, cpu, peak = run([cli, "metrics", *map(str, two), "--fid", "--no-cache", "--network", a.network])
        print(f"{a.network}, two folders of {count}: peak {peak:.0f} MB, {wall:.1f} s, {cpu:.1f} s of processor time", flush=True)


def parity(weights, reference, cli, benchmarks, out):
    import gzip
    import struct

    import numpy as np
    from PIL import Image

    content = pathlib.Path(reference).read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + size])

    def tensor(name):
        start, end = header[name]["data_offsets"]
        return np.frombuffer(content[8 + size + start:8 + size + end], np.float32).reshape(header[name]["shape"])

    data = gzip.open(pathlib.Path(__file__).parents[2] / "data/emoji-faces-32/test-images-idx4-ubyte.gz").read()
    shape = struct.unpack(">4I", data[4:20])
    images = np.frombuffer(data, np.uint8, offset=20).reshape(shape)
    images = images.transpose(0, 2, 3, 1) if shape[1] == 3 else images
    halves = [pathlib.Path(out, name) for name in "ab"]
    for half, part in zip(halves, (images[:136], images[136:])):
        half.mkdir(parents=True, exist_ok=True)
        for i, image in enumerate(part):
            Image.fromarray(image).save(half / f"{i:05}.png")
    features = os.path.join(out, "features.npy")
    run([benchmarks, "features", *map(str, halves), "--out", features, *options(weights)])
    off = (np.abs(np.load(features)[:8] - tensor("features")) / tensor("deviation")).max()
    print(f"largest difference of a feature, in deviations of its unit, 8 images x {tensor('deviation').size} units: {off:.3g}")
    expected = float(header["__metadata__"]["frechet"])
    ours, _ = distance_of(cli, *map(str, halves), weights)
    print(f"distance of the two PNG folders {ours:.10g}, PyTorch's and SciPy's {expected:.10g}, relative difference {abs(ours / expected - 1):.3g}")


globals()[a.what](*a.paths)
