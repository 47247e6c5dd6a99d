"""Which group a portfolio belongs to."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.config import load
from commonbook.config.groups import assign_groups, matches
from tests.config.builders import MAKER, config, messages_of, write

NAMES = ["seller", "maker[size=1]", "maker[size=2]", "other"]


def grouped(groups: object, *names: str) -> dict[str, object]:
    portfolios = [MAKER | {"name": name} for name in names or NAMES]
    return config(*portfolios, execution={"mode": "groups", "groups": groups})


def test_names_and_patterns_put_portfolios_into_groups():
    groups = [["seller", "maker*"], ["other"]]
    assert assign_groups(groups, NAMES).group_of == {
        "seller": 0,
        "maker[size=1]": 0,
        "maker[size=2]": 0,
        "other": 1,
    }


def test_exact_names_come_before_patterns():
    groups = [["maker*"], ["maker[size=2]"]]
    assignment = assign_groups(groups, NAMES)
    assert assignment.group_of == {"maker[size=1]": 0, "maker[size=2]": 1}
    assert assignment.faults == []


def test_an_exact_name_settles_what_two_patterns_match():
    groups = [["maker*"], ["*2]"], ["maker[size=2]"]]
    assert assign_groups(groups, NAMES).faults == []


def test_two_patterns_of_one_group_may_match_the_same_portfolio():
    assert assign_groups([["maker*", "*size*"]], NAMES).faults == []


@pytest.mark.parametrize(
    ("groups", "path", "message"),
    [
        (
            [["seler"]],
            "[0][0]",
            "no portfolio is called 'seler'; did you mean 'seller'? there are: "
            "seller, maker[size=1], maker[size=2], other",
        ),
        (
            [["seller"], ["other", "seller"]],
            "[1][1]",
            "'seller' is already in groups[0]",
        ),
        ([["seller", "seller"]], "[0][1]", "'seller' is already in groups[0]"),
        (
            [["buyer*"]],
            "[0][0]",
            "no portfolio is called 'buyer*'; there are: "
            "seller, maker[size=1], maker[size=2], other",
        ),
        (
            [["maker*"], ["*1]"]],
            "[1][0]",
            "'*1]' matches 'maker[size=1]', as does a pattern of another group; "
            "name 'maker[size=1]' itself in one of them",
        ),
        # Only * is a wildcard.
        (
            [["maker[size=?]"]],
            "[0][0]",
            "no portfolio is called 'maker[size=?]'; did you mean 'maker[size=2]'? "
            "there are: seller, maker[size=1], maker[size=2], other",
        ),
        ([[]], "[0]", "found an empty list; at least one is needed"),
        (["seller"], "[0]", "found 'seller'; allowed: a list"),
        ([[5]], "[0][0]", "found 5; allowed: text (write it in quotes)"),
        ([], "", "mode groups needs a list such as [[a, 'b*'], [c]]"),
    ],
)
def test_a_group_that_does_not_fit_is_one_problem(groups, path, message):
    assert messages_of(grouped(groups)) == {f"execution.groups{path}": message}


def test_groups_of_another_mode_are_checked_all_the_same(tmp_path):
    text = (
        "data: {path: book.csv, symbol: A}\n"
        "portfolios: [{name: a, strategy: scripted, params: {orders: []}}]\n"
        "execution: {mode: shared, groups: [[b]]}\n"
    )
    assert list(messages_of(write(tmp_path, text))) == ["execution.groups[0][0]"]


def test_a_grid_makes_the_names_that_patterns_match():
    portfolio = MAKER | {"grid": {"size": [1, 2]}}
    raw = config(portfolio, execution={"mode": "groups", "groups": [["maker[*"]]})
    assert load(raw).execution.groups == (("maker[*",),)


@given(st.text("ab*", max_size=8), st.text("ab", max_size=8))
def test_a_star_stands_for_any_text(pattern, name):
    expression = ".*".join(map(re.escape, pattern.split("*")))
    assert matches(pattern, name) == bool(re.fullmatch(expression, name))


def test_many_stars_do_not_take_long():
    assert not matches("*a" * 60 + "b", "a" * 200)


@given(
    groups=st.lists(st.lists(st.text("ab*", min_size=1, max_size=3), min_size=1)),
    names=st.lists(st.text("ab", min_size=1, max_size=2), unique=True),
)
def test_the_order_of_names_does_not_matter(groups, names):
    one, other = assign_groups(groups, names), assign_groups(groups, names[::-1])
    assert bool(one.faults) == bool(other.faults)
    assert one.faults or one.group_of == other.group_of
