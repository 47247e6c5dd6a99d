"""Checking a configuration starts quickly."""

import subprocess
import sys


def test_importing_the_configuration_loads_no_compiler():
    code = (
        "import sys; import commonbook.config;"
        "heavy = {'numba', 'numpy', 'polars', 'pandas', 'typer'} & sys.modules.keys();"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
