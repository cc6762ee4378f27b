"""Makes data/words: English words in lower case, 3 to 10 letters, a line each, from SCOWL's list as Debian packs it.

    apt-get download wamerican && dpkg-deb -x wamerican_*_all.deb wamerican
    python3 data/words/make.py wamerican/usr/share/dict/american-english

It needs Python 3 alone, writes train.txt and test.txt beside itself and prints what catalog.json says. Two runs give the same bytes.

Which      lines of the letters a to z alone: no names (those begin with a capital), no apostrophes, no accents, no hyphens. Left out too are
           abbreviations without a, e, i, o, u or y ("tbsp") and Roman numerals ("xviii"), all but the word "mix".
Parts      a word is in "test" where the first byte of its SHA-256 is below 26, else in "train": about one in ten, chosen by nothing that is
           in the word. Relatives (walk, walked, walking) may therefore stand in different parts.
Order      of the alphabet.
"""
import hashlib
import pathlib
import re
import sys

SOURCE = "9f513f1ceadb6a01c5485b7dbdfd5118dc66cd70b59cae2851292112d4066a32"  # of wamerican 2020.12.07-2
SHORTEST, LONGEST, TEST_BELOW = 3, 10, 26
ROMAN = re.compile("m*(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")


def is_word(line):
    return (re.fullmatch(f"[a-z]{{{SHORTEST},{LONGEST}}}", line) and re.search("[aeiouy]", line)
            and (line == "mix" or not ROMAN.fullmatch(line)))


def main(source):
    content = pathlib.Path(source).read_bytes()
    if hashlib.sha256(content).hexdigest() != SOURCE:
        print(f"{source} is another version than 2020.12.07-2: the parts will not be those of catalog.json", file=sys.stderr)
    parts = {"train": [], "test": []}
    for word in sorted(set(filter(is_word, content.decode("utf-8").splitlines()))):
        parts["test" if hashlib.sha256(word.encode()).digest()[0] < TEST_BELOW else "train"].append(word)
    for name, words in parts.items():
        text = "".join(word + "\n" for word in words).encode()
        (pathlib.Path(__file__).parent / f"{name}.txt").write_bytes(text)
        print(f'{len(words)} words: {{ "name": "{name}.txt", "bytes": {len(text)}, "sha256": "{hashlib.sha256(text).hexdigest()}" }}')


if __name__ == "__main__":
    main(*sys.argv[1:])
