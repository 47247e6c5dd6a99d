"""Strategies in plain Python: when they wake, and what they see."""

import pytest

import commonbook as cb
from tests.data.tapes import CENT
from tests.strategy.words import book, member, packet, quiet, run, stopped, tape

pytestmark = pytest.mark.nojit

ETF = cb.Instrument("ETF", "0.5", "0.1")


# What wakes it -----------------------------------------------------------------------


def test_callbacks_are_called_in_the_order_of_what_they_are_about():
    log = []

    class Watcher(cb.Strategy):
        every = 10

        def on_start(self):
            log.append((self.now, "start"))
            self.limit("buy", 5, 99.99)
            self.set_timer(at=4)

        def on_book(self):
            log.append((self.now, "book", self.bid_size))

        def on_trade(self, trade):
            log.append((self.now, "trade", trade.side, trade.price, trade.qty))

        def on_timer(self):
            log.append((self.now, "timer"))

        def on_order(self, order):
            log.append((self.now, "order", order.id, order.state, order.reason))

        def on_fill(self, fill):
            log.append((self.now, "fill", fill.order_id, fill.price, fill.qty))

        def on_end(self):
            log.append((self.now, "end", self.position))

    trade = packet(
        11, ("T", "A", 9_999, 60), ("S", "B", 9_999, 0), ("S", "B", 9_998, 9)
    )
    run(tape(book(1), trade, quiet(30)), member(Watcher))
    assert log == [
        (1, "start"),
        (1, "book", 50.0),
        (1, "order", 1, "resting", None),
        (4, "timer"),
        (11, "fill", 1, 99.99, 5.0),
        (11, "order", 1, "filled", None),
        (11, "trade", "sell", 99.99, 60.0),
        (11, "book", 9.0),
        (11, "timer"),
        (21, "timer"),
        (30, "book", 9.0),
        (30, "end", 5.0),
    ]


@pytest.mark.parametrize("delay", [0, 5])
def test_a_halt_is_seen_when_the_feed_delay_shows_it_in_each_instrument(delay):
    log = []

    class Watcher(cb.Strategy):
        every = 1

        def on_timer(self):
            seen = self.halted, self.market("ETF").halted
            if not log or log[-1][1] != seen:
                log.append((self.now, seen))

    data = tape(
        packet(1, ("S", "B", 99, 1)),
        packet(10, ("X", "N", 0, 0)),
        packet(20, ("X", "N", 0, 0, 1)),
        packet(30, ("X", "N", 0, 0), ("O", "N", 0, 0)),
        packet(40, ("O", "N", 0, 0, 1), ("X", "N", 0, 0, 1)),
        packet(50, ("O", "N", 0, 0, 1)),
        packet(90, ("S", "B", 99, 2)),
        instruments=(CENT, ETF),
    )
    latency = {"feed": f"{delay}ns", "order": 0, "response": 0}
    watcher = member(Watcher, params={"symbol": data.symbols[0]}, latency=latency)
    run(data, watcher)
    assert log == [
        (2, (False, False)),
        (10 + delay, (True, False)),
        (20 + delay, (True, True)),
        (30 + delay, (False, True)),
        (50 + delay, (False, False)),
    ]


def test_nothing_wakes_it_but_what_it_has_callbacks_for():
    class Sleeper(cb.Strategy):
        def on_end(self):
            raise AssertionError(self.now)

    result = run(tape(book(1), book(2, 9_998), quiet(9)), member(Sleeper))
    assert result.summary["counters"]["wakes"] == 1  # its start
    assert [reason for _, _, reason in stopped(result)] == ["AssertionError: 9"]


def test_timers_that_were_asked_for_go_off_once_each_and_in_order():
    log = []

    class Alarm(cb.Strategy):
        def on_start(self):
            for at in (7, 3, 7, 12):
                self.set_timer(at=at)

        def on_timer(self):
            log.append(self.now)
            if self.now == 7:
                self.set_timer(after=1)

    run(tape(book(1), quiet(20)), member(Alarm))
    assert log == [3, 7, 8, 12]


def test_a_timer_for_now_goes_off_in_the_next_round():
    log = []

    class Impatient(cb.Strategy):
        def on_start(self):
            self.set_timer(after=0)

        def on_timer(self):
            log.append(self.now)

    run(tape(book(1), quiet(2)), member(Impatient))
    assert log == [1]


def test_events_of_other_instruments_do_not_wake_it():
    log = []

    class Pair(cb.Strategy):
        hedge: cb.Symbol | None = None

        def on_book(self):
            other = self.market("ETF")
            log.append((self.now, self.bid, other.bid, other.ask, other.ask_size))

    data = tape(
        book(1),
        packet(2, ("S", "B", 3, 7, 1), ("S", "A", 4, 12, 1)),
        book(3, 9_998),
        instruments=(CENT, ETF),
    )
    alone = member(Pair, params={"symbol": "X"})
    run(data, alone)
    assert [row[0] for row in log] == [1, 3]
    log.clear()
    run(data, alone | {"params": {"symbol": "X", "hedge": "ETF"}})
    assert log == [
        (1, 99.99, None, None, 0.0),
        (2, 99.99, 1.5, 2.0, 1.2),
        (3, 99.99, 1.5, 2.0, 1.2),
    ]


# What it sees ------------------------------------------------------------------------


