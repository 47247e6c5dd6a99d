"""
Run every ``benchmarks/bench_*.py`` and gather their results.

A benchmark is a script that prints one JSON object per line, for example
``{"name": "idle replay", "value": 12.3, "unit": "ns/event"}``; other lines are passed
through. Results go to ``benchmarks/results/results.json`` and ``results.md``.
"""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"


def main() -> int:
    """Run all benchmarks; 1 when one of them failed."""
    scripts = sorted((ROOT / "benchmarks").glob("bench_*.py"))
    if not scripts:
        print("no benchmarks/bench_*.py yet")
        return 0
    rows: list[dict[str, Any]] = []
    failed = []
    for script in scripts:
        print(f"== {script.name}", flush=True)
        code, found = run(script)
        rows += found
        if code != 0:
            failed.append(script.name)
    RESULTS.mkdir(parents=True, exist_ok=True)
    report = {"machine": machine(), "results": rows}
    (RESULTS / "results.json").write_text(json.dumps(report, indent=2) + "\n")
    (RESULTS / "results.md").write_text(table(report))
    print(f"\n{len(rows)} results in {RESULTS.relative_to(ROOT)}")
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
                rows.append({"benchmark": script.stem, **row})
                print("  " + cells(row), flush=True)
    return process.returncode, rows


def parse(line: str) -> dict[str, Any] | None:
    """Read a line as a result, None when it is something else."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        return None
    return row if isinstance(row, dict) and "name" in row else None


def cells(row: dict[str, Any]) -> str:
    """Write one result as text."""
    return f"{row['name']}: {row.get('value', '')} {row.get('unit', '')}".rstrip()


def machine() -> dict[str, Any]:
    """Say what the figures were measured on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
    }


def table(report: dict[str, Any]) -> str:
    """Lay out the results as a Markdown table."""
    about = ", ".join(f"{key} {value}" for key, value in report["machine"].items())
    lines = [f"Measured on {about}.", "", "| benchmark | result | value | unit |"]
    lines.append("|---|---|---:|---|")
    for row in report["results"]:
        keys = ("benchmark", "name", "value", "unit")
        lines.append("| " + " | ".join(str(row.get(key, "")) for key in keys) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
