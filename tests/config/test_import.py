"""Checking a configuration starts quickly."""

import subprocess
import sys


def test_importing_the_configuration_loads_no_compiler():
    code = (
        "import sys, time; start = time.process_time(); import commonbook.config;"
        "spent = time.process_time() - start;"
        "heavy = {'numba', 'numpy', 'polars', 'pandas', 'typer'} & sys.modules.keys();"
        "assert not heavy, heavy; print(spent)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        )
        for _ in range(3)
    ]
    # About 0.15 s of processor time, nearly all of it pydantic's.
    assert min(float(run.stdout) for run in runs) < 0.25
