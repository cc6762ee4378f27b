"""What the scripts that make data sets of emoji share: which drawings are held out, and how files are written."""
import collections
import gzip
import hashlib
import io
import struct

# Codes that do not tell one family from another: man, woman, person; female, male; joiner, variation selector.
UNTOLD = {"1F468", "1F469", "1F9D1", "2640", "2642", "200D", "FE0F"}


def family(codes):
    """What an emoji's codes, joined by "-", share with those of the same kind: man, woman and person of a kind are one family."""
    return "-".join(c for c in codes.split("-") if c not in UNTOLD)


def held_out(groups, share):
    """The families that make the part "test": of each group in the order of their SHA-256, until it has that share of the emoji.

    groups: for each group the family of every emoji in it.
    """
    chosen = set()
    for families in groups:
        members = collections.Counter(families)
        wanted = share * sum(members.values())
        for code in sorted(members, key=lambda f: hashlib.sha256(f.encode()).hexdigest()):
            if wanted >= 0.5:
                chosen.add(code)
                wanted -= members[code]
    return chosen


def write(path, magic, sizes, data):
    """Writes a gzip-compressed IDX file, whose bytes depend on nothing but the data, and prints its line of catalog.json."""
    file = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, file, mtime=0) as stream:
        stream.write(struct.pack(f">{1 + len(sizes)}i", magic, *sizes) + data)
    path.write_bytes(file.getvalue())
    sha256 = hashlib.sha256(file.getvalue()).hexdigest()
    print(f'{{ "name": "{path.name}", "bytes": {path.stat().st_size}, "sha256": "{sha256}" }}')
