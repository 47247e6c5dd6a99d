"""The README is true: its blocks run as written and print what it says."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: A file that the text tells to save the next block as.
SAVED = re.compile(r"[Ss]ave this as `([^`]+)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")


class Block(NamedTuple):
    language: str
    content: str
    saved_as: str | None


def blocks() -> Iterator[Block]:
    end = 0
    for match in BLOCK.finditer(README):
        names = SAVED.findall(README, end, match.start())
        yield Block(match[1], match[2], names[-1] if names else None)
        end = match.end()


def call(arguments, folder):
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": "100",
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [line.rstrip() for line in done.stdout.splitlines()]


def check_console(content, folder):
    """Run each line after ``$``; below it is what it prints, ``...`` is anything."""
    for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        program, *arguments = shlex.split(command)
        assert program == "commonbook"
        printed = call(["-m", program, *arguments], folder)
        for chunk in re.split(r"^\.\.\.$\n?", expected, flags=re.MULTILINE):
            assert chunk.strip("\n") in "\n".join(printed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give a folder in which every block of the README has run, in order."""
    place = tmp_path_factory.mktemp("readme")
    for block in blocks():
        if block.language == "console":
            check_console(block.content, place)
        elif block.language == "python":
            call(["-c", block.content], place)
        elif block.saved_as is not None:
            (place / block.saved_as).write_text(block.content, encoding="utf-8")
    return place


def test_every_block_runs_and_prints_what_it_shows(folder):
    assert (folder / "runs" / "first-compare" / "comparison.json").is_file()


def test_the_folder_of_a_run_holds_what_is_listed(folder):
    (listing,) = (b.content for b in blocks() if b.language == "text")
    listed = re.findall(r"^  (\S+)", listing, re.MULTILINE)
    assert sorted(listed) == sorted(p.name for p in (folder / "runs/first").iterdir())


def test_blocks_of_every_kind_are_found():
    assert {b.language for b in blocks()} == {"sh", "console", "yaml", "python", "text"}
    assert [b.saved_as for b in blocks() if b.language == "yaml"] == ["first.yaml"]


def test_every_command_is_listed():
    printed = "\n".join(call(["-m", "commonbook", "--help"], ROOT))
    commands = re.findall(r"^│ (\w[\w-]*) ", printed, re.MULTILINE)
    listed = re.findall(r"^\| `commonbook ([\w-]+)", README, re.MULTILINE)
    assert sorted(commands) == sorted(listed) != []


def test_make_has_the_targets_named():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert f"\n{target}:" in makefile


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
