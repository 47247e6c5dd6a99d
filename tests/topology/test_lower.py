"""Configuration becomes integers: who shares what, exact prices, sizes, rates."""

import numpy as np
import pytest

from commonbook.book.replay import book_size
from commonbook.config import load
from commonbook.core.enums import (
    Distribution,
    OrderType,
    QueueModel,
    SelfTrade,
    SelfTradeScope,
    StrategyKind,
)
from commonbook.core.errors import ConfigError
from commonbook.data.instrument import Instrument
from commonbook.topology.build import lanes_for_run
from commonbook.topology.lower import lower
from tests.topology.builders import MAKER, ONE, TWO, lowered, makers, tape

pytestmark = pytest.mark.nojit

AT = "2024-01-02T14:30:00.00000050{}Z"
NS = 1_704_205_800_000_000_500


def execution(mode, **shared):
    groups = {"groups": [["a*"], ["b", "c"]]} if mode == "groups" else {}
    return {"mode": mode, "shared_config": shared} | groups


def places(setup):
    return [(p.name, p.engine, p.desk) for p in setup.portfolios]


# Who shares what -------------------------------------------------------------------

NAMES = ("d", "b", "a2", "c", "a1")


@pytest.mark.parametrize("distribution", [True, False])
def test_isolated_portfolios_have_a_pool_each_and_no_desk(distribution):
    settings = execution("isolated", enable_fill_distribution=distribution)
    setup = lowered(*makers(*NAMES), execution=settings)
    assert places(setup) == [
        ("a1", 0, -1),
        ("a2", 1, -1),
        ("b", 2, -1),
        ("c", 3, -1),
        ("d", 4, -1),
    ]
    assert len(setup.engines) == 5
    assert setup.desks == ()


def test_shared_portfolios_have_one_pool_and_one_desk():
    setup = lowered(*makers(*NAMES), execution=execution("shared"))
    assert {(engine, desk) for _, engine, desk in places(setup)} == {(0, 0)}
    assert len(setup.engines) == 1
    (desk,) = setup.desks
    assert (desk.first_engine, desk.n_engines) == (0, 1)


def test_without_distribution_a_desk_serves_a_pool_for_each_portfolio():
    settings = execution("shared", enable_fill_distribution=False)
    setup = lowered(*makers(*NAMES), execution=settings)
    assert [engine for _, engine, _ in places(setup)] == [0, 1, 2, 3, 4]
    (desk,) = setup.desks
    assert (desk.first_engine, desk.n_engines) == (0, 5)
    assert desk.distribution == Distribution.FIFO


@pytest.mark.parametrize("price", ["mid", "touch", "last"])
def test_a_desk_crosses_at_the_price_and_after_the_time_that_are_asked_for(price):
    settings = execution("shared", netting_price=price, netting_window="2us")
    (desk,) = lowered(*makers(*NAMES), execution=settings).desks
    assert desk.price.name.lower() == price
    assert desk.window == 2_000


def test_without_netting_there_is_no_desk():
    settings = execution("shared", enable_order_netting=False)
    setup = lowered(*makers(*NAMES), execution=settings)
    assert {(engine, desk) for _, engine, desk in places(setup)} == {(0, -1)}
    assert setup.desks == ()


@pytest.mark.parametrize(
    ("distribution", "expected", "desks"),
    [
        (
            True,
            [("a1", 0, 0), ("a2", 0, 0), ("b", 1, 1), ("c", 1, 1), ("d", 2, -1)],
            [(0, 1), (1, 1)],
        ),
        (
            False,
            [("a1", 0, 0), ("a2", 1, 0), ("b", 2, 1), ("c", 3, 1), ("d", 4, -1)],
            [(0, 2), (2, 2)],
        ),
    ],
)
def test_groups_share_inside_and_a_portfolio_alone_needs_no_desk(
    distribution, expected, desks
):
    settings = execution("groups", enable_fill_distribution=distribution)
    setup = lowered(*makers(*NAMES), execution=settings)
    assert places(setup) == expected
    assert [(d.first_engine, d.n_engines) for d in setup.desks] == desks
    assert len(setup.engines) == 1 + max(engine for _, engine, _ in expected)


