from commonbook.data.instrument import Instrument
from commonbook.data.synth import synth
from commonbook.data.traded import traded_lots
from tests.data.tapes import CENT, LAST, tape_of_rows


def test_the_trades_of_each_instrument_are_added_up(monkeypatch):
    tape = tape_of_rows(
        (1, "S", "B", 100, 5, LAST, 0),
        (2, "T", "A", 100, 2, 0, 0),
        (2, "T", "A", 100, 3, LAST, 0),
        (3, "T", "N", 100, 7, LAST, 1),
        instruments=(CENT, Instrument("Y", "1", "1"), Instrument("Z", "1", "1")),
    )
    assert traded_lots(tape.events, 3) == (5, 7, 0)
    monkeypatch.setattr("commonbook.data.pieces.pieces.__defaults__", (1,))
    assert traded_lots(tape.events, 3) == (5, 7, 0)


def test_it_is_the_sum_of_the_column_of_trades():
    tape = synth(3, 20)
    trades = tape.to_frame().filter(action="T")["size"].cast(float)
    assert traded_lots(tape.events, 1) == (int(trades.sum()),)
