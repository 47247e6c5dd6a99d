"""Messages of Binance, written by hand."""

import gzip
import json

T0 = 1_700_000_000_000  # [ms]


def line(local_ms, message):
    return f"{local_ms * 1000} {json.dumps(message)}"


def depth(at, first, last, before=None, bids=(), asks=()):
    """A change; with `before` it is of the futures market."""
    data = {
        "e": "depthUpdate",
        "E": T0 + at + 3,
        "s": "XUSDT",
        "U": first,
        "u": last,
        "b": [list(level) for level in bids],
        "a": [list(level) for level in asks],
    }
    if before is not None:
        data |= {"T": T0 + at, "pu": before}
    else:
        data["E"] = T0 + at
    return {"stream": "xusdt@depth@0ms", "data": data}


def snapshot(last, bids, asks, at=None):
    data = {
        "lastUpdateId": last,
        "bids": [list(level) for level in bids],
        "asks": [list(level) for level in asks],
    }
    return data if at is None else data | {"E": T0 + at + 5, "T": T0 + at}


def trade(at, price, size, maker_bought, kind="MARKET"):
    data = {"e": "trade", "E": T0 + at + 1, "T": T0 + at, "s": "XUSDT", "t": 1}
    data |= {"p": price, "q": size, "X": kind, "m": maker_bought}
    return {"stream": "xusdt@trade", "data": data}


def ticker(update, bid, bid_size, ask, ask_size):
    data = {"u": update, "s": "XUSDT"}
    data |= {"b": bid, "B": bid_size, "a": ask, "A": ask_size}
    return {"stream": "xusdt@bookTicker", "data": data}


BOOK = snapshot(100, [("99.9", "5.000"), ("99.8", "1")], [("100.1", "4")], at=10)


def futures():
    """Five changes, the second of which joins the snapshot though it came before."""
    return [
        trade(0, "99.9", "0.5", maker_bought=True),
        depth(5, 81, 90, 80, bids=[("99.9", "7")]),
        ticker(91, "99.9", "5.000", "100.1", "4"),
        depth(12, 91, 105, 90, bids=[("99.9", "6")], asks=[("100.2", "9")]),
        BOOK,
        ticker(106, "99.9", "2", "100.1", "4"),
        depth(20, 106, 106, 105, bids=[("99.9", "2")]),
        trade(30, "100.1", "4", maker_bought=False),
        depth(30, 107, 110, 106, asks=[("100.1", "0")]),
        ticker(109, "99.9", "2", "100.2", "9"),
        depth(40, 111, 112, 110, asks=[("100.1", "3")]),
        ticker(112, "99.9", "2", "100.1", "3"),
    ]


def write(path, messages):
    lines = [line(T0 + 2 * row, m) for row, m in enumerate(messages)]
    content = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path
