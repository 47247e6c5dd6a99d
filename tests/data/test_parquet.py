import polars as pl
import pytest

from commonbook.core.errors import DataError
from commonbook.data.options import ReadOptions
from commonbook.data.parquet import read_parquet
from commonbook.data.read import read


def test_a_truncated_file_is_refused(tmp_path):
    path = tmp_path / "tape.parquet"
    pl.DataFrame({"ts_event": [1]}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(DataError, match=r"tape\.parquet: truncated or not a Parquet"):
        read(path)


def test_garbage_is_refused(tmp_path):
    path = tmp_path / "tape.parquet"
    path.write_text("ts_event,symbol\n")
    with pytest.raises(DataError, match="not a Parquet file"):
        read(path)


def test_columns_may_be_numbers_and_categories(tmp_path):
    path = tmp_path / "tape.parquet"
    pl.DataFrame(
        {
            "ts_event": pl.Series([1, 2], dtype=pl.UInt64),
            "symbol": pl.Series(["X", "X"], dtype=pl.Categorical),
            "action": pl.Series(["S", "S"], dtype=pl.Enum(["S"])),
            "side": pl.Series(["B", "A"], dtype=pl.Categorical),
            "price": [99.99, 100.01],
            "size": pl.Series(["5", "4.5"]).str.to_decimal(scale=3),
            "flags": pl.Series([128, 128], dtype=pl.UInt8),
        }
    ).write_parquet(path)
    tape = read(path, lot_size="0.5")
    assert tape.events[["price", "qty"]].tolist() == [(9999, 10), (10_001, 9)]


def test_a_column_of_lists_is_refused(tmp_path):
    path = tmp_path / "tape.parquet"
    row = {"ts_event": [1], "symbol": ["X"], "action": ["S"], "side": ["B"]}
    pl.DataFrame({**row, "price": [[1.0]], "size": [1]}).write_parquet(path)
    with pytest.raises(DataError, match="price"):
        read(path)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_parquet([tmp_path], ReadOptions())


def test_times_as_floats_are_refused(tmp_path):
    path = tmp_path / "tape.parquet"
    row = {"ts_event": [1.5], "symbol": ["X"], "action": ["S"], "side": ["B"]}
    pl.DataFrame({**row, "price": [1.0], "size": [1]}).write_parquet(path)
    with pytest.raises(DataError, match="ts_event is Float64; give integer nanosec"):
        read(path)
