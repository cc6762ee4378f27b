"""Makes data/emoji-faces-32: smileys and people of two free emoji styles on white, 32 x 32 pixels in colour, 7 classes.
And data/emoji-tones-32: those of the people that are drawn in every skin tone, with the tone as the class.

Run `python3 data/emoji-faces-32/make.py`. It needs npm, Python 3, Pillow and numpy, writes both folders and prints what catalog.json says.
Two runs give the same bytes; so do other versions of Pillow and zlib as long as they scale and compress like 9.4.0 and 1.2.13 do.

Which      the subcategories face-* and cat-face ("smileys") and person, person-role, person-fantasy ("people") with every skin tone.
           A variation with two tones would be left out; there is none among these.
Classes    smileys and cats are "smiley"; people have the class of their skin tone, "person" where they have none.
Parts      "test" takes about 15 % of the emoji of either group, the rest is "train". Both styles and all skin tones of an emoji are in one
           part. So are man, woman and person of one kind (male-astronaut, female-astronaut, astronaut), which look almost the same: they
           form one family. Families go into "test" in the order of the SHA-256 of their first code until it is full.
Order      shuffled with seed 0, train and test each by itself; in emoji-tones-32 the drawings are, each followed by its
           other tones, and "train" is cut into two halves: what is learned without pairs takes a tone from each.
"""
import hashlib
import io
import json
import pathlib
import random
import subprocess
import sys
import tarfile
import tempfile

import numpy
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import emoji_sets  # noqa: E402 - beside the sets' folders

PACKAGES = {
    "google": "fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5c438",
    "twitter": "f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848aaba7a28877",
}
CLASSES = ["smiley", "person", "person-light", "person-medium-light", "person-medium", "person-medium-dark", "person-dark"]
TONES = ["", "1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF"]  # in the order of the classes after "smiley"
SIDE, TEST_PART, SEED = 32, 0.15, 0

# Families whose members have codes of their own. Plain man, woman and person have no code left; a blond woman is Twitter's plain one.
KIN = [["", "1F471"], ["1F466", "1F467", "1F9D2"], ["1F474", "1F475", "1F9D3"], ["1F385", "1F936", "1F384"],
       ["1F478", "1F934", "1FAC5"], ["1F930", "1FAC3", "1FAC4"]]


def package(style, folder):
    """Fetches a package and returns a function that reads a file of it."""
    name = f"emoji-datasource-{style}"
    subprocess.run(["npm", "pack", "--silent", f"{name}@16.0.0"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    path = folder / f"{name}-16.0.0.tgz"
    if hashlib.sha256(path.read_bytes()).hexdigest() != PACKAGES[style]:
        raise SystemExit(f"{path.name} is not the package that this set was made of")
    with tarfile.open(path) as archive:
        files = {m.name: archive.extractfile(m).read() for m in archive
                 if m.name == "package/emoji.json" or f"/img/{style}/64/" in m.name}
    return lambda file: files[f"package/{file}"]


def group(row):
    """smileys, people, or None for what is not taken."""
    kind = row["subcategory"]
    if kind.startswith("face-") or kind == "cat-face":
        return "smileys"
    return "people" if kind in ("person", "person-role", "person-fantasy") else None


def family(row):
    """The code that an emoji shares with those that must be in the same part."""
    code = emoji_sets.family(row["unified"])
    return next((kin[0] for kin in KIN if code in kin), code)


def planes(png):
    """The picture on white, scaled: uint8, (3, SIDE, SIDE)."""
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture)
    return numpy.asarray(white.convert("RGB").resize((SIDE, SIDE), Image.LANCZOS)).transpose(2, 0, 1)


def main():
    with tempfile.TemporaryDirectory() as folder:
        read = {style: package(style, pathlib.Path(folder)) for style in PACKAGES}
    rows = [row for row in json.loads(read["google"]("emoji.json")) if group(row)]
    held_out = emoji_sets.held_out([[family(r) for r in rows if group(r) == name] for name in ("smileys", "people")], TEST_PART)
    parts = {"train": [], "test": []}
    drawings = {"train": [], "test": []}
    for row in rows:
        part = parts["test" if family(row) in held_out else "train"]
        variations = {"": row, **row.get("skin_variations", {})}
        for tone in filter(variations.get, TONES):
            label = 0 if group(row) == "smileys" else 1 + TONES.index(tone)
            for style in PACKAGES:
                if variations[tone][f"has_img_{style}"]:
                    part.append((planes(read[style](f"img/{style}/64/{variations[tone]['image']}")), label))
        for style in PACKAGES:
            if all(tone in variations and variations[tone][f"has_img_{style}"] for tone in TONES):
                drawings["test" if family(row) in held_out else "train"].append(
                    [planes(read[style](f"img/{style}/64/{variations[tone]['image']}")) for tone in TONES])

    here = pathlib.Path(__file__).parent
    for name, part in parts.items():
        random.Random(SEED).shuffle(part)
        images, labels = numpy.stack([i for i, _ in part]), [label for _, label in part]
        counts = ", ".join(f"{c} {labels.count(i)}" for i, c in enumerate(CLASSES))
        print(f"{name}: {len(part)} images; {counts}")
        emoji_sets.write(here / f"{name}-images-idx4-ubyte.gz", 0x804, images.shape, images.tobytes())
        emoji_sets.write(here / f"{name}-labels-idx1-ubyte.gz", 0x801, [len(labels)], bytes(labels))

    tones = here.parent / "emoji-tones-32"
    tones.mkdir(exist_ok=True)
    for part in drawings.values():
        random.Random(SEED).shuffle(part)
    half = len(drawings["train"]) // 2
    halves = {"half-a": drawings["train"][:half], "half-b": drawings["train"][half:], "test": drawings["test"]}
    for name, part in halves.items():
        images = numpy.stack([tone for drawing in part for tone in drawing])
        print(f"{name}: {len(part)} drawings in {len(TONES)} tones")
        emoji_sets.write(tones / f"{name}-images-idx4-ubyte.gz", 0x804, images.shape, images.tobytes())
        emoji_sets.write(tones / f"{name}-labels-idx1-ubyte.gz", 0x801, [len(images)], bytes(range(len(TONES))) * len(part))


main()
