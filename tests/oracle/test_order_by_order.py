"""Where the tape names its orders, places in the line and what was taken are exact."""

import pytest

from tests.oracle.builders import (
    add,
    bought,
    buy,
    executed,
    filled,
    fills,
    hit,
    modify,
    off,
    order,
    portfolio,
    scenario,
    sell,
    sold,
)
from tests.oracle.engine import run as reference
from tests.oracle.scenario import Event, Packet

CLEAR = Event("R", 0, "B", 0, 0)
ONE, TWO, ASK = add(1, "B", 99, 10), add(2, "B", 99, 10), add(9, "A", 101, 30)
START = Packet(1, [ONE, TWO, ASK])
LEVEL = (("a",), 0, 0, 99)


def got(run, *packets, size):
    """Bid 50 behind the two orders, at 5; return what a print of a size fills then."""
    probe = sold(packets[-1].ts + 10, 99, size)
    return filled(run(scenario([START, *packets, probe], A_BID)), "a")


A_BID = portfolio("a", buy(5, 50, 99))


def taken(run, lots, *packets):
    """Take lots of the two orders, at 5; return what the group has consumed then."""
    outcome = run(scenario([START, *packets], portfolio("a", sell(5, lots))))
    return outcome.consumed.get(LEVEL, 0), outcome.displaced.get((("a",), 0), 0)


# Places ----------------------------------------------------------------------------


def test_joining_is_behind_every_order_that_is_there(run):
    assert order(run(scenario([START], A_BID)), "a").ahead == 20


@pytest.mark.parametrize(
    ("events", "ahead"),
    [
        ([off(1, "B", 99, 10)], 10),
        ([off(1, "B", 99, 4)], 16),
        ([modify(1, "B", 99, 4)], 14),
        ([modify(1, "B", 99, 10)], 20),
        ([modify(1, "B", 99, 11)], 10),
        ([modify(1, "B", 98, 10)], 10),
        ([modify(1, "B", 98, 10), modify(1, "B", 99, 10)], 10),
        ([modify(1, "B", 99, 4), modify(1, "B", 99, 5)], 10),
        ([off(1, "B", 99, 10), ONE], 10),
        ([add(3, "B", 99, 10)], 20),
        ([add(3, "B", 99, 10), modify(3, "B", 99, 2), off(3, "B", 99, 2)], 20),
        ([CLEAR, ASK], 0),
        ([CLEAR, ONE, TWO, ASK], 20),
        ([CLEAR, TWO, ONE, ASK], 20),
        ([CLEAR, TWO, ASK], 10),
        ([CLEAR, TWO, add(1, "B", 99, 7), ASK], 17),
        ([CLEAR, TWO, add(1, "B", 99, 11), ASK], 10),
        ([CLEAR, TWO, add(1, "B", 98, 10), ASK], 10),
        ([CLEAR, CLEAR, ONE, TWO, ASK], 20),
        ([off(1, "B", 99, 10), CLEAR, ONE, TWO, ASK], 10),
        ([executed(1, "B", 99, 10)], 20),
    ],
)
def test_what_is_ahead_are_orders_that_kept_their_place(run, events, ahead):
    assert got(run, Packet(6, events), size=ahead) == 0
    assert got(run, Packet(6, events), size=ahead + 3) == 3


def test_an_order_that_comes_again_in_the_next_packet_was_away(run):
    packets = [Packet(6, [CLEAR]), Packet(6, [ONE, TWO, ASK])]
    assert got(run, *packets, size=3) == 3


def test_what_is_behind_an_own_order_does_not_count_for_it_but_for_the_next(run):
    packets = [START, Packet(6, [add(3, "B", 99, 10)]), sold(8, 99, 29)]
    b = portfolio("b", buy(7, 50, 99))
    a = portfolio("a", buy(5, 7, 99))
    outcome = run(scenario(packets, a, b))
    assert [order(outcome, name).ahead for name in "ab"] == [20, 37]
    # 20 are ahead of A; of the 29, it gets 7; 10 more are ahead of B.
    assert [filled(outcome, name) for name in "ab"] == [7, 0]


