"""Limits of a whole group, as users set them."""

import polars as pl
import pytest

import commonbook as cb
from tests.rules.words import book, buy, configuration, ending, filled, portfolio, sell

BOOK = book(0, {99.0: 500}, {101.0: 500})  # the mid is 100.00
OTHER = book(0, {9.0: 500}, {11.0: 500}, symbol="MSFT")
REFUSED = ("rejected", "group_limit", 0)


def runner(tmp_path, *people, packets=(BOOK, OTHER), limits, **settings):
    config = configuration(tmp_path, packets, *people, **settings)
    config["execution"]["shared_config"]["group_limits"] = limits
    return config


def bought(name, *qtys, symbol="AAPL"):
    """Buy at 5, 6, ... microseconds."""
    orders = [buy(5_000 + 1_000 * i, qty, symbol=symbol) for i, qty in enumerate(qtys)]
    return portfolio(name, *orders)


def test_two_portfolios_together_stay_within_the_position(tmp_path):
    people = bought("A", 60), portfolio("B", buy(9_000, 41, symbol="AAPL"))
    result = cb.run(runner(tmp_path, *people, limits={"max_position": 100}))
    assert ending(result, "B") == REFUSED
    told = result.orders.filter(portfolio="B")
    assert told.select("ts_sent", "ts_arrival", "ts_report").row(0)[:2] == (None, None)
    exact = cb.run(runner(tmp_path, *people, limits={"max_position": 101}))
    assert filled(exact, "A", "B") == [60, 41]


def test_a_position_by_symbol_limits_that_instrument_alone(tmp_path):
    people = bought("A", 60), bought("B", 90, symbol="MSFT")
    limits = {"max_position": {"AAPL": 50}}
    result = cb.run(runner(tmp_path, *people, limits=limits))
    assert filled(result, "A", "B") == [0, 90]


def test_notional_is_in_currency_at_the_mid(tmp_path):
    people = bought("A", 60), portfolio("B", sell(9_000, 400, symbol="MSFT"))
    gross = {"gross_notional": 9_999}
    assert filled(cb.run(runner(tmp_path, *people, limits=gross)), "A", "B") == [60, 0]
    net = {"gross_notional": 10_000, "net_notional": 6_000}
    assert filled(cb.run(runner(tmp_path, *people, limits=net)), "A", "B") == [60, 400]


@pytest.mark.parametrize("mode", ["shared", "groups", "isolated"])
def test_the_exposure_of_an_engine_stays_within_its_limits(tmp_path, mode):
    people = [bought(name, 60, 50, 40) for name in ("A", "B", "C")]
    groups = {"groups": [["A", "B"], ["C"]]} if mode == "groups" else {}
    limits = {"gross_notional": 12_000}
    config = runner(tmp_path, *people, limits=limits, mode=mode, **groups)
    exposure = cb.run(config).exposure
    most = dict(exposure.group_by("engine").agg(pl.col("gross").max()).iter_rows())
    if mode == "isolated":
        assert set(most.values()) == {15_000.0}
    else:
        assert all(0 < gross <= 12_000 for gross in most.values())


def test_a_portfolio_in_no_group_has_no_limit(tmp_path):
    people = bought("A", 60), bought("B", 60)
    limits = {"max_position": 50}
    config = runner(tmp_path, *people, limits=limits, mode="groups", groups=[["A"]])
    assert filled(cb.run(config), "A", "B") == [0, 60]


def test_compare_limits_the_portfolios_only_together(tmp_path):
    people = bought("A", 60), bought("B", 60)
    config = runner(tmp_path, *people, limits={"max_position": 60})
    both = cb.compare(config, leave_one_out=["A"])
    assert filled(both.isolated, "A", "B") == [60, 60]
    assert sorted(filled(both.shared, "A", "B")) == [0, 60]
    assert filled(both.without["A"], "A", "B") == [60, 60]


class Hears(cb.Strategy):
    """Buys once, and notes what it is told."""

    every = "1us"

    def on_start(self) -> None:
        self.sent = False

    def on_timer(self) -> None:
        if not self.sent:
            self.sent = True
            self.buy(60)

    def on_order(self, order: cb.Order) -> None:
        heard.append((self.now, order.state, order.reason))


heard: list[tuple[int, str, str | None]] = []


def test_a_strategy_is_told_in_the_same_moment(tmp_path):
    heard.clear()
    person = {"name": "P", "strategy": Hears, "params": {"symbol": "AAPL"}}
    person["latency"] = {"response": "50us"}
    limits = {"max_position": 50}
    result = cb.run(runner(tmp_path, person, limits=limits))
    ((_, state, reason),) = heard
    assert (state, reason) == ("rejected", "group_limit")
    row = result.orders.row(0, named=True)
    assert row["ts_report"] == row["ts_decision"] == row["ts_end"]


@pytest.mark.parametrize("threads", [True, False])
def test_what_has_limits_together_runs_together(tmp_path, threads):
    """Forty portfolios would be spread over threads, were it not for their limit."""
    people = [bought(f"p{i:02}", 3, 2) for i in range(40)]
    config = runner(
        tmp_path, *people, limits={"max_position": 50}, netting=False, distribution=None
    )
    config["execution"]["isolated_config"] = {"parallel_execution": threads}
    result = cb.run(config)
    assert result.fills.filter(side="buy")["qty"].sum() == 50
