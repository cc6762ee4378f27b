"""What gpu.sh needs Python for: its JSON, and what it must know before a part can be sized.

part WORK FILE NAME CODE START LIMIT   (START in nanoseconds) writes FILE anew: all parts so far, this one among them
machine FILE DEVICE                    the machine and the versions, as JSON and as lines
steps SECONDS < PLAN                   how many steps of a training fit, by what `train --dry-run` printed
fits WORK SECONDS ROW                  exit code 0: a row of a protocol fits, by what the part `batched` measured; else 1 and a sentence
inception FILE DEVICE COUNT            writes the FID's network with drawn weights, and times PyTorch's; exit code 4: no torchvision
"""
import datetime
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
EXACT_STEPS, MARGIN = 400_000, 1.25  # of PacGAN's protocols; packs, scores and the log come on top of a step


def loads(text):
    """JSON without NaN and infinity, which other readers refuse."""
    return json.loads(text, parse_constant=lambda name: None)


def batched(text):
    """The lines of `batched-seeds`."""
    line = r"^(\d+) seeds, (.*); (\d+) pairs of (\d+) steps: one after the other (\d+) steps/s, as one (\d+) \(.*?ratio in pairs ([\d.]+)"
    return [{"seeds": int(m[1]), "what": m[2], "pairs": int(m[3]), "stepsPerSecondOneByOne": float(m[5]),
             "stepsTimesSeedsPerSecond": float(m[6]), "stepsPerSecond": float(m[6]) / int(m[1]), "ratio": float(m[7])}
            for m in re.finditer(line, text, re.M)]


def read(file):
    return loads(file.read_text()) if file.exists() else None


def numbers(name, folder, text):
    """What a part printed or wrote, by name."""
    if name == "tests":
        found = re.search(r"Total: (\d+), Errors: (\d+), Failed: (\d+), Skipped: (\d+)", text)
        return dict(zip(("total", "errors", "failed", "skipped"), map(int, found.groups()))) if found else {}
    if (folder / "pairs.jsonl").exists():
        return {"cases": [loads(line) for line in (folder / "pairs.jsonl").read_text().splitlines()]}
    if name == "batched":
        return {"trainings": batched(text)}
    if name == "features":
        line = r"^(.+) on (\S+), batches of (\d+)\n(.+?): (\d+) images in ([\d.]+) s, ([\d.]+) images/s"
        return {"networks": [{"network": m[1], "by": "PyTorch" if m[4].startswith("PyTorch") else "ResearchKit", "device": m[2],
                              "batch": int(m[3]), "images": int(m[5]), "imagesPerSecond": float(m[7])}
                             for m in re.finditer(line, text, re.M)]}
    if name == "metrics":
        files = {f.stem: loads(f.read_text())["results"] for f in folder.glob("*.json")}
        alone = re.search(r"^(prdc|frechet-short) ([\d.]+) s, processor ([\d.]+) s", text, re.M)
        return {"featuresOn": {place: [{"metric": r["protocol"]["metric"], "value": r["value"], "seconds": r["seconds"]}
                                       for r in results] for place, results in files.items()},
                **({"alone": {"case": alone[1], "seconds": float(alone[2]), "processorSeconds": float(alone[3])}} if alone else {})}
    if name == "training":
        scores, run = folder / "run" / "scores.jsonl", read(folder / "run" / "run.json")
        last = loads(scores.read_text().splitlines()[-1]) if scores.exists() else None
        return {"preset": "dcgan-faces", "seconds": run and run["seconds"], "scores": last}
    if name == "rows":
        return {"notBegun": re.findall(r"^.*: not begun.*$", text, re.M)}
    return {}


