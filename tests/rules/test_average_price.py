"""Bunched orders: what orders of one side and limit take is paid at its average."""

from fractions import Fraction

import pytest

import commonbook as cb
from tests.rules.words import START, book, buy, fills, portfolio, replace, sell

AVERAGE = {"tick": "1", "distribution": "average_price", "netting": False}
#: 10 lots at 101 and 20 at 102: thirty of them cost 101 2/3 on average.
BOOK = book(0, {99: 10, 98: 20}, {101: 10, 102: 20, 103: 50})


def paid(result, name):
    """Give what a portfolio paid for its fills, in cents, exactly."""
    return sum(
        round(Fraction(price) * 10**8) * qty
        for qty, price in result.fills.filter(portfolio=name)
        .select("qty", "price")
        .rows()
    )


def change_of_cash(result, name):
    account = result.accounts[name]
    return account.cash_end - account.cash_start


def prices(result, name):
    return [price for _, price, _ in fills(result, name)]


def test_every_member_of_a_bunch_pays_its_average_price(run):
    people = [portfolio("A", buy(5, 20)), portfolio("B", buy(5, 10))]
    result = run([BOOK], *people, **AVERAGE)
    for name, qty in (("A", 20), ("B", 10)):
        assert prices(result, name) == [pytest.approx(101 + 2 / 3, abs=1e-9)] * 2
        cash = change_of_cash(result, name)
        assert abs(cash + qty * (101 + Fraction(2, 3))) <= Fraction(1, 10**8)
        summary = result.summary["portfolios"][name]
        assert summary["average_buy_price"] == pytest.approx(101 + 2 / 3, abs=1e-9)
        assert summary["traded_notional"] == pytest.approx(-float(cash))


def test_levels_are_shared_in_proportion_to_size(run):
    people = [
        portfolio("A", buy(5, 6, 101)),
        portfolio("B", buy(5, 3, 101)),
        portfolio("C", buy(5, 1, 101)),
    ]
    seven = book(0, {99: 1}, {101: 7})
    result = run([seven], *people, **AVERAGE)
    assert [fills(result, name) for name in "ABC"] == [
        [(4.0, 101.0, "taker")],
        [(2.0, 101.0, "taker")],
        [(1.0, 101.0, "taker")],
    ]


def test_what_is_rounded_goes_to_a_rounding_account(run):
    people = [portfolio(name, buy(5, 10)) for name in "ABC"]
    result = run([BOOK], *people, **AVERAGE)
    spent = [change_of_cash(result, name) for name in "ABC"]
    outside = -(10 * 101 + 20 * 102)
    assert all(
        value == -Fraction(round(Fraction(3050, 3) * 10**8), 10**8) for value in spent
    )
    left = outside - sum(spent)
    assert left != 0
    assert abs(left) <= Fraction(
        2, 10**8
    )  # at most one unit less than there are orders
    assert result.summary["totals"]["rounding"] == pytest.approx(float(left), abs=0)


def test_nothing_is_rounded_where_nothing_is_averaged(run):
    people = [portfolio("A", buy(5, 5)), portfolio("B", buy(5, 5))]
    result = run([BOOK], *people, **AVERAGE)
    assert prices(result, "A") == prices(result, "B") == [101.0]
    assert "rounding" not in result.summary["totals"]


def test_other_limits_are_other_bunches(run):
    people = [
        portfolio("A", buy(5, 10, 102)),
        portfolio("B", buy(5, 10, 102)),
        portfolio("C", buy(5, 10, 103)),
        portfolio("D", buy(5, 10, 103)),
        portfolio("E", buy(5, 5)),
        portfolio("F", sell(5, 5)),
        portfolio("G", sell(5, 15)),
    ]
    result = run([BOOK], *people, **AVERAGE)
    for one, other in ("AB", "CD"):
        assert min(prices(result, one)) == pytest.approx(max(prices(result, other)))
    assert prices(result, "C")[0] > prices(result, "A")[0]
    # Thirty lots in all at 101 and 102, shared by all; who is alone keeps its levels.
    assert set(prices(result, "E")) <= {101.0, 102.0, 103.0}
    assert min(prices(result, "F")) == pytest.approx((99 * 10 + 98 * 10) / 20)
    assert min(prices(result, "F")) == pytest.approx(max(prices(result, "G")))


def test_who_is_alone_keeps_the_prices_of_its_levels(run):
    mine = portfolio("A", buy(5, 12), buy(5, 8))
    idle = portfolio("B", buy(9, 1, 1))
    alone = run([BOOK], mine, idle, **AVERAGE)
    assert fills(alone, "A") == fills(
        run([BOOK], mine, **AVERAGE, mode="isolated"), "A"
    )
    assert {price for _, price, _ in fills(alone, "A")} == {101.0, 102.0}


