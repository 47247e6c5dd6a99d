"""Marks are the mids after the last packet of their time, whoever trades."""

import pytest

from commonbook.core.enums import Reason
from tests.kernels import Stepped, run, scripted, used
from tests.oracle.builders import book, buy, portfolio, sold
from tests.oracle.scenario import Packet

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

# At 10 a print comes first, then the mid moves, twice.
PACKETS = [
    book(1, {99: 5}, {101: 5}),
    sold(10, 98, 9),
    book(10, {100: 5}, {102: 5, 101: 0}),
    book(10, {}, {104: 5, 102: 0}),
    book(20, {97: 1}, {}),
    book(30, {97: 2}, {}),
]
MAKES = portfolio("a", buy(2, 3, 99))  # filled by the print
TAKES = portfolio("b", buy(10, 1))  # filled after all packets of 10
LATER = portfolio("c", buy(20, 1))


@pytest.mark.parametrize(
    "traders", [(MAKES,), (TAKES,), (MAKES, TAKES), (TAKES, MAKES)]
)
def test_a_mark_does_not_depend_on_who_traded_first(traders):
    alone = [
        scripted(portfolio(f"p{i}", *spec.messages), engine=i)
        for i, spec in enumerate(traders)
    ]
    assert run(PACKETS, *alone).marks.tolist() == [(1, 200, 0), (10, 204, 0)]


def test_only_changes_of_the_mid_are_kept():
    marks = run(PACKETS, scripted(LATER)).marks.tolist()
    assert marks == [(1, 200, 0), (20, 204, 0)]


def test_a_fill_carries_the_mid_that_it_met():
    packets = [*PACKETS, Packet(40, [("S", 0, "B", 100, 0)])]
    raw = run(packets, scripted(MAKES), scripted(TAKES, engine=1))
    assert raw.fills[["portfolio", "mark_half"]].tolist() == [(0, 200), (1, 204)]


def test_mids_are_recorded_at_regular_times():
    packets = [
        book(1, {99: 5}, {101: 5}),
        book(12, {}, {101: 0, 102: 5}),
        book(21, {}, {102: 0, 103: 5}),
        book(35, {}, {103: 0, 104: 5}),
    ]
    marks = run(packets, equity_interval=10).marks.tolist()
    assert marks == [(1, 200, 0), (21, 202, 0), (35, 203, 0)]


def test_a_side_that_is_gone_leaves_the_last_mid():
    packets = [book(1, {99: 5}, {101: 5}), book(5, {99: 0}, {}), book(9, {}, {90: 1})]
    assert run(packets, equity_interval=2).marks.tolist() == [(1, 200, 0)]


@pytest.mark.parametrize("delay", [0, 5])
def test_of_what_the_end_of_the_data_ends_nobody_is_told(delay):
    orders = [buy(2 + i, 1, 90 - i) for i in range(9)]
    trader = scripted(portfolio("a", *orders, response_delay=delay))
    stepped = Stepped(PACKETS, trader, start=1)
    state = stepped.finish()
    n = int(state.clock["n_history"][0])
    assert (state.history["reason"][:n] == Reason.END_OF_DATA).all()
    assert state.history["ts_report"][:n].tolist() == [0 if delay else 30] * 9
    assert used(state)["reports"] == 0
