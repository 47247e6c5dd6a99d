import pytest

from commonbook.core.errors import DataError
from commonbook.data.read import READERS, read
from commonbook.data.schema import FORMATS
from tests.data.tapes import small_tape


def test_every_format_has_a_reader():
    assert set(READERS) == set(FORMATS)


def test_an_unknown_format_lists_the_known_ones(tmp_path):
    path = tmp_path / "tape.csv"
    small_tape().write(path)
    with pytest.raises(DataError, match="csv, parquet, binance-stream"):
        read(path, format="morse")


def test_a_name_that_tells_no_format_asks_for_one(tmp_path):
    path = tmp_path / "tape.dat"
    path.write_text("x")
    with pytest.raises(DataError, match=r"tape\.dat: .* give format: csv, parquet"):
        read(path)


def test_several_files_are_one_tape_and_the_book_goes_on(tmp_path):
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    whole = small_tape()
    frame = whole.to_frame()
    frame[:3].write_csv(first)
    frame[3:].write_csv(second)
    assert read([first, second]).digest == whole.digest


def test_files_in_the_wrong_order_are_named(tmp_path):
    early, late = tmp_path / "early.csv", tmp_path / "late.csv"
    small_tape(1).write(early)
    small_tape(100).write(late)
    with pytest.raises(DataError, match=r"early\.csv: row 1: time goes backwards"):
        read([late, early])


def test_files_with_other_columns_are_named(tmp_path):
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    small_tape(1).to_frame().write_csv(first)
    small_tape(50).to_frame().drop("flags").write_csv(second)
    with pytest.raises(DataError, match=r"2\.csv: its columns"):
        read([first, second])


def test_files_of_two_formats_are_no_tape(tmp_path):
    small_tape().write(tmp_path / "1.csv")
    small_tape(50).write(tmp_path / "2.parquet")
    with pytest.raises(DataError, match="different formats"):
        read([tmp_path / "1.csv", tmp_path / "2.parquet"])


def test_missing_files_repeated_files_and_none_are_refused(tmp_path):
    path = tmp_path / "tape.csv"
    with pytest.raises(DataError, match=r"tape\.csv: no such file"):
        read(path)
    with pytest.raises(DataError, match="a folder without a stored tape"):
        read(tmp_path)
    small_tape().write(path)
    with pytest.raises(DataError, match="given twice"):
        read([path, path])
    with pytest.raises(DataError, match="no file given"):
        read([])


def test_compression_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / "tape.csv.zst"
    path.write_bytes(b"x")
    with pytest.raises(DataError, match=r"\.zst cannot be read"):
        read(path, format="csv")
