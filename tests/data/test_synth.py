import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.data.synth import OrderFlow, synth


def test_the_same_seed_gives_the_same_bytes():
    assert synth(7, 20).digest == synth(7, 20).digest


def test_another_seed_gives_another_tape():
    assert synth(7, 20).digest != synth(8, 20).digest


@pytest.mark.nojit
@pytest.mark.bounds
def test_the_bytes_of_a_seed_never_change_within_a_version():
    # Whoever changes the flow raises synth.VERSION and this digest.
    assert synth(1, 5).digest == (
        "c0bf093336d34b5674f083246347a9dcf1b33e85a95fab7fc3a591bc4a6693ae"
    )


@pytest.fixture(scope="module")
def hour():
    return synth(1)


def test_an_hour_has_the_shape_of_a_liquid_market(hour):
    frame = hour.top_of_book()
    bid, ask = frame["bid_px_00"].to_numpy(), frame["ask_px_00"].to_numpy()
    shown = np.diff(frame["ts_event"].to_numpy(), append=hour.end)
    narrow = np.rint((ask - bid) * 100) <= 2
    trades = hour.events[hour.events["action"] == Action.TRADE]
    assert 300_000 <= len(hour) <= 1_000_000
    assert shown[narrow].sum() > 0.95 * shown.sum()
    assert 3_000 < trades.size < 30_000
    # The price moves, by less than a few per cent.
    assert 0.1 < bid.max() - bid.min() < 5
    # Sizes of trades have a long tail.
    assert np.percentile(trades["qty"], 99.9) > 10 * np.median(trades["qty"])


def test_market_orders_come_in_clusters(hour):
    trades = hour.events[hour.events["action"] == Action.TRADE]
    seconds = (np.unique(trades["ts"]) - hour.start) // 10**9
    counts = np.bincount(seconds)
    # Independent arrivals would have a variance equal to their mean.
    assert counts.var() > 1.5 * counts.mean()


def test_it_begins_with_a_snapshot_of_both_sides(hour):
    snapshot = hour.events[hour.events["flags"] & Flag.SNAPSHOT != 0]
    assert snapshot["action"][0] == Action.CLEAR
    assert (snapshot["ts"] == hour.start).all()
    assert {Side.BUY, Side.SELL} < set(snapshot["side"].tolist())
    assert np.count_nonzero(snapshot["flags"] & Flag.LAST) == 1


flows = st.builds(
    OrderFlow,
    limit_rate=st.floats(1, 60),
    cancel_rate=st.floats(0.05, 5),
    market_rate=st.floats(0.1, 20),
    excitation=st.floats(0, 0.9),
    persistence=st.floats(0, 0.99),
    tail=st.floats(1.05, 3),
    sweep=st.floats(0, 1),
    mean_size=st.floats(1, 500),
    depth=st.integers(2, 40),
)


@settings(max_examples=30)
@given(st.integers(0, 1000), flows)
def test_the_book_is_never_crossed_nor_empty_whatever_the_flow(seed, flow):
    tape = synth(seed, 20, flow=flow, price="4.00")
    frame = tape.top_of_book()
    assert frame.null_count().sum_horizontal().sum() == 0
    assert (frame["bid_px_00"] < frame["ask_px_00"]).all()
    assert (frame["bid_px_00"] > 0).all()


@pytest.mark.parametrize("seed", [3, 4])
def test_trades_take_what_the_book_shows_best_price_first(seed):
    tape = synth(seed, 60, flow=OrderFlow(market_rate=10.0))
    book = {Side.BUY: {}, Side.SELL: {}}
    prints = {}
    packet = None
    for event in tape.events:
        price, qty = int(event["price"]), int(event["qty"])
        if event["action"] == Action.TRADE:
            other = Side.SELL if event["side"] == Side.BUY else Side.BUY
            best = min if other == Side.SELL else max
            left = {p: s for p, s in book[other].items() if p not in prints}
            assert price == best(left)
            assert 0 < qty <= left[price]
            # Only the last level of a packet may keep something.
            assert packet is None or packet == 0
            packet = left[price] - qty
            prints[price] = packet
        elif event["action"] == Action.SET:
            if prints:
                assert prints.pop(price) == qty
            book[event["side"]][price] = qty
            if qty == 0:
                del book[event["side"]][price]
        if event["flags"] & Flag.LAST:
            assert not prints
            packet = None


def test_the_market_turns_back_before_the_end_of_its_prices():
    flow = OrderFlow(depth=2, persistence=0.999, sweep=1.0, limit_rate=5.0)
    tape = synth(5, 600, price="0.12", flow=flow)
    levels = tape.events[tape.events["action"] == Action.SET]
    assert levels["price"].min() > 0
    assert 18 < levels["price"].max() < 24


def test_grid_start_and_name_are_free():
    tape = synth(
        1,
        2,
        symbol="BTC",
        price="60000.0",
        tick_size="0.1",
        lot_size="0.001",
        start="2024-05-01T00:00:00Z",
    )
    (instrument,) = tape.instruments
    assert (instrument.symbol, str(instrument.lot_size)) == ("BTC", "0.001")
    assert tape.start == 1_714_521_600_000_000_000
    top = tape.top_of_book().row(0, named=True)
    assert abs(top["bid_px_00"] - 60_000) < 100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, "seed -1 is negative"),
        ({"seconds": 0}, "seconds 0 is out of range"),
        ({"price": "1.00"}, "100 ticks; at least 180"),
        ({"price": "100.005"}, "not a multiple of the tick size"),
        ({"start": "soon"}, "is not a time"),
    ],
)
def test_impossible_arguments_are_refused(arguments, message):
    with pytest.raises(DataError, match=message):
        synth(**arguments)


@pytest.mark.parametrize(
    "field",
    [
        {"limit_rate": 0},
        {"cancel_rate": -1},
        {"excitation": 1.0},
        {"persistence": 1.0},
        {"tail": 1.0},
        {"sweep": 2.0},
        {"mean_size": 0.5},
        {"depth": 1},
        {"market_rate": float("nan")},
    ],
)
def test_impossible_flows_are_refused(field):
    with pytest.raises(DataError, match=next(iter(field))):
        OrderFlow(**field)
