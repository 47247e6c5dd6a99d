"""Instruments that are matched in proportion to size, as people configure them."""

import pytest

import commonbook as cb
from commonbook.data.store import save_tape
from tests.rules.words import (
    book,
    buy,
    filled,
    fills,
    order,
    portfolio,
    sell,
    sold,
)

BOOK = book(0, {99: 30}, {101: 30})
BIDS = [portfolio("A", buy(5, 10, 99)), portfolio("B", buy(6, 10, 99))]
CME = {"kind": "pro_rata", "min_share": 2, "top_order": True}


@pytest.mark.parametrize("by_order", [False, True])
@pytest.mark.parametrize(
    ("matching", "expected"),
    [
        (None, [0, 0]),
        ("fifo", [0, 0]),
        ("pro_rata", [3, 3]),
        ({"AAPL": "pro_rata"}, [3, 3]),
        ({"kind": "pro_rata", "min_share": 4}, [0, 0]),
    ],
)
def test_a_print_is_shared_by_size_where_the_instrument_says_so(
    run, matching, expected, by_order
):
    packets = [BOOK, sold(20, 99, 17)]
    result = run(packets, *BIDS, matching=matching, by_order=by_order)
    assert filled(result, "A", "B") == expected
    assert [order(result, name)["ahead"] for name in "AB"] == [30, 40]


@pytest.mark.parametrize(("by_order", "expected"), [(False, [3, 3]), (True, [0, 0])])
def test_the_top_order_of_the_tape_is_known_where_it_names_its_orders(
    run, by_order, expected
):
    packets = [BOOK, sold(20, 99, 17)]
    result = run(packets, *BIDS, matching={"AAPL": CME}, by_order=by_order)
    assert filled(result, "A", "B") == expected


def test_the_order_that_betters_the_market_gives_first(run):
    people = [portfolio("A", buy(5, 10, 100)), portfolio("B", buy(6, 10, 100))]
    packets = [BOOK, sold(20, 100, 12)]
    assert filled(run(packets, *people, matching=CME), "A", "B") == [10, 2]
    assert filled(run(packets, *people, matching="pro_rata"), "A", "B") == [6, 6]


def test_a_taker_takes_from_the_group_and_the_tape(run):
    people = [portfolio("A", sell(5, 10, 101)), portfolio("B", buy(6, 20))]
    result = run([BOOK], *people, matching="pro_rata")
    assert fills(result, "B") == [(15, 101.0, "taker"), (5, 101.0, "taker")]
    assert filled(result, "A") == [5]


def test_a_smallest_share_is_whole_lots(run):
    rule = {"kind": "pro_rata", "min_share": 1.5}
    with pytest.raises(cb.ConfigError, match="matching of AAPL: min_share: AAPL: size"):
        run([BOOK], *BIDS, matching=rule)


def test_a_stored_tape_is_matched_as_the_configuration_says(tmp_path):
    tape = cb.synth(seed=3, seconds=60)
    save_tape(tape, tmp_path / "stored")
    maker = {
        "name": "M",
        "strategy": "market_maker",
        "params": {"half_spread_ticks": 0.5, "size": 20, "every": "1s"},
    }
    config = {"data": {"path": str(tmp_path / "stored")}, "portfolios": [maker]}
    by_time = cb.run(config)
    config["data"]["matching"] = "pro_rata"
    by_size = cb.run(config)
    assert by_time.fills.rows() != by_size.fills.rows()
    assert by_size.summary["portfolios"]["M"]["fills"] > 0