def test_lanes_of_a_comparison_are_numbered_on():
    setup = lowered(*makers("b", "a"), compare=True, execution=execution("shared"))
    assert places(setup) == [("a", 0, -1), ("b", 1, -1), ("a", 2, 0), ("b", 2, 0)]
    assert [p.lane for p in setup.portfolios] == [0, 0, 1, 1]
    assert [lane.label for lane in setup.lanes] == ["isolated", "shared"]
    assert [[i.index for i in lane.portfolios] for lane in setup.lanes] == [
        [0, 1],
        [2, 3],
    ]
    assert setup.portfolios[0].strategy is setup.portfolios[2].strategy


def test_settings_of_the_engines():
    settings = execution("shared", fill_distribution="pro_rata") | {
        "self_trade_prevention": "decrement",
        "self_trade_scope": "group",
        "fill_on_cross": False,
        "queue_model": {"kind": "power", "n": 3},
        "replenishment": {"half_life": "5us"},
        "on_halt": "cancel",
        "on_clear": "cancel",
    }
    (engine,) = lowered(*makers("a"), execution=settings).engines
    assert engine.distribution == Distribution.PRO_RATA
    assert engine.self_trade == SelfTrade.DECREMENT
    assert engine.scope == SelfTradeScope.GROUP
    assert engine.fill_on_cross is False
    assert (engine.queue_model, engine.exponent) == (QueueModel.POWER, 3.0)
    assert engine.half_life == 5_000
    assert engine.cancel_on_halt
    assert engine.cancel_on_clear
    (plain,) = lowered(*makers("a"), execution=execution("shared")).engines
    assert plain.half_life == 0
    assert not plain.cancel_on_halt
    assert not plain.cancel_on_clear


# Portfolios ------------------------------------------------------------------------


def test_a_portfolio_is_in_lots_and_ns():
    portfolio = MAKER | {
        "name": "a",
        "cash": 500,
        "positions": {"BTC": "0.25", "AAPL": -3},
        "limits": {"max_position": "7.0019"},
        "latency": {"feed": "1us", "order": "2us", "response": "3us"},
        "params": MAKER["params"] | {"symbol": "BTC", "size": "0.004"},
    }
    setup = lowered(portfolio, instruments=TWO, seed=9)
    (made,) = setup.portfolios
    assert made.positions == {0: -3, 1: 250}
    assert made.max_positions == {0: 7, 1: 7001}  # rounded down to whole lots
    assert (made.feed_delay, made.order_delay, made.response_delay) == (
        1_000,
        2_000,
        3_000,
    )
    assert made.strategy.instrument == 1
    assert made.strategy.fields["size"] == 4
    (info,) = setup.lanes[0].portfolios
    assert (info.name, int(info.cash), info.positions) == ("a", 500, {0: -3, 1: 250})
    assert setup.seed == 9


def test_parameters_of_the_built_in_strategies():
    twap = {
        "side": "sell",
        "qty": 12,
        "start": AT.format(0),
        "end": AT.format(9),
        "slices": 3,
    }
    taker = {"threshold": "0.25", "size": 5, "max_position": 20, "every": "1ms"}
    setup = lowered(
        {"name": "a", "strategy": "twap", "params": twap},
        {"name": "b", "strategy": "imbalance_taker", "params": taker},
        *makers("c"),
    )
    schedule, takes, quotes = (p.strategy for p in setup.portfolios)
    assert (schedule.kind, schedule.first_wake) == (StrategyKind.TWAP, NS)
    assert schedule.fields == {
        "side": 1,
        "size": 12,
        "start": NS,
        "end": NS + 9,
        "last": 3,
    }
    assert (takes.kind, takes.every) == (StrategyKind.IMBALANCE_TAKER, 1_000_000)
    assert takes.fields == {"threshold": 0.25, "size": 5, "max_position": 20}
    assert (quotes.kind, quotes.every) == (StrategyKind.MARKET_MAKER, 100_000_000)
    assert quotes.fields == {"half_spread": 4, "size": 100, "max_position": -1}
    assert [s.max_sends for s in (schedule, takes, quotes)] == [1, 1, 4]


