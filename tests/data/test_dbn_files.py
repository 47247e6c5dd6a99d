import contextlib

import databento_dbn
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonbook.core.errors import DataError
from commonbook.data.dbn_files import SCHEMAS, read_dbn_file
from commonbook.data.read import read
from tests.data.dbn_bytes import LAST, levels, metadata, orders, write

ONE = orders((1, "A", "B", 100, 5, 70, LAST))


@pytest.mark.nojit
def test_records_are_found_between_others(tmp_path):
    other = bytes([4, 20]) + bytes(14)
    path = write(tmp_path / "x.dbn", "mbo", other, ONE, other, ONE)
    found = read_dbn_file(path)
    assert (found.records.size, found.n_skipped) == (2, 2)
    assert found.records[1] == ONE[0]


def test_records_that_say_when_they_were_sent_are_read(tmp_path):
    sent = ONE.copy()
    sent["length"] += 2
    path = tmp_path / "x.dbn"
    path.write_bytes(metadata("mbo", {7: "X"}, ts_out=True) + sent.tobytes() + bytes(8))
    found = read_dbn_file(path)
    assert found.records["order_id"].tolist() == [70]


def test_a_name_of_several_instruments_gets_their_numbers(tmp_path):
    both = orders((1, "A", "B", 1, 1, 1, LAST, 7), (1, "A", "B", 1, 1, 1, LAST, 8))
    path = write(tmp_path / "x.dbn", "mbo", both, symbols={7: "ES", 8: "NQ"})
    assert read_dbn_file(path).symbols == {7: "ES", 8: "NQ"}


@pytest.mark.parametrize("length", [0, 3])
def test_a_record_that_states_an_impossible_length_is_refused(tmp_path, length):
    broken = ONE.copy()
    broken["length"] = length
    path = write(tmp_path / "x.dbn", "mbo", ONE, broken)
    with pytest.raises(DataError, match=r"no whole record at byte \d+ of \d+"):
        read(path)


def test_a_record_of_another_length_is_refused(tmp_path):
    longer = ONE.copy()
    longer["length"] += 2
    path = write(tmp_path / "x.dbn", "mbo", longer, bytes(8))
    with pytest.raises(DataError, match=r"record 1 has 64 bytes; .* of mbo have 56"):
        read(path)


@pytest.mark.parametrize("cut", [1, 30, 55, 60, 400, 700])
def test_a_truncated_file_is_refused(tmp_path, cut):
    path = write(tmp_path / "x.dbn", "mbo", ONE, ONE)
    data = path.read_bytes()
    path.write_bytes(data[:-cut])
    with pytest.raises(DataError, match=r"x\.dbn: (truncated|not a DBN|no records)"):
        read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a DBN file"),
        (b"ts_event,price\n", "not a DBN file: .* fragments"),
        (b"DBN\xff\x05\x00\x00\x00abcde", "damaged, or not a DBN file"),
        (b"P*M\x18\x90\x00\x00\x00DBZ\x01", "a DBZ file, the format before DBN"),
        (b"DBN\x03\xff\xff\xff\x7f", "truncated: the header has"),
        (b"\x28\xb5\x2f\xfd", "truncated or damaged: the compressed frame at byte 0"),
        (b"\x28\xb5\x2f\xfd\x00\x58\x06\x00\x00", "truncated or damaged"),
    ],
)
def test_what_is_no_dbn_file_is_refused(tmp_path, content, message):
    path = tmp_path / "x.dbn"
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf"x\.dbn: {message}"):
        read(path)


@pytest.mark.parametrize("schema", ["trades", "tbbo", "ohlcv-1m", "definition"])
def test_a_schema_that_makes_no_book_lists_those_that_do(tmp_path, schema):
    path = write(tmp_path / "x.dbn", schema)
    with pytest.raises(DataError, match=f"schema {schema} makes no book; .* mbo, mbp"):
        read(path)


def test_files_of_two_schemas_are_no_tape(tmp_path):
    paths = [write(tmp_path / f"{s}.dbn", s, ONE) for s in ("mbo",)]
    paths.append(write(tmp_path / "mbp-1.dbn", "mbp-1"))
    with pytest.raises(DataError, match="schemas mbo, mbp-1 are not one tape"):
        read(paths)


def test_the_layouts_are_as_long_as_their_records():
    sizes = {name: layout.itemsize for name, (_, layout) in SCHEMAS.items()}
    assert sizes == {
        "mbo": databento_dbn.MBOMsg.size_hint,
        "mbp-1": databento_dbn.MBP1Msg.size_hint,
        "mbp-10": databento_dbn.MBP10Msg.size_hint,
    }


@pytest.mark.parametrize(
    "name", ["test_data.mbo.dbz", "test_data.definition.v1.dbn.frag"]
)
def test_official_files_of_other_formats_are_refused(market_data, name):
    with pytest.raises(DataError, match=r"DBZ|not a DBN file"):
        read(market_data(f"dbn-official/{name}"), "dbn")


def test_every_cut_of_a_compressed_file_is_refused(market_data, tmp_path):
    data = market_data("dbn-official/test_data.mbo.v3.dbn.zst").read_bytes()
    path = tmp_path / "x.dbn.zst"
    for size in range(len(data)):
        path.write_bytes(data[:size])
        with pytest.raises(DataError, match=r"x\.dbn\.zst: "):
            read(path)


def test_a_damaged_compressed_file_is_refused(market_data, tmp_path):
    data = market_data("dbn-official/test_data.mbo.v3.dbn.zst").read_bytes()
    path = tmp_path / "x.dbn.zst"
    for place in range(40, len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 255]) + data[place + 1 :])
        with pytest.raises(DataError, match=r"x\.dbn\.zst: "):
            read(path)


@settings(max_examples=200)
@given(st.data())
def test_whatever_the_bytes_are_nothing_but_a_refusal_comes_of_them(
    tmp_path_factory, data
):
    path = tmp_path_factory.mktemp("dbn") / "x.dbn"
    draw = data.draw(st.sampled_from(["mbo", "mbp-10"]))
    rows = [(k, "A", [(99, 5 + k)], [(101, 4)]) for k in range(4)]
    records = orders(*[(1, "A", "B", 99, 5, k, LAST) for k in range(4)])
    whole = write(path, draw, records if draw == "mbo" else levels(10, *rows))
    content = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with contextlib.suppress(DataError):
        read(path).top_of_book()
