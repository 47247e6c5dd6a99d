"""Rules of the source tree that no linter knows."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sorted(
    path
    for folder in ("src", "tests", "benchmarks", "scripts")
    for path in (ROOT / folder).rglob("*.py")
)
TEXT = sorted(
    [*PYTHON, *ROOT.glob("*.md"), *ROOT.glob("*.toml"), *ROOT.glob("docs/**/*.md")]
)
MAX_LINES = 400
#: Absolute paths of somebody's machine; what users type starts at "~" or is relative.
MACHINE_PATH = re.compile(r"(?<![\w.~/])/(?:home|root|Users|work|tmp|mnt)/\w+")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_a_file_has_at_most_400_lines(path: Path) -> None:
    lines = path.read_text().count("\n")
    assert lines <= MAX_LINES


@pytest.mark.parametrize("path", TEXT, ids=name)
def test_no_file_names_a_path_of_one_machine(path: Path) -> None:
    assert MACHINE_PATH.findall(path.read_text()) == []
