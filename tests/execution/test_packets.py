"""A packet acts as one: before against after, then what was added may cross."""

import numpy as np
import pytest

from commonbook.book.ladder import level_qty
from commonbook.core.book_records import HIDDEN, SHOWN
from commonbook.core.dtypes import EVENT
from commonbook.core.enums import Action, FillFlag, Flag, Side
from commonbook.execution.levels import consumed_at
from commonbook.simulation.setup import EngineSetup
from tests.kernels import Stepped, positions_ahead, scripted, tape
from tests.oracle.builders import add, book, buy, modify, off, portfolio, sell
from tests.oracle.scenario import Event, Packet

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

BID = int(Side.BUY)
START = book(1, {100: 9, 99: 8, 98: 7}, {105: 9})

# What leaves the depth -------------------------------------------------------------


def left(*packets, out_of_depth=(), messages=()):
    """Run packets; some rows, by number, have only left the feed's depth."""
    run = Stepped([START, *packets], scripted(portfolio("a", *messages)))
    events = tape([START, *packets]).copy()
    for row in out_of_depth:
        events["flags"][row] |= Flag.OUT_OF_DEPTH
    events.flags.writeable = False
    run.events = events
    *_, state = run
    return state


def mark_of(state, price):
    width = state.ladder.shape[2]
    return int(state.ladder[0, BID, price & (width - 1)]["hidden"])


def shown(state, price):
    return level_qty(state.ladder, state.books, state.far, 0, BID, price)


TOOK = sell(2, 20)  # all of 100, all of 99, 3 of 98
GONE = book(5, {98: 0}, {})
BACK = book(9, {98: 7}, {})


def test_a_level_that_only_left_the_depth_keeps_what_was_taken_of_it():
    state = left(GONE, BACK, out_of_depth=[4], messages=[TOOK])
    assert shown(state, 98) == 7
    assert consumed_at(state, 0, 0, BID, 98) == 3
    state = left(GONE, BACK, messages=[TOOK])
    assert consumed_at(state, 0, 0, BID, 98) == 0


def test_a_level_out_of_depth_shows_nothing_and_is_marked():
    state = left(GONE, out_of_depth=[4])
    assert (shown(state, 98), mark_of(state, 98)) == (0, HIDDEN)


def test_leaving_the_depth_twice_is_leaving_it_once():
    again = book(7, {98: 0}, {})
    state = left(GONE, again, BACK, out_of_depth=[4, 5], messages=[TOOK])
    assert consumed_at(state, 0, 0, BID, 98) == 3
    assert mark_of(left(GONE, again, out_of_depth=[4, 5]), 98) == HIDDEN


def test_what_was_never_shown_does_not_leave():
    assert mark_of(left(book(5, {97: 0}, {}), out_of_depth=[4]), 97) == SHOWN


def test_a_level_set_to_nothing_after_it_left_is_gone():
    state = left(GONE, book(7, {98: 0}, {}), BACK, out_of_depth=[4], messages=[TOOK])
    assert consumed_at(state, 0, 0, BID, 98) == 0


def test_queue_positions_survive_out_of_depth():
    messages = [buy(2, 1, 98)]
    state = left(GONE, out_of_depth=[4], messages=messages)
    assert positions_ahead(state) == [(7.0, 0, 1)]
    state = left(GONE, book(9, {98: 4}, {}), out_of_depth=[4], messages=messages)
    assert positions_ahead(state) == [(4.0, 0, 1)]
    assert positions_ahead(left(GONE, messages=messages)) == [(0.0, 0, 1)]


def test_what_comes_back_into_the_depth_does_not_cross():
    """Asks at 105 leave and come back; our bid at 105 came while they were away."""
    away = Packet(5, [("S", 0, "A", 105, 0)])
    back = Packet(9, [("S", 0, "A", 105, 9)])
    bid = [buy(7, 2, 105)]
    assert left(away, back, out_of_depth=[4], messages=bid).clock["n_fills"][0] == 0
    assert left(away, back, messages=bid).clock["n_fills"][0] == 1


