"""In a halt nothing fills; a clear and a halt may take own orders away."""

import pytest

from tests.oracle.builders import (
    add,
    book,
    bought,
    buy,
    ending,
    fills,
    modify,
    order,
    portfolio,
    scenario,
    sell,
    sold,
)
from tests.oracle.scenario import Cancel, Event, Packet

TEN = book(1, {99: 10}, {101: 10})
HALT, RESUME = (Event(action, 0, "N", 0, 0) for action in "XO")
KEEP, CANCEL = {"on_halt": "keep"}, {"on_halt": "cancel"}
BID = portfolio("a", buy(2, 5, 100))


def halt(ts):
    return Packet(ts, [HALT])


def resume(ts):
    return Packet(ts, [RESUME])


def clear(ts, *events, snapshot=False):
    return Packet(ts, [Event("R", 0, "N", 0, int(snapshot)), *events])


# Nothing fills ---------------------------------------------------------------------


def test_prints_fill_nothing_until_trading_goes_on(run):
    packets = [
        TEN,
        halt(5),
        sold(6, 100, 3),
        sold(7, 98, 3),
        resume(8),
        sold(9, 100, 2),
    ]
    outcome = run(scenario(packets, BID))
    assert [(f.ts, f.qty) for f in outcome.fills] == [(9, 2)]


def test_prints_in_a_halt_still_shorten_the_queue(run):
    people = [portfolio("a", buy(2, 5, 99))]
    packets = [TEN, halt(5), sold(6, 99, 4), resume(8), sold(9, 99, 8)]
    outcome = run(scenario(packets, *people))
    assert [(f.ts, f.qty) for f in outcome.fills] == [(9, 2)]


def test_what_the_tape_explains_by_a_print_of_a_halt_is_no_cancel(run):
    people = [portfolio("a", buy(2, 5, 99))]
    behind = book(3, {99: 20}, {})
    packets = [TEN, behind, halt(5), sold(6, 99, 4), book(7, {99: 16}, {}), resume(8)]
    outcome = run(scenario([*packets, sold(9, 99, 7)], *people, queue=("power", 1.0)))
    assert [(f.ts, f.qty) for f in outcome.fills] == [(9, 1)]


def test_orders_that_arrive_are_rejected_passive_ones_too(run):
    people = [portfolio("a", buy(6, 5), buy(6, 5, 90), buy(6, 5, 101, tif="fok"))]
    outcome = run(scenario([TEN, halt(5), resume(20)], *people))
    for number in (1, 2, 3):
        assert ending(outcome, "a", number) == ("rejected", "halted", 0)


def test_what_arrives_after_the_halt_trades(run):
    late = portfolio("a", buy(6, 5), order_delay=14)
    outcome = run(scenario([TEN, halt(5), resume(20)], late))
    assert fills(outcome, "a") == [(5, 101, "taker")]


def test_an_order_whose_time_was_over_expires_rather(run):
    late = portfolio("a", buy(6, 5, 99, tif="gtd", expires=8), order_delay=3)
    outcome = run(scenario([TEN, halt(5)], late))
    assert ending(outcome, "a") == ("expired", "expired", 0)


def test_cancels_and_expiries_work(run):
    people = [
        portfolio("a", buy(2, 5, 100), Cancel(6, 1)),
        portfolio("b", buy(2, 5, 99, tif="gtd", expires=7)),
    ]
    outcome = run(scenario([TEN, halt(5), resume(20)], *people))
    assert ending(outcome, "a") == ("cancelled", "user_cancel", 0)
    assert ending(outcome, "b") == ("expired", "expired", 0)


def test_the_desk_nets_nothing(run):
    people = [portfolio("a", buy(6, 5)), portfolio("b", sell(6, 5))]
    outcome = run(scenario([TEN, halt(5), resume(20)], *people))
    assert outcome.fills == []
    assert ending(outcome, "a") == ending(outcome, "b") == ("rejected", "halted", 0)


