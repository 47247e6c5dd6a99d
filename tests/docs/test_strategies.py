"""The page about strategies is true: its blocks run, its tables name what there is."""

import re
from pathlib import Path

import pytest

import commonbook as cb
from commonbook.strategy import asks
from commonbook.strategy.callbacks import CALLBACKS
from commonbook.strategy.entry import OPEN_ORDER, SEE
from commonbook.strategy.sending import Verbs
from tests.docs.test_pages import page, tables, words
from tests.docs.test_readme import BLOCK, SAVED, call, check_console

PAGE = page("strategies.md")
ROOT = Path(__file__).resolve().parents[2]
VERBS = {name for name in vars(Verbs) if not name.startswith("_")}
NAME = re.compile(r"`(\w+)")


@pytest.fixture(scope="module")
def found():
    return [[NAME.findall(row[0]) for row in rows] for rows in tables(PAGE)]


def flat(rows):
    return [name for row in rows for name in row]


def test_every_block_runs(tmp_path):
    end = 0
    for match in BLOCK.finditer(PAGE):
        names = SAVED.findall(PAGE, end, match.start())
        end = match.end()
        if names:
            (tmp_path / names[-1]).write_text(match[2], encoding="utf-8")
        elif match[1] == "console":
            check_console(match[2], tmp_path)
        elif match[1] == "python":
            call(["-c", match[2]], tmp_path)


def test_the_callbacks_are_listed(found):
    assert sorted(flat(found[0])) == sorted(CALLBACKS)


def test_what_a_strategy_sees_and_does_is_listed(found):
    public = {name for name in vars(cb.Strategy) if not name.startswith(("_", "on_"))}
    assert sorted(set(flat(found[1]))) == sorted(public)
    assert set(flat(found[2])) == VERBS


def test_what_a_compiled_strategy_gets_is_listed():
    compiled = page("strategies.md").partition("## Compiled")[2]
    (rows,) = tables(compiled)
    assert words(rows) == ["see", "orders", "params", "memory", "out"]
    assert set(NAME.findall(rows[0][1])) == set(SEE.names) - {"instrument"}
    assert set(NAME.findall(rows[1][1])) == set(OPEN_ORDER.names) - {"slot"}
    for name in asks.__all__:
        if callable(getattr(asks, name)):
            assert f"`{name}(" in compiled or f"{name}, " in compiled, name
