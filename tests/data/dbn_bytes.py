"""DBN files, written record by record."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import databento_dbn
import numpy as np

from commonbook.data.dbn_files import SCHEMAS

#: Price in units of 1e-9, of a price in cents.
CENT = 10_000_000
NO_PRICE = 2**63 - 1
LAST = 128
SNAPSHOT = 32


def metadata(schema: str, symbols: dict[int, str], ts_out: bool = False) -> bytes:
    day = {"start_date": date(2024, 1, 2), "end_date": date(2024, 1, 3)}
    mappings = [
        SimpleNamespace(
            raw_symbol=symbol,
            intervals=[SimpleNamespace(**day, symbol=str(number))],
        )
        for number, symbol in symbols.items()
    ]
    return bytes(
        databento_dbn.Metadata(
            dataset="GLBX.MDP3",
            start=0,
            stype_in=databento_dbn.SType("raw_symbol"),
            stype_out=databento_dbn.SType("instrument_id"),
            schema=databento_dbn.Schema(schema),
            symbols=list(symbols.values()),
            mappings=mappings,
            ts_out=ts_out,
        )
    )


def orders(*rows: tuple) -> np.ndarray:
    """Lay out (ts, action, side, price in cents, size, id, flags[, instrument])."""
    rtype, layout = SCHEMAS["mbo"]
    records = np.zeros(len(rows), layout)
    records["length"] = layout.itemsize // 4
    records["rtype"] = rtype
    for number, (record, row) in enumerate(zip(records, rows, strict=True)):
        ts, action, side, price, size, order_id, flags, *instrument = row
        record["ts_event"], record["ts_recv"] = ts, ts + 5
        record["action"], record["side"] = action, side
        record["price"] = NO_PRICE if price is None else price * CENT
        record["size"], record["order_id"], record["flags"] = size, order_id, flags
        record["instrument_id"] = instrument[0] if instrument else 7
        record["sequence"] = number + 1
    return records


def levels(depth: int, *rows: tuple) -> np.ndarray:
    """Lay out (ts, action, bids, asks[, (side, price, size)[, instrument]])."""
    rtype, layout = SCHEMAS[f"mbp-{depth}"]
    records = np.zeros(len(rows), layout)
    records["length"] = layout.itemsize // 4
    records["rtype"] = rtype
    records["side"] = b"N"
    records["price"] = NO_PRICE
    records["levels"]["bid"] = records["levels"]["ask"] = NO_PRICE
    for number, (record, row) in enumerate(zip(records, rows, strict=True)):
        ts, action, bids, asks, *more = row
        record["ts_event"], record["ts_recv"] = ts, ts + 5
        record["action"], record["flags"] = action, LAST
        record["sequence"] = number + 1
        record["instrument_id"] = more[1] if len(more) > 1 else 7
        if more and more[0]:
            side, price, record["size"] = more[0]
            record["side"], record["price"] = side, price * CENT
        for word, side in (("bid", bids), ("ask", asks)):
            for place, (price, size) in enumerate(side):
                record["levels"][word][place] = price * CENT
                record["levels"][f"{word}_size"][place] = size
    return records


def write(path: Path, schema: str, *parts: np.ndarray | bytes, symbols=None) -> Path:
    """Write a raw file; parts that are bytes go in as they are."""
    body = [part if isinstance(part, bytes) else part.tobytes() for part in parts]
    path.write_bytes(metadata(schema, symbols or {7: "ESM4"}) + b"".join(body))
    return path