def test_prices_are_the_floats_that_people_write():
    seen = {}

    class Look(cb.Strategy):
        def on_book(self):
            seen.update(bid=self.bid, ask=self.ask, mid=self.mid, ticks=self.bid_ticks)
            seen.update(depth=self.depth(2), price=self.price_of(9_999))

    rows = packet(1, ("S", "B", 9_999, 5), ("S", "B", 9_997, 6), ("S", "A", 10_002, 7))
    run(tape(rows), member(Look))
    assert seen == {
        "bid": 99.99,
        "ask": 100.02,
        "mid": 100.005,
        "ticks": 9_999,
        "depth": ([(99.99, 5.0), (99.97, 6.0)], [(100.02, 7.0)]),
        "price": 99.99,
    }


def test_an_empty_side_has_no_price():
    seen = []

    class Look(cb.Strategy):
        def on_book(self):
            seen.append((self.bid, self.ask, self.mid, self.ask_size, self.depth()))

    run(tape(packet(1, ("S", "B", 9_999, 5))), member(Look))
    assert seen == [(99.99, None, None, 0.0, ([(99.99, 5.0)], []))]


@pytest.mark.parametrize("feed", [0, 3, 8])
def test_it_never_sees_more_than_its_feed_delay_allows(feed):
    peeks = []

    class Peeker(cb.Strategy):
        every = 1

        def on_timer(self):
            self._peek()

        def on_book(self):
            self._peek()

        def _peek(self):
            market = self.market("X")
            bids, _ = market.depth(1)
            trades = [trade.ts for trade in self.trades]
            peeks.append((self.now, self.bid_ticks, bids, market.bid_ticks, trades))

    prints = [packet(t, ("T", "A", t, 1), ("S", "B", t, 5)) for t in range(2, 30, 3)]
    run(
        tape(book(1, 1), *prints, packet(40, ("S", "A", 20_000, 1))),
        member(Peeker, latency={"feed": f"{feed}ns"}),
    )
    known = [1, *range(2, 30, 3)]
    assert len(peeks) >= 39
    for now, bid, depth, again, trades in peeks:
        visible = [t for t in known if t <= now - feed]
        assert all(t in visible for t in trades)
        assert bid == (visible[-1] if visible else None)
        assert again == bid
        assert depth == ([(bid / 100, 5.0 if bid > 1 else 50.0)] if bid else [])


@pytest.mark.parametrize(("order", "response"), [(0, 0), (2, 0), (0, 5), (3, 4)])
def test_it_never_knows_of_a_fill_before_the_response_delay(order, response):
    log = []

    class Buyer(cb.Strategy):
        every = 1

        def on_start(self):
            self.buy(7)

        def on_timer(self):
            log.append((self.now, self.position, [o.leaves for o in self.orders]))

        def on_fill(self, fill):
            log.append((self.now, fill.ts))

    delays = {"order": f"{order}ns", "response": f"{response}ns"}
    run(tape(book(1), quiet(12)), member(Buyer, latency=delays))
    arrived, known = 1 + order, 1 + order + response
    assert (known, arrived) in log
    for now, *rest in log:
        if len(rest) == 2:
            assert rest == ([0.0, [7.0]] if now < known else [7.0, []])


def test_open_orders_are_listed_as_they_are_known():
    log = []

    class Quoter(cb.Strategy):
        every = 10

        def on_start(self):
            self.limit("buy", 5, 99.9, tag="low")
            self.limit("sell", 3, 100.5, post_only=True)
            self.buy(50)

        def on_timer(self):
            self.cancel_all()
            log.append([repr(order) for order in self.orders])

    run(tape(book(1), quiet(31)), member(Quoter, latency={"response": "15ns"}))
    both = [
        "<order 1: buy 5.0 X at 99.9, {}, 5.0 open>",
        "<order 2: sell 3.0 X at 100.5, {}, 3.0 open>",
    ]
    market = "<order 3: buy 50.0 X at market, sent, 50.0 open>"
    assert log[0] == [*(line.format("sent") for line in both), market]
    assert log[1] == [line.format("resting") for line in both]
    assert log[2] == []


# One object for each portfolio, lane and run -----------------------------------------


def test_every_portfolio_lane_and_run_has_an_object_of_its_own():
    made = []

    class Single(cb.Strategy):
        size: cb.Qty = 1

        def __init__(self):
            made.append(self)
            self.count = 0

        def on_start(self):
            self.count += 1
            assert self.count == 1
            self.buy(self.size)

    member_of = [member(Single, "a"), member(Single, "b", grid={"size": [1, 2]})]
    config = {"data": tape(book(1), quiet(9)), "portfolios": member_of}
    comparison = cb.compare(config)
    assert len(set(map(id, made))) == 6
    assert comparison.isolated.orders.height == comparison.shared.orders.height == 3
    cb.run(config)
    assert len(set(map(id, made))) == 9


def test_parameters_are_set_before_it_is_made():
    seen = []

    class Typed(cb.Strategy):
        size: cb.Qty
        edge: cb.Price = 0.25
        hold: cb.Duration = "2s"
        since: cb.Timestamp = "1970-01-01T00:00:01Z"
        mode: str = "calm"
        ratio: float = 1
        levels: int | None = None
        every = "1s"

        def __init__(self):
            seen.extend([self.size, self.edge, self.hold, self.since, self.mode])
            seen.extend([self.ratio, self.levels, self.every, self.symbol, self.name])

    params = {"size": "2", "levels": 3}
    run(tape(book(1)), member(Typed, params=params))
    assert seen == [
        *(2.0, 0.25, 2_000_000_000, 1_000_000_000, "calm"),
        *(1.0, 3, 1_000_000_000, "X", "p"),
    ]