def test_what_comes_from_resting_orders_of_the_group_keeps_its_price(run):
    maker = portfolio("M", sell(1, 6, 100))
    people = [portfolio("A", buy(5, 18)), portfolio("B", buy(5, 18))]
    result = run([BOOK], maker, *people, **AVERAGE)
    own = result.fills.filter(counterparty="M")
    assert own["price"].to_list() == [100.0] * own.height
    assert own["qty"].sum() == 6
    outside = result.fills.filter(counterparty="market")
    assert outside["price"].to_list() == pytest.approx([101 + 2 / 3] * outside.height)


def test_each_batch_has_an_average_of_its_own(run):
    people = [portfolio(name, buy(5, 5, 102), buy(50, 10)) for name in ("A", "B")]
    result = run([BOOK], *people, **AVERAGE)
    assert prices(result, "A")[0] == 101.0
    later = result.fills.filter(portfolio="B").tail(1)["price"][0]
    assert later == pytest.approx(102.0)


def test_fill_or_kill_orders_are_bunched_too(run):
    fok = {"time_in_force": "fok"}
    people = [portfolio(name, buy(5, 15, 103, **fok)) for name in ("A", "B")]
    result = run([BOOK], *people, **AVERAGE)
    assert paid(result, "A") == pytest.approx(paid(result, "B"))
    assert prices(result, "A") == pytest.approx(
        [101 + 2 / 3] * len(prices(result, "A"))
    )


def test_a_limit_holds_for_the_average_as_for_each_level(run):
    people = [portfolio(name, buy(5, 30, 102)) for name in ("A", "B")]
    result = run([BOOK], *people, **AVERAGE)
    assert result.fills["qty"].sum() == 30
    assert max(result.fills["price"]) <= 102


def test_nobody_is_favoured_exactly(run):
    people = [
        portfolio(name, buy(5, qty), buy(40, 3, 103))
        for name, qty in (("A", 7), ("B", 11), ("C", 5))
    ]
    result = run([BOOK], *people, **AVERAGE)
    figures = result.summary["fairness"]
    assert set(figures) == {"A", "B", "C"}
    assert {figure["worse_bp"] for figure in figures.values()} == {0.0}
    assert {figure["t"] for figure in figures.values()} == {0.0}
    fifo = run([BOOK], *people, **{**AVERAGE, "distribution": "fifo"})
    assert any(figure["worse_bp"] for figure in fifo.summary["fairness"].values())


def test_an_order_that_is_replaced_later_says_nothing_of_fairness(run):
    people = [
        portfolio("A", buy(5, 30, 102), replace(60, 1, price=98)),
        portfolio("B", buy(5, 30, 102)),
        portfolio("C", buy(5, 9, 102)),
    ]
    result = run([BOOK], *people, **AVERAGE)
    assert set(result.summary["fairness"]) == {"B", "C"}


def test_averaging_belongs_to_the_depth_and_the_shortfall_adds_up(run):
    people = [portfolio("A", buy(5, 20)), portfolio("B", buy(5, 10))]
    averaged, shared = (
        run([BOOK], *people, **{**AVERAGE, "distribution": policy}).costs.portfolios
        for policy in ("average_price", "pro_rata")
    )
    for column in ("spread", "delay", "timing", "fees"):
        assert averaged[column].to_list() == shared[column].to_list()
    assert averaged["depth"].to_list() == pytest.approx([20 * 2 / 3, 10 * 2 / 3])
    assert averaged["depth"].sum() == pytest.approx(shared["depth"].sum(), abs=1e-7)
    assert averaged["shortfall"].to_list() == pytest.approx([20 * 5 / 3, 10 * 5 / 3])


def test_equity_is_cash_and_worth_with_averages(run):
    people = [portfolio("A", buy(5, 20)), portfolio("B", buy(5, 10))]
    result = run([BOOK], *people, **AVERAGE)
    last = result.equity.filter(portfolio="A").tail(1)
    assert last["cash"][0] == float(result.accounts["A"].cash_end)
    assert last["equity"][0] == result.summary["portfolios"]["A"]["equity_end"]


class Listener(cb.Strategy):
    """Buy once, and keep the prices of what it is told."""

    size: cb.Qty
    at: cb.Timestamp

    def on_start(self):
        self.told = []
        self.set_timer(at=self.at)

    def on_timer(self):
        self.buy(self.size)

    def on_fill(self, fill):
        self.told.append(fill.price)

    def on_end(self):
        TOLD[self.name] = self.told


