"""Cancels ahead of a resting order are estimated on L2 data."""

import pytest

from tests.oracle.builders import book, buy, filled, portfolio, scenario, sold
from tests.oracle.codes import OrderState
from tests.oracle.flow import Flow
from tests.oracle.ledger import Ledger
from tests.oracle.orders import LiveOrder
from tests.oracle.stops import Trigger
from tests.oracle.tape import Mention, TapeBook
from tests.oracle.venue import Venue


def estimate(model, h, prev, new, traded=0):
    """Return h after a level went from prev to new."""
    run = scenario([book(1, {99: prev}, {101: 1})], portfolio("a"), queue=model)
    tape = TapeBook()
    flow = Flow(run.settings.impact, 0, tape)
    trigger = Trigger("trade", tape)
    venue = Venue(("a",), tape, flow, trigger, run.settings, Ledger(run))
    order = LiveOrder("a", buy(1, 1, 99), h=h, traded=traded)
    order.state = OrderState.RESTING
    venue.queue[0].append(order)
    venue.on_mentions(1, [Mention(0, 99, prev, new, returned=False)])
    assert order.traded == 0
    return order.h


@pytest.mark.parametrize(
    ("model", "h"),
    [
        (("power", 1.0), 48.0),
        (("power", 3.0), 44.5714),
        (("log", 1.0), 49.4922),
        (("risk_averse", 1.0), 60.0),
    ],
)
def test_a_cancel_of_20_out_of_100_with_60_ahead(model, h):
    assert estimate(model, 60, 100, 80) == pytest.approx(h, abs=1e-4)


def test_nothing_is_ahead_that_is_not_there():
    assert estimate(("risk_averse", 1.0), 60, 100, 50) == 50
    assert estimate(("power", 1.0), 60, 100, 0) == 0
    assert estimate(("log", 1.0), 60, 100, 0) == 0


@pytest.mark.parametrize("model", [("power", 2.0), ("log", 1.0), ("risk_averse", 1.0)])
def test_a_decrease_that_prints_explain_cancels_nothing(model):
    # 20 of 100 were printed, the print lowered h from 60 to 40, the level shows 80.
    assert estimate(model, 40, 100, 80, traded=20) == 40


@pytest.mark.parametrize("n", [1.0, 2.0])
def test_size_that_is_added_joins_behind(n):
    assert estimate(("power", n), 60, 100, 150) == 60


def test_an_order_alone_at_its_price_has_nothing_ahead():
    assert estimate(("power", 1.0), 0, 0, 0) == 0
    assert estimate(("log", 1.0), 0, 0, 0) == 0


@pytest.mark.parametrize(
    ("model", "got"),
    [(("risk_averse", 1.0), 0), (("power", 1.0), 4)],
)
def test_the_model_decides_who_was_cancelled(run, model, got):
    # 60 ahead, 40 behind; half of each is cancelled under n = 1.
    packets = [
        book(1, {99: 60}, {101: 1}),
        book(3, {99: 100}, {}),
        book(4, {99: 50}, {}),
        sold(5, 99, 34),
    ]
    outcome = run(scenario(packets, portfolio("a", buy(2, 10, 99)), queue=model))
    assert filled(outcome, "a") == got


def test_a_print_and_its_decrease_count_once(run):
    packets = [
        book(1, {99: 60}, {101: 1}),
        sold(3, 99, 20),
        book(4, {99: 40}, {}),
        sold(5, 99, 40),
        sold(6, 99, 3),
    ]
    outcome = run(
        scenario(packets, portfolio("a", buy(2, 10, 99)), queue=("power", 1.0))
    )
    assert [(f.ts, f.qty) for f in outcome.fills] == [(6, 3)]


def test_fractions_of_a_lot_ahead_round_up(run):
    # 3 ahead, 7 behind; two cancelled of 10: 2.4 are ahead.
    packets = [
        book(1, {99: 3}, {101: 1}),
        book(3, {99: 10}, {}),
        book(4, {99: 8}, {}),
        sold(5, 99, 4),
    ]
    outcome = run(
        scenario(packets, portfolio("a", buy(2, 10, 99)), queue=("power", 1.0))
    )
    assert filled(outcome, "a") == 1