def scripted(*orders, name="s"):
    return {"name": name, "strategy": "scripted", "params": {"orders": list(orders)}}


def order(at, **more):
    return {"at": AT.format(at), "side": "buy", "qty": 1, "type": "market"} | more


def test_a_script_is_sorted_by_time_and_its_cancels_find_their_orders():
    setup = lowered(
        scripted(
            order(5, id="late", type="limit", price="99.99", post_only=True),
            order(1, side="sell", qty=30),
            {"at": AT.format(7), "cancel": "late"},
            order(
                1, id="ioc", type="limit", price=100, time_in_force="ioc", parent="p"
            ),
        )
    )
    strategy = setup.portfolios[0].strategy
    script = strategy.script
    assert script["at"].tolist() == [NS + 1, NS + 1, NS + 5, NS + 7]
    assert script["cancel"].tolist() == [0, 0, 0, 1]
    fields = ["side", "qty", "price", "type", "post_only"]
    limit = int(OrderType.LIMIT)
    assert script[fields][:3].tolist() == [
        (1, 30, 0, 0, 0),
        (0, 1, 10_000, limit, 0),
        (0, 1, 9_999, limit, 1),
    ]
    assert script["slot"][3] == 2
    assert script["order_id"][3] == script["order_id"][2]
    assert len(set(script["order_id"][:3].tolist())) == 3
    assert (strategy.first_wake, strategy.max_sends) == (NS + 1, 2)
    info = setup.lanes[0].portfolios[0]
    late, early = (int(script["order_id"][place]) for place in (2, 1))
    assert info.client_ids == {late: "late", early: "ioc"}
    assert info.parents == {early: "p"}


def test_an_empty_script_never_wakes():
    strategy = lowered(scripted()).portfolios[0].strategy
    assert (strategy.first_wake, strategy.max_sends) == (-1, 0)


# Fees ------------------------------------------------------------------------------


def rate(entry):
    return int(entry["notional_num"]) / int(entry["notional_den"])


def test_fees_are_exact_rates_of_half_ticks_and_lots():
    fees = {
        "maker": "-0.0001",
        "taker": {"per_notional": "0.0002", "per_share": "0.005", "minimum": 1},
    }
    setup = lowered(*makers("a"), instruments=ONE, execution={"fees": fees})
    (row,) = setup.fees
    maker, taker, cross = row
    # Half a tick of one share is 0.005 in money, 500 000 in 1e-8.
    assert (rate(maker), rate(taker), rate(cross)) == (-50, 100, 0)
    assert (taker["share_num"], taker["share_den"]) == (500_000, 1)
    assert taker["minimum_e8"] == 100_000_000
    assert setup.portfolios[0].fee_rows == (0,)


def test_each_instrument_has_its_own_unit_of_money():
    portfolio = MAKER | {"name": "a", "params": MAKER["params"] | {"symbol": "AAPL"}}
    fees = {"taker": {"per_notional": "0.0002", "per_share": "0.005"}}
    setup = lowered(portfolio, instruments=TWO, execution={"fees": fees})
    first, second = (setup.fees[row][1] for row in setup.portfolios[0].fee_rows)
    assert rate(first) == 100
    # Half a tick is 0.25, a lot 0.001, the multiplier 10: 250 000 of 1e-8.
    assert rate(second) == 50
    assert (second["share_num"], second["share_den"]) == (500, 1)


def test_portfolios_with_equal_fees_share_their_rows():
    own = {"fees": {"taker": "0.001"}}
    one, two, three = makers("a", "b", "c")
    setup = lowered(one, two | own, three, compare=True)
    assert [p.fee_rows for p in setup.portfolios] == [(0,), (1,), (0,)] * 2
    assert setup.fees.shape == (2, 3)
    assert np.all(setup.fees["notional_den"] > 0)
    assert np.all(setup.fees["share_den"] > 0)


