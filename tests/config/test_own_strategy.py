"""Strategies of the user's own: found by name, their parameters checked."""

import sys
from decimal import Decimal
from typing import ClassVar, Literal

import pytest

import commonbook as cb
from commonbook.config import dump_resolved, load
from commonbook.config.own_strategy import OwnStrategy, with_own_strategies
from tests.config.builders import config, messages_of, write

MAKER = """\
from __future__ import annotations

import commonbook as cb
import {helper}

class Maker(cb.Strategy):
    size: cb.Qty
    every = "100ms"

class Other:
    pass

@cb.compiled(every="1s")
def taker(see, orders, params, memory, out):
    pass
"""
RUN = """\
data:
  - {{path: book.csv, format: csv, symbol: AAPL, tick_size: 0.01, lot_size: 1}}
portfolios:
  - name: p
    strategy: {strategy}
    params: {params}
"""


class Plain(cb.Strategy):
    size: cb.Qty
    edge: float = 0.5
    shift: int = 0
    exact: Decimal = Decimal("0.1")
    eager: bool = False
    word: str = "x"
    mode: Literal["calm", "wild"] = "calm"
    hold: cb.Duration = "1s"
    since: cb.Timestamp | None = None
    at: cb.Price | None = None
    hedge: cb.Symbol | None = None
    count: ClassVar[int] = 7
    _private: int = 3
    every = "20ms"


def portfolio(strategy, **params):
    return {"name": "p", "strategy": strategy, "params": params}


def params_of(strategy, **params):
    return load(config(portfolio(strategy, **params))).portfolios[0].params


def folder(tmp_path, strategy="mine:Maker", params="{size: 5}", helper="math"):
    """Write a configuration beside a module with strategies."""
    (tmp_path / "mine.py").write_text(MAKER.format(helper=helper))
    return write(tmp_path, RUN.format(strategy=strategy, params=params))


def message(path):
    found = messages_of(path)
    assert list(found) == ["portfolios[0].strategy"]
    return found["portfolios[0].strategy"]


# Parameters --------------------------------------------------------------------------


def test_parameters_are_typed_and_have_defaults():
    found = params_of(Plain, size="1.5", since="1970-01-01T00:00:00.000000005Z")
    assert found.model_dump() == {
        "symbol": None,
        "every": "20ms",
        "size": Decimal("1.5"),
        "edge": 0.5,
        "shift": 0,
        "exact": Decimal("0.1"),
        "eager": False,
        "word": "x",
        "mode": "calm",
        "hold": "1s",
        "since": "1970-01-01T00:00:00.000000005Z",
        "at": None,
        "hedge": None,
    }
    assert (found.every, found.hold, found.since) == (20_000_000, 1_000_000_000, 5)


