#!/usr/bin/env python3
"""The lessons in .NET Interactive's own kernel, beside the kit's host. Needs nbclient and dotnet-interactive on the PATH (or in
~/.dotnet/tools), and a build of the checkout (Debian: apt-get install python3-nbclient).

    python3 tests/ResearchKit.Benchmarks/real_kernel.py lessons [NN ...] [--load 4] [--fast]   # each lesson, both ways: seconds, errors
    python3 tests/ResearchKit.Benchmarks/real_kernel.py interrupt                              # Jupyter's stop button in a training
    python3 tests/ResearchKit.Benchmarks/real_kernel.py vscode                                 # completion, hover, Cancel, over stdio
    python3 tests/ResearchKit.Benchmarks/real_kernel.py run FILE.ipynb                         # one notebook over stdio; fails without images

`lessons` writes the executed notebooks to artifacts/real-kernel. --load N keeps N cores busy with stress-ng meanwhile. --fast takes the
values of the lessons' metadata (researchkit.fast)."""
import argparse, atexit, json, os, pathlib, queue, shutil, subprocess, sys, tempfile, threading, time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOST = ["dotnet", str(ROOT / "artifacts/bin/ResearchKit.Cli/release/ResearchKit.Cli.dll"), "notebook"]
OUT = ROOT / "artifacts/real-kernel"
TOOL = shutil.which("dotnet-interactive", path=os.environ["PATH"] + os.pathsep + os.path.expanduser("~/.dotnet/tools"))
SETUP = '''#r "../artifacts/kit/ResearchKit.dll"
#r "../artifacts/kit/ResearchKit.Interactive.dll"
using ResearchKit.Data; using ResearchKit.Data.Catalog; using ResearchKit.Interactive; using ResearchKit.Losses;
using ResearchKit.Models; using ResearchKit.Training;
Kit.Start()'''
TRAINER = '''var train = DataCatalog.Find().LoadImages("emoji-faces-32", "train");
var trainer = new GanTrainer(new DcganGenerator(32, 3, 16), new DcganDiscriminator(32, 3, 16),
    new Game(new NonSaturatingLoss()), new ImageBatches(train, 32, 0), new TrainerOptions());'''
ENDLESS = '''foreach (var step in trainer.Run(1_000_000)) { if (step.Step == 20) Console.WriteLine("twenty"); }'''


def install_kernel():
    os.environ["JUPYTER_DATA_DIR"] = os.environ["JUPYTER_PATH"] = folder = tempfile.mkdtemp(prefix="researchkit-jupyter-")
    atexit.register(shutil.rmtree, folder)
    subprocess.run([*HOST, "kernelspec"], check=True, stdout=subprocess.DEVNULL)


def with_fast_values(notebook):
    """What `notebook check --fast` does: a cell after the parameters cell sets the values."""
    fast = notebook.metadata.get("researchkit", {}).get("fast", {})
    at = next((i for i, c in enumerate(notebook.cells) if "parameters" in c.metadata.get("tags", [])), None)
    if fast and at is not None:
        import nbformat
        lines = [f"{name} = {json.dumps(value)};" for name, value in fast.items()]
        notebook.cells.insert(at + 1, nbformat.v4.new_code_cell("\n".join(lines)))
    return [f"{name}={json.dumps(value)}" for name, value in fast.items()]


