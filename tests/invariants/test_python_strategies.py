"""Random crowds give the same bytes when all of them decide in plain Python."""

import pytest

import commonbook as cb
from tests.invariants.scenarios import START, random_case, seeds
from tests.strategy.ports import Grid, Maker, Taker, Twap

PORTS = {
    "market_maker": Maker,
    "imbalance_taker": Taker,
    "twap": Twap,
    "grid_maker": Grid,
}


class Script(cb.Strategy):
    """Send orders and cancels from a list; subclasses hold the list."""

    def on_start(self):
        self.left, self.sent = list(self.entries), {}
        self.on_timer()

    def on_timer(self):
        while self.left and self.left[0]["at"] <= self.now:
            self._send(self.left.pop(0))
        if self.left:
            self.set_timer(at=self.left[0]["at"])

    def _send(self, entry):
        if "cancel" in entry:
            self.cancel(self.sent[entry["cancel"]])
            return
        name, qty, life = entry["id"], entry["qty"], entry.get("time_in_force")
        where = {"symbol": entry["symbol"], "tag": name}
        if entry["type"] == "market":
            trade = self.buy if entry["side"] == "buy" else self.sell
            self.sent[name] = trade(qty, **where)
        else:
            terms = (
                {"post_only": True} if life == "post_only" else {"time_in_force": life}
            )
            price = float(entry["price"])
            self.sent[name] = self.limit(entry["side"], qty, price, **terms, **where)


def named(orders, first, last):
    """Drop what comes before or after the packets; call each order by a text."""
    awake = [entry for entry in orders if first <= entry["at"] <= last]
    kept = {entry["id"] for entry in awake if "id" in entry}
    return [
        entry | {key: f"no. {entry[key]}"}
        for entry in awake
        for key in ("id", "cancel")
        if key in entry and entry[key] in kept
    ]


def crowd(seed, folder):
    """Give a random run twice: with built-in strategies, and in plain Python."""
    case = random_case(seed, folder, size=60)
    first, last = (START + case.scenario.packets[i].ts for i in (0, -1))
    built_in, python = [], []
    for portfolio in case.config["portfolios"]:
        if portfolio["strategy"] == "scripted":
            orders = named(portfolio["params"]["orders"], first, last)
            kind = type("Sender", (Script,), {"entries": orders})
            params = {"symbol": case.scenario.instruments[0]}
            built_in.append(portfolio | {"params": {"orders": orders}})
            python.append(portfolio | {"strategy": kind, "params": params})
        else:
            params = dict(portfolio["params"])
            if "start" in params:  # in plain Python nothing begins before the data
                params["start"] = max(params["start"], first)
            kind = PORTS[portfolio["strategy"]]
            built_in.append(portfolio | {"params": params})
            python.append(portfolio | {"params": params, "strategy": kind})
    return [case.config | {"portfolios": people} for people in (built_in, python)]


@pytest.mark.parametrize("seed", seeds(24))
@pytest.mark.parametrize("mode", ["isolated", "shared", "groups"])
def test_a_crowd_in_plain_python_gives_the_same_bytes(mode, seed, tmp_path):
    results = [
        cb.run(config | {"execution": config["execution"] | {"mode": mode}})
        for config in crowd(seed, tmp_path)
    ]
    assert results[1].summary["stopped"] == []
    frames = [(r.fills, r.orders, r.equity) for r in results]
    for built_in, python in zip(*frames, strict=True):
        assert python.equals(built_in)
    assert results[0].digest == results[1].digest