@pytest.mark.parametrize(
    ("params", "key", "text"),
    [
        ({}, "size", "this key is missing; give a quantity, in units"),
        ({"size": 0}, "size", "found 0; allowed: more than 0"),
        ({"size": 1, "sise": 2}, "sise", "unknown key; did you mean 'size'?"),
        ({"size": 1, "edge": "a lot"}, "edge", "found 'a lot'; allowed: a number"),
        ({"size": 1, "shift": 1.5}, "shift", "found 1.5; allowed: a whole number"),
        ({"size": 1, "eager": "yes"}, "eager", "found 'yes'; allowed: true or false"),
        ({"size": 1, "word": 1}, "word", "found 1; allowed: text"),
        ({"size": 1, "mode": "mild"}, "mode", "found 'mild'; did you mean 'wild'?"),
        ({"size": 1, "hold": 5}, "hold", "found 5; allowed: a number with a unit"),
        ({"size": 1, "since": "soon"}, "since", "found 'soon'; allowed: ISO 8601"),
        ({"size": 1, "every": "0s"}, "every", "allowed: more than 0"),
        ({"size": 1, "_private": 1}, "_private", "unknown key"),
        ({"size": 1, "count": 1}, "count", "unknown key"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused(params, key, text):
    found = messages_of(config(portfolio(Plain, **params)))
    assert list(found) == [f"portfolios[0].params.{key}"]
    assert text in found[f"portfolios[0].params.{key}"]


def test_grids_expand_parameters_of_own_strategies():
    raw = portfolio(Plain) | {"grid": {"size": [1, 2], "mode": ["calm", "wild"]}}
    loaded = load(config(raw)).portfolios
    assert [p.name for p in loaded] == [
        f"p[size={size}, mode={mode}]" for size in (1, 2) for mode in ("calm", "wild")
    ]
    assert [p.params.size for p in loaded] == [1, 1, 2, 2]
    wrong = raw | {"grid": {"size": [1, -2]}}
    assert list(messages_of(config(wrong))) == ["portfolios[0].grid.size[1]"]


def test_a_symbol_parameter_must_be_in_the_data():
    found = messages_of(config(portfolio(Plain, size=1, symbol="MSFT")))
    assert "AAPL" in found["portfolios[0].params.symbol"]


def test_a_default_that_does_not_fit_is_a_problem_of_the_class():
    class Wrong(cb.Strategy):
        hold: cb.Duration = "soon"

    found = messages_of(config(portfolio(Wrong)))
    assert "found 'soon'" in found["portfolios[0].params.hold"]


def test_a_kind_that_parameters_do_not_have_is_named():
    class Wrong(cb.Strategy):
        sizes: list[int]

    found = messages_of(config(portfolio(Wrong)))
    assert (
        "Wrong.sizes: list[int] cannot be a parameter" in found["portfolios[0].params"]
    )


def test_a_callback_that_does_not_exist_is_refused_when_the_class_is_made():
    with pytest.raises(TypeError, match=r"Typo\.on_boook is no callback; did you mean"):

        class Typo(cb.Strategy):
            def on_boook(self):
                """Never called."""


def test_a_parameter_must_not_hide_what_the_strategy_sees():
    with pytest.raises(TypeError, match=r"Hides\.position: the name is taken"):

        class Hides(cb.Strategy):
            position: int


def test_the_parameters_of_a_compiled_strategy_are_checked_too():
    class Params:
        size: cb.Qty

    @cb.compiled(params=Params, every="1s")
    def taker(see, orders, params, memory, out):
        """Do nothing."""

    assert params_of(taker, size=3).every == 1_000_000_000
    found = messages_of(config(portfolio(taker)))
    assert list(found) == ["portfolios[0].params.size"]


# Names -------------------------------------------------------------------------------


def test_a_strategy_is_found_in_the_folder_of_its_configuration(tmp_path):
    before = list(sys.path)
    loaded = load(folder(tmp_path)).portfolios[0]
    assert isinstance(loaded.strategy, OwnStrategy)
    assert loaded.strategy == "mine:Maker"
    assert loaded.strategy.target.__name__ == "Maker"
    assert loaded.params.size == 5
    assert sys.path == before
    compiled = load(folder(tmp_path, "mine:taker", "{}")).portfolios[0]
    assert compiled.strategy.target.function.__name__ == "taker"


def test_the_working_directory_is_not_searched(tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    (other / "elsewhere.py").write_text(MAKER.format(helper="math"))
    monkeypatch.chdir(other)
    monkeypatch.syspath_prepend("")
    text = message(folder(tmp_path, "elsewhere:Maker"))
    assert text.startswith("found 'elsewhere:Maker'; there is no module 'elsewhere' in")


def test_what_is_installed_is_found_even_from_its_own_folder(tmp_path, monkeypatch):
    source = tmp_path / "src"
    source.mkdir()
    (source / "installed_here.py").write_text(MAKER.format(helper="math"))
    monkeypatch.chdir(source)
    monkeypatch.setattr(sys, "path", ["", *sys.path, str(source)])
    loaded = load(folder(tmp_path, "installed_here:Maker"))
    assert loaded.portfolios[0].params.size == 5


def test_an_edited_file_and_another_folder_are_loaded_anew(tmp_path):
    path = folder(tmp_path)
    assert load(path).portfolios[0].strategy.target.every == "100ms"
    file = tmp_path / "mine.py"
    file.write_text(file.read_text().replace("100ms", "300ms"))  # of the same size
    assert load(path).portfolios[0].strategy.target.every == "300ms"
    assert not (tmp_path / "__pycache__").exists()
    second = tmp_path / "second"
    second.mkdir()
    assert load(folder(second)).portfolios[0].strategy.target.every == "100ms"


def test_a_loaded_configuration_outlives_the_loading_of_another(tmp_path):
    (tmp_path / "second").mkdir()
    first = load(folder(tmp_path))
    load(folder(tmp_path / "second"))
    assert [p.name for p in first.portfolios[0].params.declared] == [
        "symbol",
        "every",
        "size",
    ]
    assert first.portfolios[0].strategy.target.every == "100ms"


def test_checking_a_loaded_configuration_again_keeps_its_modules(tmp_path):
    # Without its module numba does not find a compiled strategy in its cache.
    loaded = load(folder(tmp_path))
    module = sys.modules["mine"]
    strategy = {"strategy": loaded.portfolios[0].strategy}
    assert list(with_own_strategies([strategy], tmp_path)) == []
    assert sys.modules["mine"] is module


def test_modules_of_the_folder_may_import_each_other(tmp_path):
    (tmp_path / "signals.py").write_text("EDGE = 1\n")
    loaded = load(folder(tmp_path, helper="signals"))
    assert loaded.portfolios[0].params.size == 5


@pytest.mark.parametrize(
    ("strategy", "text"),
    [
        ("mine:Makr", "has no 'Makr'; did you mean 'Maker'?"),
        ("mine:Other", "'Other' is not a strategy; allowed: a subclass of"),
        ("'mine:'", "allowed: package.module:Name"),
        ("'mine:a b'", "allowed: package.module:Name"),
        ("mine.sub:Maker", "there is no module 'mine.sub' in"),
        ("yours:Maker", "there is no module 'yours' in"),
        ("'../mine:Maker'", "allowed: package.module:Name"),
        ("commonbook:Strategy", "'Strategy' is not a strategy"),
    ],
)
def test_a_strategy_that_cannot_be_found_is_a_problem(strategy, text, tmp_path):
    assert text in message(folder(tmp_path, strategy))


@pytest.mark.parametrize(
    ("helper", "text"),
    [
        (
            "nowhere",
            "ModuleNotFoundError: No module named 'nowhere' (",
        ),
        ("math\n1 / 0", "ZeroDivisionError: division by zero ("),
        (
            "math\nclass Late(cb.Strategy):\n    def on_tick(self): ...",
            "TypeError: Late.on_tick is no callback; did you mean on_timer? (",
        ),
        ("sys; sys.exit(3)", "SystemExit: 3 ("),
        ("math\n)", "SyntaxError: unmatched ')' ("),
    ],
)
def test_a_module_that_fails_is_named_with_the_line(helper, text, tmp_path):
    found = message(folder(tmp_path, helper=helper))
    assert f"importing mine failed: {text}" in found
    assert "mine.py, line" in found


def test_a_resolved_configuration_names_the_strategy(tmp_path):
    path = folder(tmp_path)
    resolved = dump_resolved(load(path))
    assert "strategy: mine:Maker" in resolved.replace('"', "")
    (tmp_path / "again.yaml").write_text(resolved)
    assert dump_resolved(load(tmp_path / "again.yaml")) == resolved
    assert dump_resolved(load(load(path))) == resolved


def test_other_things_are_no_strategies():
    for value in (int, cb.Strategy, 5, None, print):
        text = messages_of(config(portfolio(value)))["portfolios[0].strategy"]
        assert "or package.module:Name" in text