# Prints ----------------------------------------------------------------------------


def test_prints_of_one_packet_add_up(run):
    print_ = sold(6, 99, 15).events
    assert got(run, Packet(6, [*print_, *print_]), size=1) == 10


def test_after_the_packet_the_queue_is_what_the_book_says(run):
    assert got(run, sold(6, 99, 15), size=20) == 0
    assert got(run, sold(6, 99, 15), size=21) == 1


def test_executions_move_the_queue_once(run):
    assert got(run, Packet(6, hit(1, 99, 10)), size=10) == 0
    assert got(run, Packet(6, hit(1, 99, 10)), size=12) == 2
    assert got(run, Packet(6, [*hit(1, 99, 10), *hit(2, 99, 10)]), size=2) == 2


def test_queue_models_are_not_used(run):
    packets = [START, Packet(6, [add(3, "B", 99, 30)]), sold(9, 99, 20)]
    packets.insert(2, Packet(7, [off(3, "B", 99, 30)]))
    outcome = run(scenario(packets, A_BID, queue=("power", 1.0)))
    assert filled(outcome, "a") == 0


# What was taken --------------------------------------------------------------------


def test_a_take_consumes_by_place_and_a_cancel_takes_that_with_it(run):
    assert taken(run, 15) == (15, 0)
    assert taken(run, 15, Packet(6, [off(1, "B", 99, 10)])) == (5, 0)
    assert taken(run, 15, Packet(6, [off(2, "B", 99, 10)])) == (10, 0)


def test_the_consumed_part_of_an_order_goes_last(run):
    assert taken(run, 8, Packet(6, [off(1, "B", 99, 2)])) == (8, 0)
    assert taken(run, 8, Packet(6, [off(1, "B", 99, 5)])) == (5, 0)
    assert taken(run, 8, Packet(6, [modify(1, "B", 99, 3)])) == (3, 0)


def test_consumption_ends_with_the_order_at_its_price(run):
    assert taken(run, 10, Packet(6, [modify(1, "B", 98, 10)])) == (0, 0)
    assert taken(run, 10, Packet(6, [CLEAR, TWO, ASK])) == (0, 0)
    assert taken(run, 10, Packet(6, [CLEAR]), Packet(6, [ONE, ASK])) == (0, 0)


def test_consumption_stays_with_an_order_that_stays_at_its_price(run):
    assert taken(run, 10, Packet(6, [modify(1, "B", 99, 15)])) == (10, 0)
    assert taken(run, 10, Packet(6, [CLEAR, TWO, ONE, ASK])) == (10, 0)


def test_new_orders_are_available(run):
    packets = [START, Packet(6, [add(3, "B", 99, 4)])]
    a = portfolio("a", sell(5, 20), sell(7, 20))
    outcome = run(scenario(packets, a))
    assert fills(outcome, "a") == [(20, 99, "taker"), (4, 99, "taker")]


def test_executed_after_it_was_taken_the_next_order_is_consumed(run):
    assert taken(run, 10, Packet(6, hit(1, 99, 10))) == (10, 0)
    assert taken(run, 10, Packet(6, hit(1, 99, 10)), Packet(7, hit(2, 99, 4))) == (6, 4)


@pytest.mark.parametrize(
    ("lots", "hits", "consumed"),
    [
        (4, 6, 4),  # what was left of it was enough
        (4, 8, 4),  # 2 of the 4 were executed, and 2 of the next order count instead
        (10, 1, 10),
        (15, 10, 10),  # 10 were executed, the next order has room for 5
    ],
)
def test_only_what_was_taken_before_the_execution_moves(run, lots, hits, consumed):
    displaced = lots - consumed
    assert taken(run, lots, Packet(6, hit(1, 99, hits))) == (consumed, displaced)