def part(work, file, name, code, start, limit):
    work, file = pathlib.Path(work), pathlib.Path(file)
    folder, output = work / name, work / name / "output.txt"
    begun = code != "not-begun"
    record = {"name": name, "exitCode": int(code) if begun else None, "limit": int(limit),
              "seconds": round((time.time_ns() - int(start)) / 1e9, 1) if begun else 0,
              "outcome": {"0": "done", "124": "cut", "137": "cut", "not-begun": "not begun"}.get(code, "failed")}
    try:
        record["numbers"] = numbers(name, folder, output.read_text(errors="replace") if output.exists() else "")
    except (ValueError, KeyError, TypeError, IndexError) as e:  # a part that was cut may have written half of something
        record["problem"] = f"what it wrote could not be read: {e!r}"
    (folder / "part.json").write_text(json.dumps(record))
    parts = [loads(f.read_text()) for f in sorted(work.glob("*/part.json"), key=lambda f: f.stat().st_mtime)]
    rows = {f.stem: loads(f.read_text()) for f in sorted(work.glob("rows/rows/*.json"))}
    whole = {"made": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
             "by": "tests/ResearchKit.Benchmarks/gpu.sh",
             "quick": bool(os.environ.get("quick")), "device": os.environ.get("device"), "machine": read(work / "machine" / "machine.json"),
             "parts": {p.pop("name"): p for p in parts}, "rows": rows}
    temporary = file.with_suffix(".new")
    temporary.write_text(json.dumps(whole, indent=1, allow_nan=False) + "\n")
    temporary.replace(file)
    return 1 if "problem" in record else 0


def machine(file, device):
    import torch
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    card = device.startswith("cuda") and torch.cuda.is_available()
    try:
        asked = ["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]
        driver = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        driver = None
    found = {"gpu": torch.cuda.get_device_name(device) if card else None, "nvidiaSmi": driver, "cpu": cpu and cpu[1].strip(),
             "cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version(), "pytorch": torch.__version__,
             "cuda": torch.version.cuda, "torchCompile": hasattr(torch, "compile"), "libtorch": os.environ.get("RESEARCHKIT_LIBTORCH")}
    pathlib.Path(file).write_text(json.dumps(found))
    print("\n".join(f"{k:12} {v}" for k, v in found.items()))
    if device.startswith("cuda") and not card:
        print(f"error: PyTorch {torch.__version__} sees no {device}")
        return 1
    return 0


def steps(seconds):
    plan = sys.stdin.read()
    found = re.search(r"([\d.]+) s a step on ", plan)
    if not found:
        print("error: the plan has no time of a step", file=sys.stderr)
        return 1
    print(min(100_000, max(20, int(float(seconds) / max(float(found[1]), 0.001)))))
    return 0


def fits(work, seconds, row):
    output = pathlib.Path(work) / "batched" / "output.txt"
    ten = [t for t in batched(output.read_text() if output.exists() else "") if t["seeds"] == 10]
    preset, method, seeds = row.split("|")
    name = f"{preset}, {method}, seeds {seeds}"
    if not ten:
        print(f"{name}: not begun, since the part `batched` did not measure ten seeds before")
        return 1
    need = EXACT_STEPS / ten[0]["stepsPerSecond"] * MARGIN
    print(f"{name}: {EXACT_STEPS:,} steps at {ten[0]['stepsPerSecond']:.0f} a second take about {need:.0f} s, {seconds} s are left"
          f"{'' if need <= float(seconds) else ': not begun (a group of seeds that is ended begins anew)'}")
    return 0 if need <= float(seconds) else 1


def inception(file, device, count):
    sys.path.insert(0, str(HERE.parent / "peers"))
    try:
        import inception as peer
    except ImportError as e:
        print(f"inception: left out, its peer needs what is not here: {e}")
        return 4
    import torch
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False  # the kit's features are float32
    net = peer.build().eval()
    torch.save(net.state_dict(), file)
    net, images = net.to(device), torch.randint(0, 256, (int(count), 3, 32, 32), dtype=torch.uint8)

    def run():
        with torch.no_grad():
            return torch.cat([peer.pool3(net, batch.to(device)) for batch in images.split(64)]).cpu()

    if device != "cpu":
        run()  # as the kit does: a card's first calls choose their kernels
    start = time.perf_counter()
    run()
    seconds = time.perf_counter() - start
    print(f"inception on {device}, batches of 64\nPyTorch {torch.__version__}: {count} images in {seconds:.2f} s, "
          f"{int(count) / seconds:.2f} images/s")
    return 0


sys.exit({"part": part, "machine": machine, "steps": steps, "fits": fits, "inception": inception}[sys.argv[1]](*sys.argv[2:]))
