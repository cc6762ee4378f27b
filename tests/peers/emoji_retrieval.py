"""How well the kit's ResNet-18 finds a Noto emoji's Twemoji twin: top-1 accuracy by cosine among 200 emoji, which chance gets right once in 200.

Run with NumPy and npm: python3 emoji_retrieval.py BENCHMARKS_PROGRAM FOLDER [--count 200]
Fetches the npm packages emoji-datasource-google and emoji-datasource-twitter 16.0.0 into FOLDER (once; about 100 MB), takes the emoji that both draw,
without flags and skin tones, evenly over their order, and asks `BENCHMARKS_PROGRAM features` for the features of the 64 x 64 images on white.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import tarfile

import numpy as np

SETS = {"google": "emoji-datasource-google", "twitter": "emoji-datasource-twitter"}
VERSION = "16.0.0"
p = argparse.ArgumentParser()
p.add_argument("program")
p.add_argument("folder", type=pathlib.Path)
p.add_argument("--count", type=int, default=200)
a = p.parse_args()
a.folder.mkdir(parents=True, exist_ok=True)

for name, package in SETS.items():
    archive = a.folder / f"{package}-{VERSION}.tgz"
    if not archive.exists():
        subprocess.run(["npm", "pack", "--silent", f"{package}@{VERSION}"], cwd=a.folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(archive) as files:
        for member in files:
            wanted = member.name == "package/emoji.json" or member.name.startswith(f"package/img/{name}/64/")
            target = a.folder / name / pathlib.Path(member.name).name
            if wanted and member.isfile() and not target.exists():
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(files.extractfile(member).read())

rows = json.loads((a.folder / "google" / "emoji.json").read_text())
both = [r["image"] for r in rows if r["category"] not in ("Flags", "Component") and all((a.folder / s / r["image"]).exists() for s in SETS)]
chosen = sorted(both[i * len(both) // a.count] for i in range(a.count))
vectors = []
for name in SETS:
    some = a.folder / f"{name}-{a.count}"
    shutil.rmtree(some, ignore_errors=True)
    some.mkdir()
    for image in chosen:
        shutil.copy(a.folder / name / image, some / image)
    out = a.folder / f"{name}-{a.count}.npy"
    subprocess.run([a.program, "features", str(some), "--network", "resnet18", "--out", str(out)], check=True)
    x = np.load(out)
    vectors.append(x / np.linalg.norm(x, axis=1, keepdims=True))
similarity = vectors[0] @ vectors[1].T
top = [(s.argmax(1) == np.arange(a.count)).mean() for s in (similarity, similarity.T)]
print(f"{a.count} of {len(both)} emoji: Noto to Twemoji {top[0]:.3f}, Twemoji to Noto {top[1]:.3f}; chance {1 / a.count:.3f}")