# What does not fit the data --------------------------------------------------------


@pytest.fixture
def problems(tmp_path):
    """Lower a configuration whose file nobody has looked into; tell what is wrong."""
    path = tmp_path / "book.csv"
    path.touch()
    source = {"path": str(path), "tick_size": "0.01", "lot_size": 1}

    def tell(*portfolios, **keys):
        with pytest.raises(ConfigError) as caught:
            lowered(*portfolios, source=source, **keys)
        found = caught.value.problems
        assert len({problem.path for problem in found}) == len(found)
        return {problem.path: problem.message for problem in found}

    return tell


def test_everything_that_does_not_fit_is_said_at_once(problems):
    found = problems(
        MAKER | {"name": "a", "params": MAKER["params"] | {"size": "0.5"}},
        MAKER | {"name": "b", "params": MAKER["params"] | {"symbol": "MSFT"}},
        MAKER | {"name": "c", "positions": {"AAPL": "1.5", "GOOG": 2}},
        scripted(
            order(1, type="limit", price="99.995"),
            order(2, qty="0.25"),
            order(3, symbol="TSLA"),
        ),
    )
    assert list(found) == [
        "portfolio a: params.size",
        "portfolio b: params.symbol",
        "portfolio c: positions.AAPL",
        "portfolio c: positions.GOOG",
        "portfolio s: params.orders[0].price",
        "portfolio s: params.orders[1].qty",
        "portfolio s: params.orders[2].symbol",
    ]
    assert found["portfolio b: params.symbol"] == "found 'MSFT'; the data has AAPL"
    assert "0.5" in found["portfolio a: params.size"]
    assert "99.995" in found["portfolio s: params.orders[0].price"]
    assert "0.01" in found["portfolio s: params.orders[0].price"]


def test_with_several_instruments_the_symbol_has_to_be_named(problems):
    found = problems(*makers("a"), scripted(order(1)), instruments=TWO)
    message = "missing; the data has several instruments: AAPL, BTC"
    assert found == {
        "portfolio a: params.symbol": message,
        "portfolio s: params.orders[0].symbol": message,
    }


def test_a_comparison_says_everything_once(problems):
    found = problems(
        MAKER | {"name": "a", "positions": {"GOOG": 2}},
        MAKER | {"name": "b", "params": MAKER["params"] | {"size": "0.5"}},
        compare=True,
    )
    assert list(found) == ["portfolio a: positions.GOOG", "portfolio b: params.size"]


@pytest.mark.parametrize("name", ["max_position", "size"])
def test_every_size_of_a_strategy_is_checked(problems, name):
    params = {"threshold": "0.5", "size": 1, "max_position": 10, name: "2.5"}
    found = problems({"name": "a", "strategy": "imbalance_taker", "params": params})
    assert list(found) == [f"portfolio a: params.{name}"]


def test_an_order_whose_sums_could_leave_64_bits_is_refused(problems):
    maker = {"half_spread_ticks": 1, "size": 2**48 + 1}
    found = problems({"name": "a", "strategy": "market_maker", "params": maker})
    assert list(found) == ["portfolio a: params.size"]
    assert f"at most {2**48}" in found["portfolio a: params.size"]


def test_a_rate_that_no_64_bit_fraction_holds_is_refused(problems):
    fine = (Instrument("X", "0.00000000001", "0.00000000001", "0.00000000001"),)
    found = problems(
        *makers("a"),
        instruments=fine,
        execution={"fees": {"taker": "0.00000001"}},
    )
    assert list(found) == ["execution.fees"]


def test_the_configuration_is_named():
    params = MAKER["params"] | {"size": "0.5"}
    with pytest.raises(ConfigError, match=r"^two-desks: 1 problem\n"):
        lowered(MAKER | {"name": "a", "params": params}, name="two-desks")


def test_windows_of_the_books_are_measured_once():
    data = tape()
    config = load({"data": data, "portfolios": makers("a")})
    setup = lower(config, lanes_for_run(config), data)
    assert setup.book_size == book_size(data.events, 1)