def test_what_finds_no_order_is_displaced(run):
    both = Packet(6, [*hit(1, 99, 10), *hit(2, 99, 10)])
    assert taken(run, 20, both) == (0, 20)
    assert taken(run, 12, both) == (0, 12)


def test_an_order_that_comes_in_the_same_packet_is_consumed_last(run):
    packet = Packet(6, [*hit(1, 99, 10), add(3, "B", 99, 4)])
    assert taken(run, 15, packet) == (14, 1)


def test_removal_without_execution_is_a_cancel(run):
    packet = Packet(6, [*sold(6, 99, 10).events, off(1, "B", 99, 10)])
    assert taken(run, 10, packet) == (0, 0)


def test_an_execution_is_at_most_the_order(run):
    packet = Packet(6, [executed(1, "B", 99, 25), off(1, "B", 99, 10)])
    assert taken(run, 10, packet) == (10, 0)


def test_executed_volume_that_our_own_orders_got_is_not_displaced(run):
    # A took the first order; B is behind the second. The print gets past it.
    print_ = sold(7, 99, 25).events
    gone = [executed(1, "B", 99, 10), off(1, "B", 99, 10)]
    gone += [executed(2, "B", 99, 10), off(2, "B", 99, 10)]
    people = [portfolio("a", sell(5, 10)), portfolio("b", buy(6, 5, 99))]
    outcome = run(scenario([START, Packet(7, [*print_, *gone])], *people))
    assert filled(outcome, "b") == 5
    assert outcome.displaced == {(("a", "b"), 0): 5}


def test_engines_consume_and_displace_on_their_own(run):
    both = Packet(6, [*hit(1, 99, 10), *hit(2, 99, 10)])
    people = [portfolio("a", sell(5, 20)), portfolio("b", sell(5, 3))]
    outcome = run(scenario([START, both], *people, engines="isolated"))
    assert outcome.displaced == {(("a",), 0): 20, (("b",), 0): 3}


def test_an_own_take_moves_those_behind_what_was_taken(run):
    people = [portfolio("a", sell(6, 8)), portfolio("b", buy(5, 50, 99))]
    outcome = run(scenario([START, sold(7, 99, 15)], *people))
    assert filled(outcome, "b") == 3


# Crossed by the book ---------------------------------------------------------------


def test_a_crossing_consumes_the_latest_order_first(run):
    a = portfolio("a", buy(5, 5, 100))
    came = Packet(6, [add(10, "A", 100, 4), add(11, "A", 100, 4)])
    level = ("a",), 0, 1, 100
    assert run(scenario([START, came], a)).consumed == {level: 5}
    first = Packet(7, [off(10, "A", 100, 4)])
    assert run(scenario([START, came, first], a)).consumed == {level: 4}
    last = Packet(7, [off(11, "A", 100, 4)])
    assert run(scenario([START, came, last], a)).consumed == {level: 1}


def test_what_left_the_book_is_gone_however_deep_it_was(run):
    # The snapshot shows one ask only; the others come back as new size.
    start = Packet(1, [add(1, "B", 98, 10), ASK, add(8, "A", 102, 10)])
    shallow = Packet(6, [CLEAR, add(1, "B", 98, 10), ASK])
    back = Packet(7, [add(8, "A", 102, 10)])
    a = portfolio("a", buy(5, 40), buy(8, 40))
    outcome = run(scenario([start, shallow, back], a))
    assert [f[0] for f in fills(outcome, "a")] == [30, 10, 10]


def test_asks_are_mirrored(run):
    start = Packet(1, [add(1, "B", 99, 10), add(7, "A", 101, 6), add(8, "A", 101, 6)])
    went = Packet(6, [off(7, "A", 101, 6)])
    a = portfolio("a", sell(5, 50, 101))
    assert filled(run(scenario([start, went, bought(7, 101, 8)], a)), "a") == 2


def test_a_tape_that_names_orders_that_are_not_there_is_refused():
    with pytest.raises(ValueError, match="orders that are not there"):
        reference(scenario([START, Packet(2, [off(3, "B", 99, 1)])], A_BID))
