"""A brief says what the portfolio's delays allow it to know, and nothing else."""

import numpy as np
import pytest

from commonbook.core.enums import Brief, Wake
from commonbook.simulation.advance import advance
from commonbook.simulation.build import build_state
from commonbook.strategy.brief import write_brief
from tests.kernels import maker, scripted, setup, tape, trader
from tests.oracle.builders import book, buy, portfolio, sell, sold

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

PACKETS = [
    book(10, {99: 5, 98: 1}, {101: 7}),
    book(20, {100: 3}, {}),
    sold(30, 100, 1),
    book(90, {1: 1}, {}),
]


def brief_of(state, portfolio_index=0):
    row = np.full(len(Brief), -7, np.int64)
    write_brief(state, portfolio_index, row)
    return {column: int(row[column]) for column in Brief}


def after(packets, *portfolios, stop=None, **more):
    """Run some events of packets; give the state."""
    events = tape(packets)
    state = build_state(events, setup(*portfolios, **more))
    advance(state, events, stop or events.size)
    return state


def touch(brief):
    return [brief[c] for c in (Brief.BID, Brief.BID_QTY, Brief.ASK, Brief.ASK_QTY)]


def test_the_touch_is_that_of_the_portfolios_view():
    state = after(
        PACKETS,
        trader("a", maker(50, 1, 5)),
        trader("b", maker(50, 1, 25), feed_delay=20),
        stop=6,  # up to 30; b last woke at 35, when it saw what was stamped up to 15
    )
    assert touch(brief_of(state)) == [100, 3, 101, 7]
    slow = after([*PACKETS[:3], book(36, {1: 1}, {}), PACKETS[3]], _slow(), stop=6)
    assert touch(brief_of(slow)) == [99, 5, 101, 7]


def _slow():
    return trader("b", maker(50, 1, 25), feed_delay=20)


def test_an_empty_side_has_no_size():
    state = after([book(10, {99: 5}, {})], scripted(portfolio("a")))
    brief = brief_of(state)
    assert brief[Brief.ASK_QTY] == 0
    assert [brief[Brief.BID], brief[Brief.BID_QTY]] == [99, 5]


def test_position_and_open_orders_are_those_that_it_knows_of():
    sends = portfolio(
        "a",
        *(buy(12, 2), buy(13, 3, 90), sell(14, 4, 110)),
        response_delay=10,
        positions={0: 8},
    )
    state = after(PACKETS, scripted(sends), stop=5)
    brief = brief_of(state)
    # At 20 the purchase of 12 is done, but nobody has told the portfolio.
    assert brief[Brief.POSITION] == 8
    assert [brief[Brief.OPEN_BUY], brief[Brief.OPEN_SELL]] == [5, 4]
    assert int(state.accounts["position"][0, 0]) == 10


def test_events_are_handed_over_once():
    state = after(PACKETS, scripted(portfolio("a")))
    state.portfolios["wakes"] = Wake.TRADE
    state.views["heard"] = 4
    seen = [brief_of(state) for _ in range(2)]
    spans = [(b[Brief.FIRST_EVENT], b[Brief.LAST_EVENT]) for b in seen]
    assert spans == [(0, 4), (4, 4)]
    state.views["heard"] = 6
    last = brief_of(state)
    assert (last[Brief.FIRST_EVENT], last[Brief.LAST_EVENT]) == (4, 6)


def test_who_listens_to_nothing_is_handed_nothing():
    state = after(PACKETS, scripted(portfolio("a")))
    state.portfolios["wakes"] = Wake.REPORT
    state.views["heard"] = 4
    brief = brief_of(state)
    assert (brief[Brief.FIRST_EVENT], brief[Brief.LAST_EVENT]) == (0, 0)


def test_it_says_who_wakes_and_why_and_leaves_what_is_told_to_others():
    state = after(PACKETS, scripted(portfolio("a")), scripted(portfolio("b")))
    state.portfolios["reasons"][1] = 5
    brief = brief_of(state, 1)
    assert (brief[Brief.PORTFOLIO], brief[Brief.WAKE]) == (1, 5)
    assert brief[Brief.INSTRUMENT] == 0
    assert brief[Brief.FIRST_TOLD] == brief[Brief.LAST_TOLD] == -7
