"""Fills of single orders, compared with what hftbacktest gave on the same feed."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

import commonbook as cb

FOLDER = Path(__file__).parent / "hftbacktest"
GOLDEN = json.loads((FOLDER / "fills.json").read_text())
ABOUT, ORDERS = GOLDEN["about"], GOLDEN["orders"]
MODELS = {
    "risk averse": "risk_averse",
    "power 1": {"kind": "power", "n": 1},
    "power 2": {"kind": "power", "n": 2},
    "power 3": {"kind": "power", "n": 3},
}


@pytest.fixture(scope="module")
def tape():
    grid = {name: ABOUT[name] for name in ("tick_size", "lot_size")}
    return cb.read(FOLDER / "feed.npz", symbol="X", **grid)


def script(order, tape):
    instrument = tape.instruments[0]
    wanted = {
        "id": 1,
        "at": order["at"],
        "side": order["side"],
        "qty": str(instrument.qty(order["qty"])),
        "type": "limit",
        "price": str(instrument.price(order["price"])),
    }
    return [wanted, {"at": order["at"] + order["life"], "cancel": 1}]


def fills_of(tape, model):
    """Run every order in a market of its own; fills of one time are one."""
    latency = {
        "order": f"{ABOUT['order_delay']}ns",
        "response": f"{ABOUT['response_delay']}ns",
    }
    result = cb.run(
        {
            "seed": 1,
            "data": tape,
            "portfolios": [
                {
                    "name": f"{number:03}",
                    "strategy": "scripted",
                    "params": {"orders": script(order, tape)},
                    "latency": latency,
                }
                for number, order in enumerate(ORDERS)
            ],
            "execution": {"mode": "isolated", "queue_model": model},
        }
    )
    instrument = tape.instruments[0]
    fills = defaultdict(dict)
    columns = result.fills.select("portfolio", "ts", "price", "qty")
    times = columns["ts"].to_physical().to_list()
    for (name, _, price, qty), ts in zip(columns.rows(), times, strict=True):
        _, before = fills[int(name)].get(ts, (0, 0))
        lots = before + instrument.qty_to_lots(qty)
        fills[int(name)][ts] = (instrument.price_to_ticks(price), lots)
    return [
        [[ts, *fill] for ts, fill in fills[number].items()]
        for number in range(len(ORDERS))
    ]


@pytest.mark.parametrize("name", MODELS)
def test_fills_agree_in_time_price_and_quantity(tape, name):
    ours = fills_of(tape, MODELS[name])
    compared = 0
    for order, mine in zip(ORDERS, ours, strict=True):
        if name not in order.get("apart", {}):
            assert mine == order["fills"][name], order
            compared += bool(mine)
    assert compared >= 30


@pytest.mark.parametrize("name", MODELS)
def test_every_difference_has_a_known_cause(name):
    known = {"rounding", "overrun", "taker", "through", "cross", "stopped"}
    for order in ORDERS:
        assert set(order.get("apart", {}).get(name, [])) <= known
