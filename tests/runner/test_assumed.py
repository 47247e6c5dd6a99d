"""Data without a book: what must be stated, and what the results say of it."""

import pytest

import commonbook as cb
from commonbook.core.errors import ConfigError
from commonbook.data.instrument import Instrument
from commonbook.data.tape import Tape
from tests.data.tapes import LAST, events_of

TEN = Instrument("X", "0.01", 10)
BUYS = {
    "at": "1970-01-01T00:00:00.000000005Z",
    "side": "buy",
    "qty": 60,
    "type": "market",
    "symbol": "X",
}


def trades(*instruments: Instrument) -> Tape:
    rows = [
        (ts, "T", "A", 10_000, 30, LAST, code)
        for ts in (1, 10)
        for code in range(len(instruments))
    ]
    return Tape.from_events(events_of(rows), instruments)


def config(tape: Tape, **rules: object) -> dict[str, object]:
    return {
        "data": tape,
        "execution": {"trades_only": rules} if rules else {},
        "portfolios": [
            {"name": "a", "strategy": "scripted", "params": {"orders": [BUYS]}}
        ],
    }


def test_without_a_stated_market_such_data_cannot_run():
    with pytest.raises(ConfigError) as caught:
        cb.run(config(trades(TEN, Instrument("Y", 1, 1))))
    (problem,) = caught.value.problems
    assert problem.path == "execution.trades_only"
    assert "X, Y: the data has trades but no book" in problem.message


def test_without_a_book_nothing_can_be_matched_pro_rata():
    shared = config(trades(TEN, Instrument("Y", 1, 1)), spread_ticks=3, size=10)
    shared["data"] = {"tape": shared["data"], "matching": {"X": "pro_rata"}}
    with pytest.raises(ConfigError) as caught:
        cb.run(shared)
    (problem,) = caught.value.problems
    assert problem.path == "data: matching of X"
    assert problem.message.startswith("matching pro_rata needs a book")


def test_takers_pay_the_stated_spread_up_to_the_stated_part():
    result = cb.run(config(trades(TEN), spread_ticks=3, participation="0.1"))
    (fill,) = result.fills.iter_rows(named=True)
    assert (fill["price"], fill["qty"]) == (100.015, 30.0)
    assert result.summary["portfolios"]["a"]["reasons"] == {"no_liquidity": 1}
    assert result.summary["warnings"][-1] == (
        "X: no book, trades only; assumed are quotes 3 ticks apart around the last "
        "price with 0.1 of what was printed on each side, and resting orders fill by "
        "prints through their price"
    )


def test_a_size_may_be_stated_instead():
    rules = {"spread_ticks": {"X": 2}, "size": 20, "fill_at_price": "always"}
    result = cb.run(config(trades(TEN), **rules))
    assert result.fills["qty"].to_list() == [20.0]
    assert "with 20 units on each side" in result.summary["warnings"][-1]
    assert "at or through their price" in result.summary["warnings"][-1]


def test_the_position_is_valued_at_the_last_price():
    result = cb.run(config(trades(TEN), spread_ticks=3, participation=1))
    assert result.summary["portfolios"]["a"]["unrealised_pnl"] == pytest.approx(
        -0.015 * 60
    )


def test_what_is_missing_for_a_symbol_is_named():
    rules = {"spread_ticks": {"Y": 1}, "size": 15}
    with pytest.raises(ConfigError) as caught:
        cb.run(config(trades(TEN), **rules))
    assert [problem.path for problem in caught.value.problems] == [
        "execution.trades_only.spread_ticks.X",
        "execution.trades_only.size",
    ]


def test_a_stated_market_that_nothing_needs_is_told():
    tape = cb.synth(seconds=1, symbol="X")
    result = cb.run(config(tape, spread_ticks=1, size=1))
    assert (
        "trades_only: every instrument has a book, so it changes nothing"
        in (result.summary["warnings"])
    )


def test_the_fingerprint_is_that_of_the_data_itself(tmp_path):
    tape = trades(TEN)
    result = cb.run(config(tape, spread_ticks=1, participation=1), out=tmp_path / "run")
    assert result.info.data[0]["sha256"] == tape.digest
    assert result.info.data[0]["events"] == len(tape)
