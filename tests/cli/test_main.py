import subprocess
import sys

import pytest
from typer.testing import CliRunner

import commonbook
from commonbook.cli.main import app

COMMANDS = ("run", "compare", "inspect", "convert", "synth", "schema", "demo")


def test_the_version_is_the_packages():
    result = CliRunner().invoke(app, ["--version"])
    assert result.output == f"commonbook {commonbook.__version__}\n"
    assert result.exit_code == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command):
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage: commonbook" in result.output.replace("root", "commonbook")


def test_help_lists_every_command():
    output = CliRunner().invoke(app, ["-h"]).output
    assert all(f" {command} " in output for command in COMMANDS)


def test_an_unknown_command_is_bad_input():
    result = CliRunner().invoke(app, ["backtest"])
    assert result.exit_code == 2


def test_help_loads_nothing_heavy():
    program = (
        "import sys\n"
        "from commonbook.cli.main import app\n"
        "try:\n"
        "    app(['--help'])\n"
        "except SystemExit:\n"
        "    heavy = {'numba', 'polars', 'scipy', 'pydantic'}\n"
        "    print(*sorted(heavy & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "Usage:" in done.stdout
    assert done.stdout.splitlines()[-1] == ""