@pytest.mark.parametrize(("wait", "state"), [(4, "rejected"), (9, "filled")])
def test_what_counts_is_whether_trading_is_halted_when_the_window_closes(
    run, wait, state
):
    people = [portfolio("a", buy(4, 5)), portfolio("b", sell(6, 5))]
    packets = [TEN, halt(5), resume(10), book(20, {98: 1}, {})]
    outcome = run(scenario(packets, *people, netting_window=wait))
    assert ending(outcome, "a")[0] == ending(outcome, "b")[0] == state
    crossed = [(f.ts, f.liquidity) for f in outcome.fills]
    assert crossed == [(13, "cross")] * (2 if state == "filled" else 0)


def test_what_the_desk_left_of_an_order_is_cancelled_in_a_halt(run):
    people = [
        portfolio("a", buy(2, 8), order_delay=4),
        portfolio("b", sell(2, 5), order_delay=4),
    ]
    outcome = run(scenario([TEN, halt(5)], *people))
    assert ending(outcome, "a") == ("cancelled", "halted", 5)


def test_other_instruments_go_on(run):
    other = book(1, {99: 10}, {101: 10}, instrument=1)
    people = [portfolio("a", buy(6, 5, instrument=1))]
    outcome = run(scenario([TEN, other, halt(5)], *people))
    assert fills(outcome, "a") == [(5, 101, "taker")]


# The packet that halts, and the one that lets trading go on ------------------------


@pytest.mark.parametrize("first", [True, False])
def test_prints_of_the_packet_that_halts_still_fill(run, first):
    events = [HALT, *sold(5, 100, 3).events][:: 1 if first else -1]
    outcome = run(scenario([TEN, Packet(5, events)], BID))
    assert [(f.ts, f.qty) for f in outcome.fills] == [(5, 3)]


def test_prints_of_the_packet_that_ends_a_halt_fill_nothing(run):
    events = [RESUME, *sold(8, 100, 3).events]
    outcome = run(scenario([TEN, halt(5), Packet(8, events)], BID))
    assert outcome.fills == []


def test_new_size_crosses_only_when_trading_goes_on(run):
    packets = [TEN, halt(5), book(6, {}, {100: 3, 99: 1}), resume(8)]
    outcome = run(scenario(packets, BID))
    assert [(f.ts, f.qty, f.cross_fill) for f in outcome.fills] == [
        (8, 1, True),
        (8, 3, True),
    ]
    assert run(scenario(packets, BID, fill_on_cross=False)).fills == []


def test_size_is_met_from_the_best_price_on_and_what_was_taken_is_not_there(run):
    people = [portfolio("b", buy(2, 4, 101)), portfolio("a", buy(3, 8, 100))]
    packets = [TEN, halt(5), book(6, {}, {101: 0, 100: 6}), resume(8)]
    outcome = run(scenario(packets, *people, netting=False))
    assert fills(outcome, "a") == [(6, 100, "maker")]
    assert outcome.consumed == {(("a", "b"), 0, 1, 100): 6}


@pytest.mark.parametrize("again", [[HALT], [RESUME, HALT], [HALT, RESUME, HALT]])
def test_the_last_word_of_a_packet_holds(run, again):
    packets = [TEN, halt(5), Packet(6, again), sold(7, 100, 3)]
    assert run(scenario(packets, BID)).fills == []


def test_saying_it_twice_changes_nothing(run):
    crossed = book(4, {}, {100: 2})
    packets = [TEN, resume(3), crossed, resume(5), halt(6), halt(7), resume(8)]
    outcome = run(scenario(packets, BID))
    assert [(f.ts, f.qty) for f in outcome.fills] == [(4, 2)]


# Stops -----------------------------------------------------------------------------


@pytest.mark.parametrize("trigger", ["trade", "touch"])
def test_no_stop_is_triggered_until_trading_goes_on(run, trigger):
    stop = portfolio("a", buy(2, 5, stop=103))
    moved = [bought(6, 103, 1), book(6, {}, {101: 0, 103: 9})]
    packets = [TEN, halt(5), *moved, resume(8)]
    outcome = run(scenario(packets, stop, stop_trigger=trigger))
    assert order(outcome, "a").ts_trigger == 8
    assert fills(outcome, "a") == [(5, 103, "taker")]


def test_a_stop_that_was_triggered_just_before_the_halt_is_cancelled(run):
    stop = portfolio("a", buy(2, 5, stop=103))
    outcome = run(scenario([TEN, bought(5, 103, 1), halt(5)], stop))
    assert ending(outcome, "a") == ("cancelled", "halted", 0)