@pytest.mark.parametrize("came", [2, 7])
def test_what_leaves_and_comes_back_within_a_packet_was_never_away(came):
    """Of 12 asked where 9 were, 3 are new: whether or not we have taken the 9."""
    away = Packet(5, [("S", 0, "A", 105, 0)])
    back = Packet(9, [("S", 0, "A", 105, 9)])
    both = Packet(12, [("S", 0, "A", 105, 0), ("S", 0, "A", 105, 12)])
    bid = [buy(came, 12, 105)]
    state = left(away, back, both, out_of_depth=[4, 6], messages=bid)
    filled = [(9, 2), (3, 12)] if came == 2 else [(3, 12)]
    fills = state.fills[: int(state.clock["n_fills"][0])]
    assert fills[["qty", "ts"]].tolist() == filled


# Clears ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flagged", "kept"), [([], 0), ([4], 1), ([5], 1), ([4, 5], 1)]
)
def test_a_clear_belongs_to_a_snapshot_if_it_or_the_end_of_its_packet_says_so(
    flagged, kept
):
    again = Packet(5, [("R", 0, "N", 0, 0), ("S", 0, "B", 100, 9)])
    engine = EngineSetup(cancel_on_clear=True)
    bid = scripted(portfolio("a", buy(2, 1, 98)))
    run = Stepped([START, again], bid, engine=engine)
    events = run.events.copy()
    for row in flagged:
        events["flags"][row] += Flag.SNAPSHOT
    run.events = events
    *_, state = run
    assert int(state.engines["n_resting"][0]) == kept


# Crossings of orders that come -----------------------------------------------------

ORDERS = Packet(1, [add(1, "B", 100, 9), add(2, "A", 105, 9), add(3, "A", 106, 5)])
CROSS = int(FillFlag.CROSS_FILL)


def crossed(*events, bids=((104, 4),)):
    """Let own bids rest, then a packet come; give (price, qty) of crossing fills."""
    messages = [buy(2, qty, price) for price, qty in bids]
    run = Stepped([ORDERS, Packet(9, events)], scripted(portfolio("a", *messages)))
    *_, state = run
    fills = state.fills[: int(state.clock["n_fills"][0])]
    assert (fills["flags"] == CROSS).all()
    return fills[["price_half", "qty"]].tolist(), state


def test_an_order_that_comes_at_ours_fills_it_and_is_consumed():
    fills, state = crossed(add(7, "A", 104, 3))
    assert fills == [(208, 3)]
    assert consumed_at(state, 0, 0, 1, 104) == 3


def test_size_that_a_packet_takes_away_again_crosses_nothing():
    assert crossed(add(7, "A", 104, 3), off(7, "A", 104, 3))[0] == []
    assert crossed(add(7, "A", 104, 3), off(7, "A", 104, 1))[0] == [(208, 2)]


def test_an_order_that_moves_through_ours_fills_them_best_first():
    fills, state = crossed(modify(2, "A", 102, 9), bids=((103, 4), (104, 4)))
    assert fills == [(208, 4), (206, 4)]
    assert consumed_at(state, 0, 0, 1, 102) == 8


def test_a_clear_that_repeats_a_crossed_book_adds_nothing():
    """Our bid at 104 met the ask there; told again after a clear, it is not new."""
    repeat = [Event("R", 0, "N", 0, 0), *ORDERS.events, add(7, "A", 104, 3)]
    run = Stepped(
        [ORDERS, Packet(9, [add(7, "A", 104, 3)]), Packet(12, repeat)],
        scripted(portfolio("a", buy(2, 9, 104))),
    )
    *_, state = run
    assert state.fills["qty"][: int(state.clock["n_fills"][0])].tolist() == [3]
    assert consumed_at(state, 0, 0, 1, 104) == 3


def test_a_packet_of_ten_thousand_events_acts_as_one():
    """Orders come and go at the price of ours; only what is left may cross."""
    here = int(Action.ADD), int(Action.CANCEL)
    events = np.zeros(10_001, EVENT)
    events["ts"], events["side"] = 9, Side.SELL
    events["price"], events["qty"] = 104, 2
    events["action"] = here[0]
    events["action"][1::2] = here[1]
    events["order"] = 3
    events["flags"][-1] = Flag.LAST
    run = Stepped(
        [ORDERS, Packet(9, [add(7, "A", 104, 2)])],
        scripted(portfolio("a", buy(2, 9, 104))),
    )
    start = run.events[: len(ORDERS.events)]
    run.events = np.concatenate([start, events])
    run.events.flags.writeable = False
    *_, state = run
    assert state.fills["qty"][: int(state.clock["n_fills"][0])].tolist() == [2]
    assert int(state.clock["n_touched"][0]) == 0