TOLD = {}


def test_a_strategy_is_told_the_average_price(run):
    TOLD.clear()
    at = {"at": START + 5}
    people = [
        {"name": name, "strategy": Listener, "params": {"size": qty, **at}}
        for name, qty in (("A", 20), ("B", 10))
    ]
    result = run([BOOK], *people, **AVERAGE)
    for name in ("A", "B"):
        assert TOLD[name] == pytest.approx([101 + 2 / 3] * len(prices(result, name)))


def test_impact_charges_are_spread_by_quantity(run):
    moved = {"kind": "square_root", "adv": 1_000, "daily_volatility": 0.02}
    people = [portfolio("A", buy(5, 20)), portfolio("B", buy(5, 10))]
    charges = {}
    for policy in ("average_price", "pro_rata"):
        settings = {**AVERAGE, "distribution": policy, "impact": moved}
        figures = run([BOOK], *people, **settings).summary["portfolios"]
        charges[policy] = [figures[name]["impact_charge"] for name in "AB"]
    a, b = charges["average_price"]
    assert a == pytest.approx(2 * b, abs=2e-8)
    assert b > 0
    assert a + b == pytest.approx(sum(charges["pro_rata"]), abs=1e-9)


def test_bunches_too_large_for_64_bits_end_the_run(run):
    huge = book(0, {1: 1}, {2**30: 2**40, 2**30 + 2: 2**40})
    people = [portfolio(name, buy(5, 2**40)) for name in ("A", "B")]
    with pytest.raises(cb.RunError, match="64-bit integers"):
        run([huge], *people, **AVERAGE)


def test_a_tick_worth_a_hundred_millionth_is_averaged_too(run):
    asks = {0.00002: 4, 0.00002001: 10}
    people = [portfolio(name, buy(5, 2)) for name in "ABC"]
    settings = {**AVERAGE, "tick": "0.00000001"}
    result = run([book(0, {0.00001: 1}, asks)], *people, **settings)
    assert result.summary["totals"]["rounding"] == 1e-8


def test_small_lots_and_a_long_walk_fit(run):
    asks = {60_000 + level: 400_000 for level in range(1, 11)}
    people = [portfolio(name, buy(5, 1_000_000)) for name in "AB"]
    result = run([book(0, {59_999: 5}, asks)], *people, **AVERAGE)
    assert min(prices(result, "A")) == pytest.approx(60_003)
    assert max(prices(result, "B")) == pytest.approx(60_003)


class Chaser(cb.Strategy):
    """Buy, and once more as soon as something is filled."""

    first: cb.Qty
    second: cb.Qty

    def on_start(self):
        self.chases = True
        self.buy(self.first)

    def on_fill(self, fill):
        if self.chases:
            self.chases = False
            self.buy(self.second)


def test_each_batch_of_one_time_is_fair_on_its_own(run):
    asks = {101: 6, 102: 5, 103: 30}
    people = [
        {"name": name, "strategy": Chaser, "params": {"first": one, "second": two}}
        for name, one, two in (("A", 5, 3), ("B", 3, 9))
    ]
    result = run([book(0, {99: 1}, asks)], *people, **AVERAGE)
    assert result.fills["ts"].n_unique() == 1
    assert set(prices(result, "A")) == set(prices(result, "B")) == {101.25, 102.75}
    figures = result.summary["fairness"].values()
    assert {(f["batches"], f["worse_bp"], f["t"]) for f in figures} == {(2, 0.0, 0.0)}


def test_a_lot_of_a_hundred_millionth_may_be_favoured(run):
    people = [portfolio(name, buy(5, 1)) for name in "ABC"]
    settings = {**AVERAGE, "tick": "0.00000001", "distribution": "fifo"}
    result = run([book(0, {1e-5: 1}, {2e-5: 1, 3e-5: 9})], *people, **settings)
    worse = sorted(f["worse_bp"] for f in result.summary["fairness"].values())
    assert worse == pytest.approx([-2500, 1250, 1250])


def test_rounding_of_many_orders_is_no_favour(run):
    many = portfolio("A", *[buy(5, 1) for _ in range(8)])
    people = [many, portfolio("B", buy(5, 13))]
    asks = {101: 7, 102: 30}
    result = run([book(0, {99: 1}, asks)], *people, **{**AVERAGE, "tick": "0.01"})
    assert {f["worse_bp"] for f in result.summary["fairness"].values()} == {0.0}
    assert result.summary["totals"]["rounding"] != 0
