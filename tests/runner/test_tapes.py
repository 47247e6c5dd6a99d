from decimal import Decimal

import pytest

import commonbook as cb
from commonbook.config import load
from commonbook.data.matching import Matching
from commonbook.runner.tapes import load_tape, provenance

TWAP = {
    "side": "buy",
    "qty": 10,
    "start": "2024-01-02T14:31:00Z",
    "end": "2024-01-02T14:40:00Z",
    "slices": 2,
}


@pytest.fixture(scope="module")
def tape():
    return cb.synth(seconds=1)


def config(tape, portfolios, **execution):
    wanted = [
        {"name": name, "strategy": "twap", "params": TWAP, **fields}
        for name, fields in portfolios.items()
    ]
    return load({"data": tape, "portfolios": wanted, "execution": execution})


def test_provenance_names_the_data(tape):
    found = provenance(tape)
    assert found["sha256"] == tape.digest
    assert found["events"] == len(tape)
    assert found["instruments"][0]["tick_size"] == "0.01"


def test_a_generated_source_is_the_generator_s_tape(tape):
    wanted = config({"synth": {"seed": 1, "duration": "1s"}}, {"A": {}})
    stages = []
    loaded = load_tape(wanted.data, lambda *stage: stages.append(stage))
    assert loaded.digest == tape.digest
    assert stages == [("reading generated data", 0, 0)]


def test_files_are_read_and_merged(tape, tmp_path):
    tape.write(tmp_path / "a.csv")
    other = cb.synth(seed=2, seconds=1, symbol="OTHER")
    other.write(tmp_path / "b.parquet")
    units = {"tick_size": "0.01", "lot_size": 1}
    sources = [
        {"path": str(tmp_path / name), **units} for name in ("a.csv", "b.parquet")
    ]
    twap = {"params": TWAP | {"symbol": "OTHER"}}
    wanted = config(sources, {"A": twap})
    loaded = load_tape(wanted.data, lambda *_: None)
    assert loaded.symbols == ("SYNTH", "OTHER")
    assert len(loaded) == len(tape) + len(other)


def test_something_like_a_tape_is_not_enough(tape):
    class Impostor:
        events = tape.events
        instruments = tape.instruments

    with pytest.raises(cb.ConfigError, match=r"data\[0\]: found a Impostor"):
        load_tape(config(Impostor(), {"A": {}}).data, lambda *_: None)


def test_a_source_of_kind_l3_is_order_by_order():
    wanted = config({"synth": {"kind": "l3", "seed": 3, "duration": "5s"}}, {"A": {}})
    made = load_tape(wanted.data, lambda *_: None)
    assert made.digest == cb.synth_orders(seed=3, seconds=5).digest


def test_a_lobster_source_has_its_order_book(tmp_path):
    name = "AMZN_2012-06-21_34200000_57600000"
    messages = tmp_path / f"{name}_message_1.csv"
    messages.write_text("34200.5,1,7,5,99900,1\n")
    book = tmp_path / f"{name}_orderbook_1.csv"
    book.write_text("0,0,99900,5\n")
    source = {"path": str(messages), "format": "lobster", "orderbook": str(book)}
    wanted = config(source, {"A": {}})
    made = load_tape(wanted.data, lambda *_: None)
    assert made.verify()["free_running_agreed"] == 1


NEW_YORK = {"close": "16:00", "timezone": "America/New_York"}


def test_a_source_says_when_its_instruments_close(tape):
    loaded = load_tape(
        config([{"tape": tape, "session": NEW_YORK}], {"A": {}}).data, lambda *_: None
    )
    (instrument,) = loaded.instruments
    assert (instrument.session.close, instrument.session.timezone) == (
        "16:00",
        "America/New_York",
    )
    assert loaded.events is tape.events
    assert loaded.digest == tape.digest
    assert tape.instruments[0].session.timezone == "UTC"


def test_each_instrument_keeps_its_own_session(tape):
    other = cb.synth(seed=2, seconds=1, symbol="OTHER")
    sources = [
        {"tape": tape},
        {"tape": other, "session": {"OTHER": NEW_YORK}},
    ]
    wanted = config(sources, {"A": {"params": TWAP | {"symbol": "OTHER"}}})
    loaded = load_tape(wanted.data, lambda *_: None)
    zones = [instrument.session.timezone for instrument in loaded.instruments]
    assert zones == ["UTC", "America/New_York"]


def test_a_source_says_how_its_instruments_are_matched(tape):
    other = cb.synth(seed=2, seconds=1, symbol="OTHER")
    rule = {"kind": "pro_rata", "min_share": 2, "top_order": True}
    sources = [{"tape": tape}, {"tape": other, "matching": {"OTHER": rule}}]
    wanted = config(sources, {"A": {"params": TWAP | {"symbol": "OTHER"}}})
    loaded = load_tape(wanted.data, lambda *_: None)
    assert [i.matching for i in loaded.instruments] == [
        Matching(),
        Matching("pro_rata", Decimal(2), top_order=True),
    ]
    assert other.instruments[0].matching.kind == "fifo"


def test_a_matching_of_an_instrument_that_is_not_there_is_refused(tape):
    source = {"tape": tape, "matching": {"ZT": "pro_rata"}}
    with pytest.raises(cb.ConfigError, match=r"matching\.ZT: found 'ZT'; the data has"):
        load_tape(config([source], {"A": {}}).data, lambda *_: None)


def test_generated_data_closes_as_it_is_told():
    wanted = config({"synth": {"duration": "1s", "session": NEW_YORK}}, {"A": {}})
    (instrument,) = load_tape(wanted.data, lambda *_: None).instruments
    assert instrument.session.timezone == "America/New_York"


def test_a_session_of_an_instrument_that_is_not_there_is_refused(tape):
    wanted = config([{"tape": tape, "session": {"OTHER": NEW_YORK}}], {"A": {}})
    message = r"data\[0\].session.OTHER: found 'OTHER'; the data has SYNTH"
    with pytest.raises(cb.ConfigError, match=message):
        load_tape(wanted.data, lambda *_: None)
