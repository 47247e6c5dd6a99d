"""Orders from a CSV file."""

from pathlib import Path

import pytest

from commonbook.config import load
from tests.config.builders import config, messages_of, scripted

HEADER = "at,side,qty,type,price,time_in_force,post_only,reduce_only,id,cancel\n"
COLUMNS = "; allowed: a header of unlike names, among them at"
PATH = "portfolios[0].params.orders"


def portfolio(path: Path) -> dict[str, object]:
    return {"name": "s", "strategy": "scripted", "params": {"orders": str(path)}}


def test_a_file_of_orders_is_the_same_as_a_list(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(
        HEADER + "2024-01-02T14:30:00.000000500Z,sell,1_000,market,,,,,,\n"
        "1704205800000000600, buy ,0.5,,99.99,,reprice,true,7,\n"
        "1704205800000000700,,,,,,,,,7\n"
    )
    entries = [
        {"at": "2024-01-02T14:30:00.000000500Z", "side": "sell", "qty": 1000},
        {
            "at": 1_704_205_800_000_000_600,
            "side": "buy",
            "qty": "0.5",
            "price": "99.99",
            "post_only": "reprice",
            "reduce_only": True,
            "id": 7,
        },
        {"at": 1_704_205_800_000_000_700, "cancel": 7},
    ]
    from_file = load(config(portfolio(path))).portfolios
    assert from_file == load(config(scripted(*entries))).portfolios


def test_a_bad_row_is_named_with_file_and_row(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("at,side,qty\n5,buy,1\n6,bye,-1\n")
    assert list(messages_of(config(portfolio(path))).values())[-1:] == [
        f"{path}, row 2: qty: found '-1'; allowed: more than 0"
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "orders.txt",
            "at\n",
            "found '{path}'; allowed: a list of orders, or a .csv file",
        ),
        ("none.csv", None, "cannot read {path}: No such file or directory"),
        (
            "o.csv",
            "",
            "{path}: found the columns nothing" + COLUMNS,
        ),
        (
            "o.csv",
            "at,at\n",
            "{path}: found the columns at, at" + COLUMNS,
        ),
        (
            "o.csv",
            "at,side\n5,buy\n6\n",
            "{path}, row 2: found 1 cells; allowed: 2 as in the header",
        ),
        (
            "o.csv",
            'at,side\n5,"buy\n',
            "{path} is not valid CSV: unexpected end of data",
        ),
        (
            "o.csv",
            "at,side\n\n5,buy\n",
            "{path}, row 1: found 0 cells; allowed: 2 as in the header",
        ),
        ("o.csv", b"at\n\xff", "{path} is not UTF-8 text (byte 3)"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        data = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(data)
    found = messages_of(config(portfolio(path)))
    assert found == {PATH: message.format(path=path)}
