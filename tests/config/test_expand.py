"""Grids of parameters."""

from decimal import Decimal

import pytest

from commonbook.config import MarketMakerParams, load
from commonbook.config.expand import MAX_PORTFOLIOS
from tests.config.builders import MAKER, config, messages_of, problems_of, write

PATH = "portfolios[0].grid"


def with_grid(grid: object) -> dict[str, object]:
    return config(MAKER | {"grid": grid})


def test_the_product_of_several_lists_is_named_in_their_order():
    grid = {"size": [1, Decimal("0.50")], "half_spread_ticks": [3, 4]}
    portfolios = load(with_grid(grid)).portfolios
    assert [portfolio.name for portfolio in portfolios] == [
        "maker[size=1, half_spread_ticks=3]",
        "maker[size=1, half_spread_ticks=4]",
        "maker[size=0.50, half_spread_ticks=3]",
        "maker[size=0.50, half_spread_ticks=4]",
    ]
    last = portfolios[-1].params
    assert isinstance(last, MarketMakerParams)
    assert (last.size, last.half_spread_ticks) == (Decimal("0.5"), 4)


def test_what_is_only_in_the_grid_need_not_be_in_params():
    portfolio = MAKER | {"params": {"size": 1}, "grid": {"half_spread_ticks": [1, 2]}}
    assert len(load(config(portfolio)).portfolios) == 2
    del portfolio["params"]
    portfolio["grid"] = {"half_spread_ticks": [1, 2], "size": [1]}
    assert len(load(config(portfolio)).portfolios) == 2


def test_numbers_in_names_are_written_out():
    (portfolio,) = load(with_grid({"size": [Decimal("1e3")]})).portfolios
    assert portfolio.name == "maker[size=1000]"


def test_a_bad_value_is_a_problem_at_its_place_in_the_grid(tmp_path):
    text = """\
data: {path: book.csv}
portfolios:
  - name: maker
    strategy: market_maker
    params: {size: -1}
    grid: {half_spread_ticks: [1, 0], every: [1s, 5]}
"""
    found = [str(problem) for problem in problems_of(write(tmp_path, text))]
    assert [line.split(";")[0] for line in found] == [
        "line 5, column 20: portfolios[0].params.size: found -1",
        "line 6, column 35: portfolios[0].grid.half_spread_ticks[1]: found 0",
        "line 6, column 51: portfolios[0].grid.every[1]: found 5",
    ]


def test_an_unknown_parameter_is_one_problem_whatever_its_values():
    messages = messages_of(with_grid({"half_spread": [1, 2, 3]}))
    assert list(messages) == [f"{PATH}.half_spread"]
    assert messages[f"{PATH}.half_spread"].startswith(
        "unknown key; did you mean 'half_spread_ticks'?"
    )


@pytest.mark.parametrize(
    ("grid", "path", "message"),
    [
        ([1], "", "found a list; allowed: a mapping of lists"),
        ({"size": 3}, ".size", "found 3; allowed: a list of values"),
        ({"size": []}, ".size", "found an empty list; allowed: a list of values"),
        ({"size": [[1]]}, ".size[0]", "found a list; allowed: a single value"),
        ({"size": [1, None]}, ".size[1]", "found nothing; allowed: a single value"),
        (
            {"size": range(1000), "half_spread_ticks": range(1000)},
            "",
            f"makes 1,000,000 portfolios; allowed: at most {MAX_PORTFOLIOS:,}",
        ),
    ],
)
def test_a_grid_that_is_none_is_one_problem(grid, path, message):
    if isinstance(grid, dict):
        grid = {k: list(v) if isinstance(v, range) else v for k, v in grid.items()}
    assert messages_of(with_grid(grid)) == {PATH + path: message}


def test_equal_values_make_equal_names():
    assert messages_of(with_grid({"size": [1, 1]})) == {
        "portfolios[0].name": "'maker[size=1]' is already the name of portfolios[0]"
    }


def test_a_name_that_a_grid_makes_must_be_free():
    raw = config(
        MAKER | {"name": "m[size=1]"}, MAKER | {"name": "m", "grid": {"size": [1]}}
    )
    assert messages_of(raw) == {
        "portfolios[1].name": "'m[size=1]' is already the name of portfolios[0]"
    }


def test_no_portfolio_at_all_stands_for_an_empty_grid():
    assert len(load(with_grid({})).portfolios) == 1
