#!/usr/bin/env python3
"""The lessons in .NET Interactive's own kernel, beside the kit's host. Needs nbclient and dotnet-interactive on the PATH (or in
~/.dotnet/tools), and a build of the checkout (Debian: apt-get install python3-nbclient).

    python3 tests/ResearchKit.Benchmarks/real_kernel.py lessons [--load 4] [--fast] [NN ...]   # each lesson, both ways: seconds, errors
    python3 tests/ResearchKit.Benchmarks/real_kernel.py interrupt                              # Jupyter's stop button in a training
    python3 tests/ResearchKit.Benchmarks/real_kernel.py vscode                                 # completion, hover, Cancel, over stdio

`lessons` writes the executed notebooks to artifacts/real-kernel. --load N keeps N cores busy with stress-ng meanwhile. --fast takes the
values of the lessons' metadata (researchkit.fast)."""
import argparse, json, os, pathlib, queue, shutil, subprocess, sys, tempfile, threading, time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOST = ["dotnet", str(ROOT / "artifacts/bin/ResearchKit.Cli/release/ResearchKit.Cli.dll"), "notebook"]
OUT = ROOT / "artifacts/real-kernel"
TOOL = shutil.which("dotnet-interactive", path=os.environ["PATH"] + os.pathsep + os.path.expanduser("~/.dotnet/tools"))
SETUP = '''#r "../artifacts/kit/ResearchKit.Interactive.dll"
using ResearchKit.Data; using ResearchKit.Data.Catalog; using ResearchKit.Interactive; using ResearchKit.Losses;
using ResearchKit.Models; using ResearchKit.Training;
Kit.Start()'''
TRAINER = '''var train = DataCatalog.Find().LoadImages("emoji-faces-32", "train");
var trainer = new GanTrainer(new DcganGenerator(32, 3, 16), new DcganDiscriminator(32, 3, 16),
    new Game(new NonSaturatingLoss()), new ImageBatches(train, 32, 0), new TrainerOptions());'''
ENDLESS = '''foreach (var step in trainer.Run(1_000_000)) { if (step.Step == 20) Console.WriteLine("twenty"); }'''


def install_kernel():
    os.environ["JUPYTER_DATA_DIR"] = os.environ["JUPYTER_PATH"] = tempfile.mkdtemp(prefix="researchkit-jupyter-")
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
    print(f"| lesson | kernel, s | host, s | ratio | errors | red boxes |\n|---|---|---|---|---|---|", flush=True)
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


def vscode():
    if not TOOL:
        sys.exit("dotnet-interactive is not on the PATH")
    tool = subprocess.Popen([TOOL, "stdio", "--default-kernel", "csharp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True, cwd=ROOT / "notebooks", bufsize=1)
    lines = queue.Queue()
    threading.Thread(target=lambda: [lines.put(l) for l in tool.stdout], daemon=True).start()

    def send(token, kind, **command):
        tool.stdin.write(json.dumps(dict(token=token, commandType=kind, command=dict(command, targetKernelName="csharp"))) + "\n")

    def events(token):
        while True:
            line = lines.get(timeout=300)
            if not line.startswith("{"):
                continue
            event = json.loads(line)
            yield event["eventType"], event.get("event", {})
            done = event["eventType"] in ("CommandSucceeded", "CommandFailed")
            if done and (event.get("command") or {}).get("token", "").startswith(token):
                return

    def run(token, code, until=None):
        send(token, "SubmitCode", code=code)
        for kind, event in events(token):
            text = str((event.get("formattedValues") or [{}])[0].get("value", ""))
            if kind in ("CommandFailed", "StandardErrorValueProduced", "ErrorProduced"):
                print("   ", kind, (event.get("message") or text)[:300])
            if until and until in text:
                return

    run("a", SETUP)
    run("b", TRAINER)
    send("c", "RequestCompletions", code="trainer.Sa", linePosition=dict(line=0, character=10))
    found = [e["completions"] for k, e in events("c") if k == "CompletionsProduced"]
    print("completion of trainer.Sa:", [c["displayText"] for c in found[0]][:5] if found else "none")
    send("h", "RequestHoverText", code="trainer.Sample(null)", linePosition=dict(line=0, character=10))
    hover = [e["content"][0]["value"] for k, e in events("h") if k == "HoverTextProduced"]
    print("hover over trainer.Sample:", hover[0][:300].replace("\n", " ") if hover else "none")
    run("d", ENDLESS, until="twenty")
    started = time.time()
    send("x", "Cancel")
    list(events("x"))
    run("e", "trainer.StepsDone > 0")
    print(f"the next cell answered {time.time() - started:.2f} s after Cancel")
    tool.kill()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["lessons", "interrupt", "vscode"])
    parser.add_argument("names", nargs="*", metavar="NN")
    parser.add_argument("--load", type=int, default=0)
    parser.add_argument("--fast", action="store_true")
    given = parser.parse_args()
    if given.what == "lessons":
        lessons(given.names, given.load, given.fast)
    else:
        {"interrupt": interrupt, "vscode": vscode}[given.what]()
