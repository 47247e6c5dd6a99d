"""A sells 1000 at market while B buys 800 at market, at the same time."""

import pytest

import commonbook as cb
from tests.rules.words import (
    book,
    buy,
    ending,
    filled,
    fills,
    order,
    partners,
    portfolio,
    position,
    sell,
    sold,
    times,
)

AT = 500
BOOK = book(0, {99.99: 500, 99.98: 500}, {100.01: 500, 100.02: 500})
WALKED = {
    "A": [(500, 99.99, "taker"), (500, 99.98, "taker")],
    "B": [(500, 100.01, "taker"), (300, 100.02, "taker")],
}
NETTED = {
    "A": [(800, 100.0, "cross"), (200, 99.99, "taker")],
    "B": [(800, 100.0, "cross")],
}
SELLER = portfolio("A", sell(AT, 1000), cash=1_000_000, positions={"AAPL": 1000})
BUYER = portfolio("B", buy(AT, 800), cash=1_000_000)
YAML = """\
name: two-desks
seed: 7
data:
  - {path: book.csv, format: csv, symbol: AAPL, tick_size: 0.01, lot_size: 1}
portfolios:
  - name: A
    cash: 1_000_000
    positions: {AAPL: 1000}
    strategy: scripted
    params:
      orders:
        - {at: 2024-01-02T14:30:00.000000500Z, side: sell, qty: 1000, type: market}
    latency: {feed: 50us, order: 100us, response: 100us}
    limits: {max_position: 5000}
  - name: B
    cash: 1_000_000
    strategy: scripted
    params:
      orders:
        - {at: 2024-01-02T14:30:00.000000500Z, side: buy, qty: 800, type: market}
    latency: {feed: 50us, order: 100us, response: 100us}
execution:
  mode: shared
  shared_config:
    enable_order_netting: true
    enable_fill_distribution: true
    market_impact_model: none
  isolated_config:
    parallel_execution: true
"""
CSV = """\
ts_event,symbol,action,side,price,size
2024-01-02T14:30:00Z,AAPL,S,B,99.99,500
2024-01-02T14:30:00Z,AAPL,S,B,99.98,500
2024-01-02T14:30:00Z,AAPL,S,A,100.01,500
2024-01-02T14:30:00Z,AAPL,S,A,100.02,500
2024-01-02T14:30:01Z,AAPL,S,B,99.99,500
"""


def both(result):
    return {name: fills(result, name) for name in "AB"}


def test_as_people_write_it(tmp_path):
    (tmp_path / "book.csv").write_text(CSV)
    (tmp_path / "run.yaml").write_text(YAML)
    result = cb.run(tmp_path / "run.yaml")
    assert both(result) == NETTED
    assert times(result, "A") == [500, 100_500]
    assert times(result, "B") == [500]
    assert order(result, "A")["ts_report"] == 200_500
    figures = result.summary["portfolios"]
    assert [position(result, name) for name in "AB"] == [0, 800]
    assert figures["A"]["cash_end"] == 1_000_000 + 800 * 100 + 19_998
    assert figures["B"]["cash_end"] == 1_000_000 - 800 * 100


def test_flipping_the_mode_is_the_only_edit(tmp_path):
    (tmp_path / "book.csv").write_text(CSV)
    (tmp_path / "run.yaml").write_text(YAML.replace("mode: shared", "mode: isolated"))
    assert both(cb.run(tmp_path / "run.yaml")) == WALKED


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize("distribution", ["fifo", "pro_rata", None])
def test_netting_crosses_at_the_mid_and_sends_the_rest(run, distribution):
    result = run([BOOK], SELLER, BUYER, distribution=distribution)
    assert both(result) == NETTED
    assert position(result, "A") == 0


def test_both_sides_of_a_cross_share_an_id_and_name_each_other(run):
    result = run([BOOK], SELLER, BUYER)
    crossed = result.fills.filter(liquidity="cross")
    columns = ("portfolio", "side", "counterparty", "cross_id", "order_id")
    assert sorted(crossed.select(columns).rows()) == [
        ("A", "sell", "B", 1, 1),
        ("B", "buy", "A", 1, 1),
    ]
    assert partners(result, "A")[1] == (200, "market")
    rest = result.fills.filter(liquidity="taker")
    assert rest["cross_id"].to_list() == [None]