# What survives ---------------------------------------------------------------------


def everything(**more):
    return portfolio("a", buy(2, 5, 100), sell(2, 5, 102), buy(2, 5, stop=103), **more)


def reasons(outcome):
    return [order(outcome, "a", number).reason for number in (1, 2, 3)]


def test_what_rests_and_waits_survives_or_is_cancelled(run):
    packets = [TEN, halt(5), resume(8), sold(9, 100, 3)]
    kept = run(scenario(packets, everything(), **KEEP))
    assert reasons(kept) == ["end_of_data"] * 3
    assert fills(kept, "a") == [(3, 100, "maker")]
    gone = run(scenario(packets, everything(), **CANCEL))
    assert reasons(gone) == ["halted"] * 3
    assert [order(gone, "a", number).ts_end for number in (1, 2, 3)] == [5] * 3


def test_prints_of_the_packet_come_before_the_cancel(run):
    packets = [TEN, Packet(5, [HALT, *sold(5, 100, 3).events])]
    outcome = run(scenario(packets, BID, **CANCEL))
    assert ending(outcome, "a") == ("cancelled", "halted", 3)


def test_a_cancel_that_arrives_afterwards_is_too_late(run):
    people = [portfolio("a", buy(2, 5, 100), Cancel(4, 1), order_delay=1)]
    outcome = run(scenario([TEN, halt(5)], *people, **CANCEL))
    assert ending(outcome, "a") == ("cancelled", "halted", 0)


def test_a_clear_cancels_only_where_it_is_to(run):
    packets = [TEN, clear(5), book(6, {99: 10}, {101: 10}), sold(9, 100, 3)]
    kept = run(scenario(packets, everything()))
    assert fills(kept, "a") == [(3, 100, "maker")]
    gone = run(scenario(packets, everything(), on_clear="cancel"))
    assert reasons(gone) == ["book_cleared"] * 3


def test_a_clear_of_a_snapshot_is_none(run):
    again = book(5, {99: 10}, {101: 10}).events
    for snapshot, reason in (True, "end_of_data"), (False, "book_cleared"):
        packets = [TEN, clear(5, *again, snapshot=snapshot)]
        outcome = run(scenario(packets, everything(), on_clear="cancel"))
        assert reasons(outcome) == [reason] * 3


def test_new_size_of_the_packet_does_not_meet_what_it_cancels(run):
    packets = [TEN, clear(5, *book(5, {}, {100: 4}).events)]
    outcome = run(scenario(packets, BID, on_clear="cancel"))
    assert ending(outcome, "a") == ("cancelled", "book_cleared", 0)
    assert outcome.consumed == {}


def test_the_clear_comes_first_when_a_packet_does_both(run):
    packets = [TEN, clear(5, HALT)]
    outcome = run(scenario(packets, BID, on_clear="cancel", **CANCEL))
    assert ending(outcome, "a")[1] == "book_cleared"


# Order by order --------------------------------------------------------------------

LINE = Packet(1, [add(1, "B", 99, 10), add(9, "A", 101, 10)])


def test_order_by_order_places_and_consumption_go_on_in_a_halt(run):
    people = [portfolio("a", buy(2, 5, 99)), portfolio("b", sell(3, 4))]
    packets = [
        LINE,
        halt(5),
        Packet(6, [*sold(6, 99, 20).events, modify(1, "B", 99, 8)]),
        resume(8),
        sold(9, 99, 5),
    ]
    outcome = run(scenario(packets, *people, netting=False))
    assert [(f.ts, f.qty) for f in outcome.fills if f.portfolio == "a"] == [(9, 1)]


def test_order_by_order_what_stands_there_is_met_from_its_latest_order_on(run):
    packets = [
        LINE,
        halt(5),
        Packet(6, [add(3, "A", 100, 4), add(4, "A", 100, 3)]),
        resume(8),
    ]
    outcome = run(scenario(packets, BID))
    assert fills(outcome, "a") == [(5, 100, "maker")]
    assert outcome.consumed == {(("a",), 0, 1, 100): 5}
