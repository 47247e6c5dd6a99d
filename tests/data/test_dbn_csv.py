import gzip
from decimal import Decimal

import numpy as np
import pytest

from commonbook.core.enums import Action
from commonbook.core.errors import DataError
from commonbook.data.read import read
from tests.data.dbn_bytes import LAST, NO_PRICE, SNAPSHOT, levels, orders, write

ORDERS = orders(
    (5, "R", "N", None, 0, 0, SNAPSHOT),
    (6, "A", "B", 9975, 5, 2**63 + 70, SNAPSHOT),
    (7, "A", "A", 10_025, 4, 71, SNAPSHOT | LAST),
    (10, "T", "A", 9975, 2, 99, 0),
    (10, "F", "B", 9975, 2, 2**63 + 70, 0),
    (11, "C", "B", 9975, 2, 2**63 + 70, LAST),
)
LEVELS = levels(
    10,
    (1, "A", [(9975, 5), (9950, 1)], [(10_025, 4)]),
    (2, "T", [(9975, 5), (9950, 1)], [(10_025, 4)], ("A", 9975, 2)),
    (2, "C", [(9975, 3), (9950, 1)], [(10_025, 4)]),
)
NAMES = ("ts_recv", "ts_event", "instrument_id", "action", "side", "price", "size")


def price_text(price: int, pretty: bool) -> str:
    if price == NO_PRICE:
        return ""
    return f"{Decimal(int(price)) / 10**9:.9f}" if pretty else str(price)


def cells_of(record: np.void, pretty: bool) -> dict[str, str]:
    cells = {
        name: record[name].decode()
        if name in {"action", "side"}
        else price_text(record[name], pretty)
        if name == "price"
        else str(record[name])
        for name in (*NAMES, "flags", "sequence")
    }
    if "order_id" in record.dtype.names:
        return cells | {"order_id": str(record["order_id"])}
    for place, level in enumerate(record["levels"]):
        for side in ("bid", "ask"):
            cells[f"{side}_px_{place:02}"] = price_text(level[side], pretty)
            cells[f"{side}_sz_{place:02}"] = str(level[f"{side}_size"])
    return cells


def rows_of(records: np.ndarray, pretty: bool = True) -> list[dict[str, str]]:
    return [cells_of(record, pretty) | {"symbol": "ESM4"} for record in records]


def write_csv(path, rows):
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("pretty", [True, False])
@pytest.mark.parametrize(("schema", "records"), [("mbo", ORDERS), ("mbp-10", LEVELS)])
def test_csv_is_read_as_the_same_records_in_dbn(tmp_path, schema, records, pretty):
    path = write_csv(tmp_path / "x.csv", rows_of(records, pretty))
    tape = read(path, "databento-csv")
    same = read(write(tmp_path / "x.dbn", schema, records))
    assert tape.digest == same.digest
    assert tape.sequence.tolist() == same.sequence.tolist()
    assert tape.notes == same.notes


def test_instruments_are_told_by_name_or_by_number(tmp_path):
    rows = rows_of(ORDERS[1:3])
    rows[1]["symbol"], rows[1]["instrument_id"] = "NQM4", "8"
    rows[0]["flags"] = str(LAST)
    for left_out, symbols in (
        ("instrument_id", ("ESM4", "NQM4")),
        ("symbol", ("7", "8")),
        ("ts_recv", ("ESM4", "NQM4")),
    ):
        some = [{k: v for k, v in row.items() if k != left_out} for row in rows]
        tape = read(write_csv(tmp_path / "x.csv", some), "databento-csv")
        assert tape.symbols == symbols


@pytest.mark.parametrize(
    ("name", "cell", "message"),
    [
        ("ts_event", "noon", "ts_event 'noon' is not a time"),
        ("ts_event", "", "ts_event is empty"),
        ("action", "Add", "action 'Add' is not one letter"),
        ("action", "X", "action .*X.* is not known"),
        ("side", "", "side is empty"),
        ("price", "1O0", "price '1O0' is not a number"),
        ("price", "", "price .* is not a multiple"),
        ("price", "99.7500000001", r"price 99\.7500000001 is not a multiple"),
        ("size", "-1", "size '-1' is not a whole number 0 to 4294967295"),
        ("size", "4294967296", "size '4294967296' is not a whole number"),
        ("flags", "256", "flags '256' is not a whole number 0 to 255"),
        ("order_id", "", "order_id is empty"),
        ("order_id", "x1", "order_id 'x1' is not a whole number"),
    ],
)
def test_a_bad_cell_is_named_with_what_is_allowed(tmp_path, name, cell, message):
    rows = rows_of(ORDERS)
    rows[2][name] = cell
    path = write_csv(tmp_path / "x.csv", rows)
    with pytest.raises(DataError, match=rf"x\.csv: row 3: {message}"):
        read(path, "databento-csv")


@pytest.mark.parametrize(
    ("left_out", "message"),
    [
        ({"flags"}, "no column flags; it has ts_recv"),
        ({"symbol", "instrument_id"}, "no column symbol or instrument_id"),
        ({"order_id"}, r"no column order_id \(mbo\) or bid_px_00"),
    ],
)
def test_missing_columns_are_named(tmp_path, left_out, message):
    rows = [
        {k: v for k, v in row.items() if k not in left_out} for row in rows_of(ORDERS)
    ]
    path = write_csv(tmp_path / "x.csv", rows)
    with pytest.raises(DataError, match=rf"x\.csv: {message}"):
        read(path, "databento-csv")


def test_a_level_that_is_missing_is_named(tmp_path):
    rows = [
        {k: v for k, v in row.items() if k != "ask_sz_03"} for row in rows_of(LEVELS)
    ]
    path = write_csv(tmp_path / "x.csv", rows)
    with pytest.raises(DataError, match=r"x\.csv: no column ask_sz_03; it has"):
        read(path, "databento-csv")


def test_a_file_without_rows_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(",".join(rows_of(ORDERS)[0]) + "\n")
    with pytest.raises(DataError, match=r"x\.csv: no rows"):
        read(path, "databento-csv")


def test_selected_orders_of_es_are_read(market_data):
    path = market_data("dbn-csv-es/GLBX.MDP3-selected.csv")
    tape = read(path, "databento-csv")
    assert (tape.symbols, tape.by_order) == (("ES.v.0",), (True,))
    # The rows are a selection, so many orders were never added.
    assert "79 cancels and executions of unknown orders dropped" in tape.notes


def test_a_damaged_price_in_a_real_file_is_found(market_data, tmp_path):
    path = market_data("dbn-csv-aapl-mbp10/first_25000_rows.csv.gz")
    with pytest.raises(DataError, match=r"row 21: bid_px_02 '2 33\.53' is not"):
        read(path, "databento-csv")
    whole = tmp_path / "x.csv"
    text = gzip.decompress(path.read_bytes()).decode()
    whole.write_text(text.replace("2 33.53", "233.53"))
    tape = read(whole, "databento-csv")
    assert tape.packets == 5_000
    assert np.count_nonzero(tape.events["action"] == Action.TRADE) == 286
    frame = tape.top_of_book()
    assert (frame["bid_px_00"] < frame["ask_px_00"]).all()
