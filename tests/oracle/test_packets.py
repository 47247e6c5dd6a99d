"""A packet is one thing: nobody sees half of it, and only new size is new."""

from tests.oracle.builders import (
    book,
    buy,
    fills,
    levels,
    order,
    portfolio,
    scenario,
    sell,
    snapshot,
    sold,
)
from tests.oracle.scenario import BUY, Packet
from tests.oracle.tape import TapeBook

BOOK = {99: 10, 98: 20, 97: 30}
ASKS = {101: 10, 102: 20, 103: 30}


def tape(packets):
    book = TapeBook()
    for packet in packets:
        book.apply(packet.events)
    return book


def test_a_snapshot_replaces_the_book():
    shown = tape([book(1, BOOK, ASKS), snapshot(2, {99: 4}, {101: 5})])
    assert shown.size == ({99: 4}, {101: 5})


def test_a_level_beyond_the_worst_of_a_snapshot_left_the_depth():
    shown = tape([book(1, BOOK, ASKS), snapshot(2, {98: 4}, {101: 5})])
    assert shown.outside == ({97}, {102, 103})


def test_a_level_inside_the_depth_that_a_snapshot_omits_is_gone():
    shown = tape([book(1, BOOK, ASKS), snapshot(2, {99: 1, 97: 1}, {103: 1})])
    assert shown.outside == (set(), set())


def test_a_side_that_a_snapshot_leaves_empty_is_gone():
    shown = tape([book(1, BOOK, ASKS), snapshot(2, {}, {101: 5})])
    assert shown.outside[BUY] == set()


def test_a_level_that_the_packet_emptied_before_it_cleared_the_book_is_gone():
    emptied = Packet(2, [*levels({97: 0}, {}), *snapshot(2, {99: 1}, {}).events])
    assert tape([book(1, BOOK, ASKS), emptied]).outside[BUY] == {98}


def test_a_level_outside_is_gone_once_the_depth_covers_it_again():
    packets = [book(1, BOOK, ASKS), snapshot(2, {99: 1}, {}), snapshot(3, {97: 1}, {})]
    assert tape(packets).outside[BUY] == set()


def test_a_set_inside_a_packet_is_superseded_by_a_later_one(run):
    dip = Packet(6, levels({99: 0}, {}) + levels({99: 10}, {}))
    outcome = run(
        scenario(
            [book(1, {99: 10}, ASKS), dip, sold(7, 99, 15)],
            portfolio("a", buy(5, 10, 99)),
        )
    )
    assert fills(outcome, "a") == [(5, 99, "maker")]


def test_the_same_snapshot_again_keeps_the_place_in_the_queue(run):
    packets = [
        book(1, BOOK, ASKS),
        sold(6, 99, 6),
        snapshot(7, BOOK | {99: 4}, ASKS),
        snapshot(8, BOOK | {99: 4}, ASKS),
        sold(9, 99, 5),
    ]
    outcome = run(scenario(packets, portfolio("a", buy(5, 10, 99))))
    assert [(f.ts, f.qty) for f in outcome.fills] == [(9, 1)]


def test_consumption_survives_a_trip_out_of_the_depth(run):
    packets = [
        book(1, BOOK, ASKS),
        snapshot(6, BOOK, {100: 1}),
        snapshot(7, BOOK, ASKS),
    ]
    a = portfolio("a", buy(5, 10), buy(8, 15))
    outcome = run(scenario(packets, a))
    assert fills(outcome, "a") == [(10, 101, "taker"), (15, 102, "taker")]


def test_without_the_trip_the_level_was_gone_and_is_new(run):
    packets = [
        book(1, BOOK, ASKS),
        book(6, {}, {101: 0}),
        book(7, {}, {101: 10}),
    ]
    outcome = run(scenario(packets, portfolio("a", buy(5, 10), buy(8, 10))))
    assert fills(outcome, "a") == [(10, 101, "taker"), (10, 101, "taker")]


def test_a_level_outside_the_depth_cannot_be_taken(run):
    packets = [book(1, BOOK, ASKS), snapshot(6, {99: 10}, {101: 10})]
    outcome = run(scenario(packets, portfolio("a", buy(7, 30))))
    assert order(outcome, "a").filled == 10


def test_the_queue_estimate_survives_a_trip_out_of_the_depth(run):
    packets = [
        book(1, BOOK, ASKS),
        snapshot(6, {99: 10}, ASKS),
        snapshot(7, BOOK | {98: 50}, ASKS),
        sold(8, 98, 25),
    ]
    outcome = run(scenario(packets, portfolio("a", buy(5, 10, 98))))
    assert fills(outcome, "a") == [(5, 98, "maker")]


def test_prints_act_before_the_book_of_their_packet(run):
    packets = [
        book(1, {99: 10}, ASKS),
        Packet(6, [*levels({99: 0}, {}), ("T", 0, "A", 99, 12)]),
    ]
    outcome = run(scenario(packets, portfolio("a", buy(5, 10, 99))))
    assert fills(outcome, "a") == [(2, 99, "maker")]


def test_an_instrument_does_not_see_the_packets_of_another(run):
    packets = [
        book(1, BOOK, ASKS),
        book(1, {50: 5}, {52: 5}, instrument=1),
        Packet(6, [("T", 1, "A", 50, 100), ("R", 1, "B", 0, 0)]),
    ]
    a = portfolio("a", buy(5, 10, 99), buy(7, 5), sell(7, 1, instrument=1))
    outcome = run(scenario(packets, a))
    assert [(f.instrument, f.price_half) for f in outcome.fills] == [(0, 202)]


def test_who_joins_while_the_level_is_outside_stays_behind_older_own_orders(run):
    packets = [
        book(1, BOOK, ASKS),
        snapshot(6, {99: 10}, ASKS),
        snapshot(8, BOOK, ASKS),
        sold(9, 98, 33),
    ]
    a, b = portfolio("a", buy(5, 10, 98)), portfolio("b", buy(7, 10, 98))
    outcome = run(scenario(packets, a, b))
    assert [order(outcome, name).ahead for name in "ab"] == [20, 30]
    assert [order(outcome, name).filled for name in "ab"] == [10, 3]
