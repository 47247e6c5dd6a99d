"""Market data that takes a time that varies: packets stay in order on a line."""

import pytest

import commonbook as cb
from tests.rules.words import START, book, buy, portfolio

PACKETS = [book(0, {99: 10}, {101: 10})]
PACKETS += [book(30 * k, {99: 10 + k}, {}) for k in range(1, 60)]
WHOLE = {"tick": "1"}
JITTER = {"lognormal": {"median": "60ns", "sigma": 0.9, "min": "20ns"}}
SAMPLES = {"empirical": ["25ns", "40ns", "200ns"]}


class Watcher(cb.Strategy):
    """Write down when it sees what."""

    def on_start(self):
        self.seen = SEEN.setdefault(self.name, [])

    def on_book(self):
        self.seen.append((self.now - START, self.bid_size))


SEEN: dict[str, list[tuple[int, float]]] = {}


@pytest.fixture(autouse=True)
def nothing_seen():
    SEEN.clear()


def watcher(name, feed):
    return {"name": name, "strategy": Watcher, "latency": {"feed": feed}}


@pytest.mark.parametrize(("feed", "least"), [(JITTER, 20), (SAMPLES, 25)])
def test_packets_become_visible_in_their_order(run, feed, least):
    run(PACKETS, watcher("A", feed), **WHOLE)
    times, sizes = zip(*SEEN["A"], strict=True)
    assert list(sizes) == sorted(sizes)
    waits = [at - 30 * (size - 10) for at, size in SEEN["A"]]
    assert min(waits) >= least
    assert len(set(waits)) > 2
    assert len(times) < len(PACKETS) + 1  # some were caught up with


def test_portfolios_with_the_same_setting_are_on_one_line(run):
    run(PACKETS, watcher("A", JITTER), watcher("B", JITTER), **WHOLE)
    assert SEEN["A"] == SEEN["B"]
    alone = dict(SEEN)
    SEEN.clear()
    run(PACKETS, watcher("0", SAMPLES), watcher("B", JITTER), **WHOLE)
    assert SEEN["B"] == alone["B"]
    assert SEEN["0"] != SEEN["B"]


def test_another_seed_is_another_line(run):
    found = []
    for seed in (1, 1, 2):
        run(PACKETS, watcher("A", JITTER), seed=seed, **WHOLE)
        found.append(SEEN.pop("A"))
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize("strategy", ["market_maker", "grid_maker", "imbalance_taker"])
def test_samples_that_are_all_alike_are_a_constant_feed(run, strategy):
    params = {
        "market_maker": {"half_spread_ticks": 1, "size": 1},
        "grid_maker": {"half_spread_ticks": 1, "interval_ticks": 1, "levels": 2}
        | {"size": 1},
        "imbalance_taker": {"threshold": 0.1, "size": 1, "max_position": 5},
    }[strategy]
    maker = {"name": "m", "strategy": strategy, "params": params | {"every": "41ns"}}
    runs = [
        run(PACKETS, maker | {"latency": {"feed": feed}}, **WHOLE)
        for feed in ({"empirical": ["25ns", "25ns"]}, "25ns")
    ]
    assert runs[0].digest == runs[1].digest
    varied = run(PACKETS, maker | {"latency": {"feed": SAMPLES}}, **WHOLE)
    assert varied.orders.height > 0


def test_who_looks_at_nothing_has_no_line(run):
    plain = portfolio("A", buy(40, 3), latency={"feed": "1ns"})
    varied = portfolio("A", buy(40, 3), latency={"feed": JITTER})
    assert run(PACKETS, plain, **WHOLE).digest == run(PACKETS, varied, **WHOLE).digest
