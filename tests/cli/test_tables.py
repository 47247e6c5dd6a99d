from io import StringIO

import pytest
from rich.console import Console

from commonbook.cli.tables import (
    comparison_table,
    impact_table,
    money,
    quantity,
    run_table,
    share,
    signed,
)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1234.567, "1,234.57"),
        (-0.5, "-0.50"),
        (-0.001, "0.00"),
        (0.0, "0.00"),
        (None, "-"),
    ],
)
def test_money_has_two_decimals_and_no_negative_zero(amount, text):
    assert money(amount) == text


@pytest.mark.parametrize(
    ("amount", "text", "style"),
    [
        (1.0, "+1.00", "green"),
        (-1.0, "-1.00", "red"),
        (0.001, "0.00", ""),
        (None, "-", ""),
    ],
)
def test_a_difference_shows_its_sign(amount, text, style):
    shown = signed(amount)
    assert (shown.plain, str(shown.style)) == (text, style)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (5.0, "5"),
        (0.125, "0.125"),
        (1234.5, "1,234"),
        (110080.0, "110,080"),
        (None, "-"),
    ],
)
def test_a_quantity_has_no_more_places_than_it_needs(amount, text):
    assert quantity(amount) == text


def test_a_share_is_in_percent():
    assert share(0.5) == "50.0%"
    assert share(None) == "-"


def test_no_number_is_cut_in_a_terminal_of_80_columns():
    amounts = {"isolated": 42_276.24, "shared": 39_747.27, "difference": -2_528.98}
    figures = {"net_profit": amounts, "filled_qty": amounts, "fill_ratio": amounts}
    summary = {
        "name": "demo",
        "portfolios": {"maker[half_spread_ticks=1]": figures},
        "totals": figures,
    }
    console = Console(width=80, record=True, file=StringIO())
    console.print(comparison_table(summary))
    text = console.export_text()
    assert "-2,528.98" in text
    assert "…" not in text


def figures_of_a_run(charge):
    return {
        "orders": 2, "fills": 3, "filled_qty": 5.0, "fill_ratio": 1.0, "fees": 0.5,
        "impact_charge": charge, "max_drawdown": 1.0, "net_profit": -2.0,
    }  # fmt: skip


def printed(table):
    console = Console(width=100, record=True, file=StringIO())
    console.print(table)
    return console.export_text()


@pytest.mark.parametrize(("charge", "shown"), [(12.34, True), (0.0, False)])
def test_impact_is_a_column_where_there_is_any(charge, shown):
    summary = {
        "name": "x",
        "lane": "shared",
        "portfolios": {"A": figures_of_a_run(charge), "B": figures_of_a_run(0.0)},
        "totals": figures_of_a_run(charge),
    }
    text = printed(run_table(summary))
    assert ("impact" in text) == shown
    assert ("12.34" in text) == shown


def charges(isolated, shared):
    difference = shared - isolated
    charge = {"isolated": isolated, "shared": shared, "difference": difference}
    return {"impact_charge": charge}


def test_charges_of_a_comparison_are_those_of_who_paid():
    portfolios = {"A": charges(1.0, 3.5), "B": charges(0.0, 0.0), "all": charges(1, 0)}
    summary = {"portfolios": portfolios, "totals": charges(2.0, 3.5)}
    table = impact_table(summary)
    text = printed(table)
    assert table.row_count == 3
    assert "-2.50" in text
    assert "+1.00" in text
    assert " B" not in text


def test_without_charges_there_is_no_table():
    summary = {"portfolios": {"A": charges(0.0, 0.0)}, "totals": charges(0.0, 0.0)}
    assert impact_table(summary) is None
