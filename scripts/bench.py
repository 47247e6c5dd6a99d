"""
Run ``benchmarks/bench_*.py`` and gather their results.

Names on the command line choose: ``scripts/bench.py peers grid`` runs only
``bench_peers.py`` and ``bench_grid.py``. A benchmark is a script that prints one JSON
object per line, for example ``{"name": "idle replay", "value": 12.3, "unit":
"ns/event"}``; a ``target`` and whether it is ``met`` may follow, and whatever else
should be kept. Other lines are passed through.

Results go to ``benchmarks/results/results.json`` and ``results.md``; results of
benchmarks that did not run this time stay there.
"""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
BENCHMARKS = sorted((ROOT / "benchmarks").glob("bench_*.py"))
SHOWN = ("benchmark", "name", "value", "unit", "target", "met")


def main() -> int:
    """Run benchmarks; 1 when one of them failed, 2 for an unknown name."""
    wanted = sys.argv[1:]
    names = [script.stem.removeprefix("bench_") for script in BENCHMARKS]
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; choose from {', '.join(names)}")
        return 2
    failed = []
    for script, name in zip(BENCHMARKS, names, strict=True):
        if wanted and name not in wanted:
            continue
        print(f"== {script.name}", flush=True)
        code, rows = run(script)
        if code != 0:
            failed.append(script.name)
        keep(script.stem, rows)
    print(f"\nresults in {RESULTS.relative_to(ROOT)}")
    if failed:
        print("failed: " + ", ".join(failed))
    return 1 if failed else 0


def run(script: Path) -> tuple[int, list[dict[str, Any]]]:
    """Run one benchmark; its exit code and the objects that it printed."""
    rows = []
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        for line in process.stdout or ():
            row = parse(line)
            if row is None:
                print(line, end="", flush=True)
            else:
                rows.append({"benchmark": script.stem.removeprefix("bench_"), **row})
                print("  " + text(row), flush=True)
    return process.returncode, rows


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
