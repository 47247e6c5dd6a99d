"""The page about execution modes is true: its blocks run and print what it says."""

import shlex

from tests.docs.test_pages import page
from tests.docs.test_readme import BLOCK, SAVED, call

PAGE = page("execution-modes.md")


def test_every_block_runs_and_prints_what_is_shown(tmp_path):
    end = 0
    for match in BLOCK.finditer(PAGE):
        names = SAVED.findall(PAGE, end, match.start())
        end = match.end()
        if names:
            (tmp_path / names[-1]).write_text(match[2], encoding="utf-8")
        else:
            assert match[1] == "console"
            command, _, expected = match[2].removeprefix("$ ").partition("\n")
            program, *arguments = shlex.split(command)
            assert program == "python"
            assert call(arguments, tmp_path) == expected.splitlines()
