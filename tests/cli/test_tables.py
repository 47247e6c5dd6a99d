from io import StringIO

import pytest
from rich.console import Console

from commonbook.cli.tables import (
    comparison_tables,
    impact_table,
    price_table,
    run_tables,
)

LONG = "maker[half_spread_ticks=1]"


def printed(tables, width=100):
    console = Console(width=width, record=True, file=StringIO())
    for table in tables if isinstance(tables, list) else [tables]:
        console.print(table)
    return console.export_text()


def compared(name=LONG, lanes=("isolated", "shared")):
    amounts = {"isolated": 42_276.24, "shared": 39_747.27, "difference": -2_528.98}
    ratios = dict.fromkeys(amounts, 0.5)
    figures = {"net_profit": amounts, "filled_qty": amounts, "fill_ratio": ratios}
    return {
        "name": "demo",
        "lanes": list(lanes),
        "portfolios": {name: figures},
        "totals": figures,
    }


def test_a_comparison_is_one_table_where_it_fits():
    assert len(comparison_tables(compared(), 100)) == 1
    assert len(comparison_tables(compared("short"), 100)) == 1


@pytest.mark.parametrize("name", [LONG, "x" * 200])
def test_at_80_columns_no_number_is_cut_and_no_line_too_long(name):
    tables = comparison_tables(compared(name), 80)
    text = printed(tables, 80)
    assert len(tables) == 2
    assert "demo: alone and together, profit" in text
    assert "demo: alone and together, filled" in text
    assert "-2,528.98" in text
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_names_of_grids_are_not_broken_at_80_columns():
    tables = (
        comparison_tables(compared(), 80),
        run_tables(run_summary(1.0, LONG * 2), 80),
    )
    for both in tables:
        assert len(both) == 2
        assert all(LONG in printed(table, 80) for table in both)


def test_groups_are_called_groups():
    text = printed(comparison_tables(compared(lanes=("isolated", "groups")), 100))
    assert "demo: alone and in groups" in text
    assert "shared" not in text


def test_prices_and_charges_of_groups_are_called_so():
    price = {"isolated": 100.0, "shared": 101.0, "difference": 1.0}
    nothing = dict.fromkeys(price)
    figures = {"average_buy_price": price, "average_sell_price": nothing}
    summary = {
        "lanes": ["isolated", "groups"],
        "portfolios": {"A": figures | charges(1.0, 2.0)},
        "totals": charges(1.0, 2.0),
    }
    for table in (price_table(summary), impact_table(summary)):
        assert "groups" in printed(table)
        assert "shared" not in printed(table)


def figures_of_a_run(charge):
    return {
        "orders": 2, "fills": 3, "filled_qty": 5.0, "fill_ratio": 1.0, "fees": 0.5,
        "impact_charge": charge, "max_drawdown": 1.0, "net_profit": -2.0,
    }  # fmt: skip


def run_summary(charge, name="A"):
    return {
        "name": "x",
        "lane": "shared",
        "portfolios": {name: figures_of_a_run(charge), "B": figures_of_a_run(0.0)},
        "totals": figures_of_a_run(charge),
    }


@pytest.mark.parametrize(("charge", "shown"), [(12.34, True), (0.0, False)])
def test_impact_is_a_column_where_there_is_any(charge, shown):
    text = printed(run_tables(run_summary(charge), 100))
    assert ("impact" in text) == shown
    assert ("12.34" in text) == shown


def charges(isolated, shared):
    difference = shared - isolated
    charge = {"isolated": isolated, "shared": shared, "difference": difference}
    return {"impact_charge": charge}


def test_charges_of_a_comparison_are_those_of_who_paid():
    portfolios = {"A": charges(1.0, 3.5), "B": charges(0.0, 0.0), "all": charges(1, 0)}
    summary = {
        "lanes": ["isolated", "shared"],
        "portfolios": portfolios,
        "totals": charges(2.0, 3.5),
    }
    table = impact_table(summary)
    text = printed(table)
    assert table.row_count == 3
    assert "-2.50" in text
    assert "+1.00" in text
    assert " B" not in text


def test_without_charges_there_is_no_table():
    summary = {"portfolios": {"A": charges(0.0, 0.0)}, "totals": charges(0.0, 0.0)}
    assert impact_table(summary) is None
