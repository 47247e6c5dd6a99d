"""
Run ``benchmarks/bench_*.py`` and gather their results.

Names on the command line choose: ``scripts/bench.py peers grid`` runs only
``bench_peers.py`` and ``bench_grid.py``. A benchmark is a script that prints one JSON
object per line, for example ``{"name": "idle replay", "value": 12.3, "unit":
"ns/event"}``; a ``target`` and whether it is ``met`` may follow, and whatever else
should be kept. Other lines are passed through.

With ``--against REVISION`` each benchmark also runs as it was then, in a worktree,
right after it ran as it is now; results get the value ``before`` and the ``ratio``.

Results go to ``benchmarks/results/results.json`` and ``results.md``; results of
benchmarks that did not run this time stay there.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
BEFORE = ROOT / ".cache" / "against"
BENCHMARKS = sorted((ROOT / "benchmarks").glob("bench_*.py"))
SHOWN = ("benchmark", "name", "value", "unit", "target", "met")


def main() -> int:
    """Run benchmarks; 1 when one of them failed, 2 for an unknown name."""
    names = [script.stem.removeprefix("bench_") for script in BENCHMARKS]
    options = argparse.ArgumentParser(description="Run the benchmarks.")
    options.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    options.add_argument("--against", metavar="REVISION", help="compare with a commit")
    given = options.parse_args()
    unknown = sorted(set(given.names) - set(names))
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; choose from {', '.join(names)}")
        return 2
    before = None if given.against is None else check_out(given.against)
    failed = []
    for script, name in zip(BENCHMARKS, names, strict=True):
        if given.names and name not in given.names:
            continue
        print(f"== {script.name}", flush=True)
        code, rows = run(script)
        older = before and before / script.relative_to(ROOT)
        if older and older.exists():
            print(f"== {script.name} at {given.against}", flush=True)
            compare(rows, run(older, environment(before))[1])
        if code != 0:
            failed.append(script.name)
        keep(script.stem, rows)
    print(f"\nresults in {RESULTS.relative_to(ROOT)}")
    if failed:
        print("failed: " + ", ".join(failed))
    return 1 if failed else 0


def check_out(revision: str) -> Path:
    """Put a commit into a worktree of its own, compile its kernels, return its root."""
    if BEFORE.exists():
        git("worktree", "remove", "--force", str(BEFORE))
    git("worktree", "prune")
    git("worktree", "add", "--quiet", "--detach", str(BEFORE), revision)
    (BEFORE / ".cache").symlink_to(ROOT / ".cache")  # data and peers are the same
    warmup = [sys.executable, "-m", "commonbook.runner.warmup"]
    subprocess.run(warmup, cwd=BEFORE, env=environment(BEFORE), check=True)
    return BEFORE


def git(*arguments: str) -> None:
    """Run git in this checkout."""
    subprocess.run([shutil.which("git") or "git", *arguments], cwd=ROOT, check=True)


def environment(root: Path | None) -> dict[str, str]:
    """Say which commonbook is imported, and where its kernels are kept."""
    if root is None:
        return dict(os.environ)
    kernels = root.with_name("against-kernels")
    paths = {"PYTHONPATH": str(root / "src"), "COMMONBOOK_CACHE_DIR": str(kernels)}
    return os.environ | paths


def run(
    script: Path, environ: dict[str, str] | None = None
) -> tuple[int, list[dict[str, Any]]]:
    """Run one benchmark; its exit code and the objects that it printed."""
    rows = []
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=script.parents[1],
        env=environ,
    ) as process:
        for line in process.stdout or ():
            row = parse(line)
            if row is None:
                print(line, end="", flush=True)
            else:
                rows.append({"benchmark": script.stem.removeprefix("bench_"), **row})
                print("  " + text(row), flush=True)
    return process.returncode, rows


def compare(rows: list[dict[str, Any]], older: list[dict[str, Any]]) -> None:
    """Put the value that each result had before, and the ratio to it, into its row."""
    values = {row["name"]: row.get("value") for row in older}
    for row in rows:
        before, now = values.get(row["name"]), row.get("value")
        if before and now is not None:
            row["before"], row["ratio"] = before, round(now / before, 3)
            print(f"  {row['name']}: {row['ratio']} of {before} before", flush=True)


def parse(line: str) -> dict[str, Any] | None:
    """Read a line as a result, None when it is something else."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        return None
    return row if isinstance(row, dict) and "name" in row else None


def text(row: dict[str, Any]) -> str:
    """Write one result as text."""
    line = f"{row['name']}: {row.get('value', '')} {row.get('unit', '')}".rstrip()
    if "target" in row:
        line += f" ({row['target']}: {'met' if row['met'] else 'MISSED'})"
    return line


def keep(benchmark: str, rows: list[dict[str, Any]]) -> None:
    """Put the results of one benchmark in the place of its older ones."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / "results.json"
    name = benchmark.removeprefix("bench_")
    older: list[dict[str, Any]] = []
    if path.exists():
        older = json.loads(path.read_text())["results"]
    known = {path.stem.removeprefix("bench_") for path in BENCHMARKS}
    others = [row for row in older if row.get("benchmark") in known - {name}]
    results = sorted(others + rows, key=lambda row: str(row.get("benchmark")))
    report = {"machine": machine(), "results": results}
    path.write_text(json.dumps(report, indent=2) + "\n")
    (RESULTS / "results.md").write_text(table(report))


def machine() -> dict[str, Any]:
    """Say what the figures were measured on."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "memory": memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in ("commonbook", "numpy", "numba")},
    }


def cpu() -> str:
    """Name the processor."""
    about = Path("/proc/cpuinfo")
    if about.exists():
        for line in about.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def memory() -> str:
    """Give the size of the memory."""
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return "unknown"
    return f"{size / 2**30:.0f} GB"


def table(report: dict[str, Any]) -> str:
    """Lay out the results as a Markdown table."""
    about = ", ".join(f"{key} {value}" for key, value in report["machine"].items())
    lines = [f"Measured on: {about}.", ""]
    lines.append("| benchmark | result | value | unit | target | met | details |")
    lines.append("|---|---|---:|---|---|---|---|")
    for row in report["results"]:
        cells = [str(row.get(key, "")) for key in SHOWN[:-1]]
        cells[2] = cells[2].replace("None", "")
        cells.append({True: "yes", False: "no"}.get(row.get("met", ""), ""))
        cells.append("; ".join(f"{key}: {row[key]}" for key in row if key not in SHOWN))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