def test_a_cross_is_free_unless_it_has_a_fee(run):
    fees = {"taker": 0.001, "maker": 0.002}
    free = run([BOOK], SELLER, BUYER, fees=fees)
    paid = run([BOOK], SELLER, BUYER, fees=fees | {"cross": 0.0001})
    columns = ("portfolio", "liquidity", "fee", "impact_charge")
    assert sorted(free.fills.select(columns).rows()) == [
        ("A", "cross", 0.0, 0.0),
        ("A", "taker", 19.998, 0.0),
        ("B", "cross", 0.0, 0.0),
    ]
    assert sorted(paid.fills.filter(liquidity="cross")["fee"]) == [8.0, 8.0]


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize("distribution", ["fifo", "pro_rata", None])
def test_without_netting_both_walk_the_book(run, distribution):
    result = run([BOOK], SELLER, BUYER, netting=False, distribution=distribution)
    assert both(result) == WALKED
    assert set(result.fills["counterparty"]) == {"market"}
    assert result.fills["cross_id"].null_count() == result.fills.height


@pytest.mark.parametrize("netting", [True, False])
def test_isolated_both_walk_the_book(run, netting):
    assert both(run([BOOK], SELLER, BUYER, mode="isolated", netting=netting)) == WALKED


def test_in_one_group_they_net_and_in_two_they_do_not(run):
    together = run([BOOK], SELLER, BUYER, mode="groups", groups=[["A", "B"]])
    apart = run([BOOK], SELLER, BUYER, mode="groups", groups=[["A"], ["B"]])
    unnamed = run([BOOK], SELLER, BUYER, mode="groups", groups=[["A"]])
    assert both(together) == NETTED
    assert both(apart) == both(unnamed) == WALKED


def test_with_the_signs_turned(run):
    result = run([BOOK], portfolio("A", buy(AT, 1000)), portfolio("B", sell(AT, 800)))
    assert fills(result, "A") == [(800, 100.0, "cross"), (200, 100.01, "taker")]
    assert fills(result, "B") == [(800, 100.0, "cross")]


def test_equal_sizes_leave_nothing_for_the_market(run):
    result = run([BOOK], portfolio("A", sell(AT, 800)), BUYER)
    assert both(result) == {"A": [(800, 100.0, "cross")], "B": [(800, 100.0, "cross")]}
    assert order(result, "A")["ts_end"] == AT


def test_a_mid_between_two_ticks_is_exact(run):
    uneven = book(0, {99.98: 500}, {100.01: 500})
    result = run([uneven], SELLER, BUYER)
    assert fills(result, "B") == [(800, 99.995, "cross")]
    assert result.summary["portfolios"]["B"]["cash_end"] == 1_000_000 - 79_996


def test_crossing_comes_before_the_order_delay(run):
    slow, slower = {"order": "1us", "response": "2us"}, {"order": "900ns"}
    moved = book(AT + 500, {99.99: 0, 99.98: 0, 99.5: 500}, {})
    result = run([BOOK, moved], SELLER | {"latency": slow}, BUYER | {"latency": slower})
    assert times(result, "B") == [AT]
    # The rest of A's order meets the book of the time at which it arrives.
    assert fills(result, "A") == [(800, 100.0, "cross"), (200, 99.5, "taker")]
    assert times(result, "A") == [AT, AT + 1_000]
    assert order(result, "A")["ts_report"] == AT + 3_000


def test_orders_a_nanosecond_apart_do_not_meet_at_the_desk(run):
    assert both(run([BOOK], SELLER, portfolio("B", buy(AT + 1, 800)))) == WALKED


@pytest.mark.parametrize(
    ("sells", "buys"), [(99.98, 100.02), (100.0, 100.0), (None, 100.0), (99.9, None)]
)
def test_limits_that_accept_the_mid_are_crossed_at_it(run, sells, buys):
    result = run(
        [BOOK],
        portfolio("A", sell(AT, 1000, sells)),
        portfolio("B", buy(AT, 800, buys)),
    )
    assert fills(result, "B") == [(800, 100.0, "cross")]
    assert fills(result, "A")[0] == (800, 100.0, "cross")


def test_the_rest_of_a_crossed_limit_order_goes_to_the_market_and_rests(run):
    result = run([BOOK], portfolio("A", sell(AT, 1000, 100.0)), BUYER)
    assert fills(result, "A") == [(800, 100.0, "cross")]
    assert ending(result, "A") == ("expired", "end_of_data", 800)
    assert order(result, "A")["ahead"] == 0


def test_a_seller_whose_limit_is_above_the_mid_is_not_crossed(run):
    result = run([BOOK], portfolio("A", sell(AT, 1000, 100.01)), BUYER)
    assert fills(result, "A") == []
    assert fills(result, "B") == WALKED["B"]


def test_a_buyer_whose_limit_is_below_the_mid_is_not_crossed(run):
    result = run([BOOK], SELLER, portfolio("B", buy(AT, 800, 99.99)))
    assert fills(result, "A") == WALKED["A"]
    assert fills(result, "B") == []


def test_post_only_orders_are_not_netted(run):
    buyer = portfolio("B", buy(AT, 800, 100.0, time_in_force="post_only"))
    result = run([BOOK], SELLER, buyer)
    # They are in one batch: A takes before B joins the queue.
    assert both(result) == {"A": WALKED["A"], "B": []}
    assert ending(result, "B") == ("expired", "end_of_data", 0)