def lessons(names, load, fast):
    import nbclient, nbformat
    install_kernel()
    OUT.mkdir(parents=True, exist_ok=True)
    stress = subprocess.Popen(["stress-ng", "--cpu", str(load)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) if load else None
    print("| lesson | kernel, s | host, s | ratio | errors | red boxes |\n|---|---|---|---|---|---|", flush=True)
    try:
        for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
            if names and path.name[:2] not in names:
                continue
            notebook = nbformat.read(path, 4)
            values = with_fast_values(notebook) if fast else []
            started = time.time()
            client = nbclient.NotebookClient(notebook, timeout=3600, kernel_name=".net-csharp", allow_errors=True,
                                             resources={"metadata": {"path": str(path.parent)}})
            client.execute()
            kernel = time.time() - started
            nbformat.write(notebook, OUT / path.name)
            outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
            errors = [o for o in outputs if o.output_type == "error"]
            red = [o for o in outputs if o.output_type == "stream" and o.name == "stderr"]
            started = time.time()
            line = [*HOST, "run", str(path), "--out", str(OUT / "host"), *[a for v in values for a in ("-p", v)]]
            subprocess.run(line, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            host = time.time() - started
            print(f"| {path.name[:2]} | {kernel:.0f} | {host:.0f} | {kernel / host:.2f} | {len(errors)} | {len(red)} |", flush=True)
            for o in errors + red:
                print("   ", (o.get("evalue") or o.get("text"))[:300], flush=True)
    finally:
        if stress:
            stress.kill()


def interrupt():
    from jupyter_client.manager import KernelManager
    install_kernel()
    os.chdir(ROOT / "notebooks")
    manager = KernelManager(kernel_name=".net-csharp")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=300)

    def run(code, stop_at=None):
        message, started, stopped = client.execute(code), time.time(), None
        while True:
            m = client.get_iopub_msg(timeout=600)
            if m["parent_header"].get("msg_id") != message:
                continue
            content = m["content"]
            text = content.get("text") or content.get("evalue") or ""
            if text.strip():
                print(f"    {m['msg_type']}: {text.strip()[:200]}")
            if stop_at and stopped is None and stop_at in text:
                manager.interrupt_kernel()
                stopped = time.time()
            if m["msg_type"] == "status" and content["execution_state"] == "idle":
                return time.time() - (stopped or started)

    run(SETUP)
    run(TRAINER)
    print(f"the training ended {run(ENDLESS, stop_at='twenty'):.2f} s after the interrupt")
    print(f"the next cell answered after {run('trainer.StepsDone > 0'):.2f} s")
    manager.shutdown_kernel(now=True)


class StdioKernel:
    """dotnet-interactive as VS Code starts it: commands and events are lines of JSON."""

    def __init__(self, folder):
        if not TOOL:
            sys.exit("dotnet-interactive is not on the PATH")
        self.tool = subprocess.Popen([TOOL, "stdio", "--default-kernel", "csharp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.DEVNULL, text=True, cwd=folder, bufsize=1)
        atexit.register(self.tool.kill)
        self.lines = queue.Queue()
        threading.Thread(target=lambda: [self.lines.put(l) for l in self.tool.stdout], daemon=True).start()

    def send(self, token, kind, **command):
        line = dict(token=token, commandType=kind, command=dict(command, targetKernelName="csharp"))
        self.tool.stdin.write(json.dumps(line) + "\n")

    def events(self, token):
        """The events up to the end of a command."""
        while True:
            line = self.lines.get(timeout=600)
            if not line.startswith("{"):
                continue
            event = json.loads(line)
            yield event["eventType"], event.get("event", {})
            done = event["eventType"] in ("CommandSucceeded", "CommandFailed")
            if done and (event.get("command") or {}).get("token", "").startswith(token):
                return

    def run(self, token, code, until=None):
        """Runs a cell, or starts it and comes back when it has printed a word. Gives the kinds of what it showed; None for a failure."""
        self.send(token, "SubmitCode", code=code)
        kinds = set()
        for kind, event in self.events(token):
            values = event.get("formattedValues") or []
            kinds |= {value["mimeType"] for value in values}
            text = str(values[0].get("value", "")) if values else ""
            if kind in ("CommandFailed", "StandardErrorValueProduced", "ErrorProduced"):
                print("   ", kind, (event.get("message") or text)[:300])
            if until and until in text:
                break
        return None if kind == "CommandFailed" else kinds


def vscode():
    kernel = StdioKernel(ROOT / "notebooks")
    kernel.run("a", SETUP)
    kernel.run("b", TRAINER)
    kernel.send("c", "RequestCompletions", code="trainer.Sa", linePosition=dict(line=0, character=10))
    found = [e["completions"] for k, e in kernel.events("c") if k == "CompletionsProduced"]
    print("completion of trainer.Sa:", [c["displayText"] for c in found[0] if c["displayText"].startswith("Sa")] if found else "none")
    kernel.send("h", "RequestHoverText", code="trainer.Sample(null)", linePosition=dict(line=0, character=10))
    hover = [e["content"][0]["value"] for k, e in kernel.events("h") if k == "HoverTextProduced"]
    print("hover over trainer.Sample:", hover[0][:300].replace("\n", " ") if hover else "none")
    kernel.run("d", ENDLESS, until="twenty")
    started = time.time()
    kernel.send("x", "Cancel")
    list(kernel.events("x"))
    kernel.run("e", "trainer.StepsDone > 0")
    print(f"the next cell answered {time.time() - started:.2f} s after Cancel")


def run(path):
    kernel, kinds = StdioKernel(pathlib.Path(path).resolve().parent), set()
    for cell in json.load(open(path))["cells"]:
        if cell["cell_type"] == "code":
            shown = kernel.run(cell["id"], "".join(cell["source"]))
            if shown is None:
                sys.exit(f"cell {cell['id']} failed")
            print(cell["id"], *sorted(shown))
            kinds |= shown
    if "image/png" not in kinds:
        sys.exit("no cell showed an image")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["lessons", "interrupt", "vscode", "run"])
    parser.add_argument("names", nargs="*", metavar="NN", help="numbers of lessons, or the notebook to run")
    parser.add_argument("--load", type=int, default=0)
    parser.add_argument("--fast", action="store_true")
    given = parser.parse_args()
    if given.what == "lessons":
        lessons(given.names, given.load, given.fast)
    elif given.what == "run":
        run(*given.names)
    else:
        {"interrupt": interrupt, "vscode": vscode}[given.what]()
