#!/usr/bin/python3
"""The letters of labels and captions in image grids: a strip of glyphs of 8 x 16 pixels, grey on white, for src/ResearchKit/Imaging.

    /usr/bin/python3 tests/peers/letters.py      # needs Pillow and DejaVu Sans Mono (Debian: python3-pil fonts-dejavu-core)

The same letters on every machine: a grid's pixels do not depend on the fonts there. DejaVu's licence lets its letters be drawn."""
import pathlib
from PIL import Image, ImageDraw, ImageFont

LETTERS = "".join(map(chr, range(32, 127))) + "αβγδελμσ²°×·−≤≥≈→←↑↓…–’é"
font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", 13)
strip = Image.new("L", (8 * len(LETTERS), 16), 255)
draw = ImageDraw.Draw(strip)
for i, letter in enumerate(LETTERS):
    draw.text((8 * i, 0), letter, font=font, fill=0)
file = pathlib.Path(__file__).resolve().parents[2] / "src/ResearchKit/Imaging/letters.png"
strip.save(file, optimize=True)
print(len(LETTERS), "letters,", file.stat().st_size, "bytes:", LETTERS)