def test_a_portfolio_enters_with_its_own_net_the_latest_orders_go_to_the_market(run):
    both_ways = portfolio("A", sell(AT, 600), sell(AT, 400), buy(AT, 300))
    result = run([BOOK], both_ways, BUYER)
    # 1000 - 300 = 700 enter: all of the first order and 100 of the second.
    rows = result.fills.filter(portfolio="A").select(
        "order_id", "side", "qty", "price", "liquidity"
    )
    assert sorted(rows.rows()) == [
        (1, "sell", 600, 100.0, "cross"),
        (2, "sell", 100, 100.0, "cross"),
        (2, "sell", 300, 99.99, "taker"),
        (3, "buy", 300, 100.01, "taker"),
    ]
    crossed = result.fills.filter(portfolio="B", liquidity="cross")
    assert crossed["qty"].sum() == 700
    assert fills(result, "B")[-1] == (100, 100.01, "taker")


def test_a_portfolio_never_crosses_with_itself(run):
    result = run([BOOK], portfolio("A", sell(AT, 100), buy(AT, 100)), portfolio("B"))
    assert sorted(fills(result, "A")) == [(100, 99.99, "taker"), (100, 100.01, "taker")]


def test_the_heavier_side_is_served_pro_rata(run):
    people = [SELLER, portfolio("C", sell(AT, 600)), BUYER]
    result = run([BOOK], *people, distribution="pro_rata")
    assert fills(result, "B") == [(500, 100.0, "cross"), (300, 100.0, "cross")]
    # Of the 500 at 99.99 they want 500 and 300: 312.5 and 187.5, the larger is first.
    assert fills(result, "A") == [
        (500, 100.0, "cross"),
        (313, 99.99, "taker"),
        (187, 99.98, "taker"),
    ]
    assert fills(result, "C") == [
        (300, 100.0, "cross"),
        (187, 99.99, "taker"),
        (113, 99.98, "taker"),
    ]


def test_the_heavier_side_is_served_in_tie_order(run):
    sellers = [portfolio(name, sell(AT, 800)) for name in "AC"]
    winners = set()
    for seed in range(8):
        result = run([BOOK], *sellers, BUYER, seed=seed)
        crossed = result.fills.filter(liquidity="cross", side="sell")
        assert crossed["qty"].to_list() == [800]
        winners |= set(crossed["portfolio"])
    assert winners == {"A", "C"}


def test_own_resting_orders_narrow_the_cross(run):
    # A bid of the group at 100.00 makes the mid 100.005.
    maker = portfolio("M", buy(AT - 1, 10, 100.0))
    result = run(
        [BOOK], maker, portfolio("A", sell(AT, 100)), portfolio("B", buy(AT, 100))
    )
    assert fills(result, "A") == [(100, 100.005, "cross")]
    assert fills(result, "M") == []


def test_orders_of_other_groups_do_not_narrow_the_cross(run):
    maker = portfolio("M", buy(AT - 1, 10, 100.0))
    people = [maker, portfolio("A", sell(AT, 100)), portfolio("B", buy(AT, 100))]
    result = run([BOOK], *people, mode="groups", groups=[["A", "B"], ["M"]])
    assert fills(result, "A") == [(100, 100.0, "cross")]


@pytest.mark.parametrize(
    "market",
    [
        book(0, {99.99: 500}, {}),
        book(0, {}, {100.01: 500}),
        book(0, {100.0: 500}, {100.0: 500}),
        book(0, {100.01: 500}, {100.0: 500}),
    ],
    ids=["no asks", "no bids", "locked", "crossed"],
)
def test_without_a_spread_there_is_no_cross(run, market):
    result = run([market], SELLER, BUYER)
    assert "cross" not in set(result.fills["liquidity"])


def test_a_cross_takes_nothing_from_the_book(run):
    later = portfolio("C", buy(AT + 1, 1000), sell(AT + 1, 1000))
    result = run([BOOK], portfolio("A", sell(AT, 800)), BUYER, later)
    assert sorted(fills(result, "C")) == [
        (500, 99.98, "taker"),
        (500, 99.99, "taker"),
        (500, 100.01, "taker"),
        (500, 100.02, "taker"),
    ]


def test_a_cross_moves_no_queue(run):
    maker = portfolio("M", buy(AT - 1, 10, 99.99))
    people = [maker, portfolio("A", sell(AT, 800)), BUYER]
    assert filled(run([BOOK, sold(AT + 1, 99.99, 500)], *people), "M") == [0]
    assert filled(run([BOOK, sold(AT + 1, 99.99, 510)], *people), "M") == [10]
