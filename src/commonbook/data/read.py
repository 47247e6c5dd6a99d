"""The one way in: files of any known format to one tape."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

from commonbook.core.errors import DataError
from commonbook.data.binance_stream import read_binance_stream
from commonbook.data.csv_files import read_csv
from commonbook.data.dbn import read_dbn
from commonbook.data.dbn_csv import read_databento_csv
from commonbook.data.hftbacktest import read_hftbacktest
from commonbook.data.lobster import read_lobster
from commonbook.data.options import Grid, ReadOptions
from commonbook.data.parquet import read_parquet
from commonbook.data.schema import STORE_META, check_format, infer_format
from commonbook.data.store import read_store
from commonbook.data.tape import Tape

#: One reader for each name in ``schema.FORMATS``.
READERS: dict[str, Callable[[list[Path], ReadOptions], Tape]] = {
    "csv": read_csv,
    "parquet": read_parquet,
    "binance-stream": read_binance_stream,
    "lobster": read_lobster,
    "dbn": read_dbn,
    "databento-csv": read_databento_csv,
    "hftbacktest": read_hftbacktest,
    "tape": read_store,
}


class LobsterDetails(TypedDict, total=False):
    """
    What only LOBSTER files need.

    ``orderbook`` is the order book file of each message file, ``date`` the day of files
    whose name does not tell it, ``timezone`` that of the exchange, by default New York.
    """

    orderbook: str | Path | Sequence[str | Path] | None
    date: str | None
    timezone: str | None


def read(
    path: str | Path | Sequence[str | Path],
    format: str | None = None,  # noqa: A002
    symbol: str | Sequence[str] | None = None,
    *,
    tick_size: Grid | None = None,
    lot_size: Grid | None = None,
    multiplier: Grid = 1,
    allow_gaps: bool = False,
    **details: Unpack[LobsterDetails],
) -> Tape:
    """
    Read market data.

    Parameters
    ----------
    path : str, Path or sequence of these
        One file, or several in time order that make one tape: the book goes on.
        A stored tape is a folder.
    format : str or None
        A key of `READERS`, such as ``csv``; None tells it from the file's name.
    symbol : str, sequence of str or None
        Only these instruments; None is all.
    tick_size : Decimal, str, int, float or mapping of symbol to these, optional
        Price of one tick [currency]; None: the last decimal place of the prices.
    lot_size : Decimal, str, int, float or mapping of symbol to these, optional
        Size of one lot [units]; None: the last decimal place of the sizes.
    multiplier : Decimal, str, int, float or mapping of symbol to these, default 1
        Currency that one unit is worth at a price of 1.
    allow_gaps : bool, default False
        Take canonical files whose ``sequence`` skips numbers or goes back.
    **details : LobsterDetails
        Only for ``lobster``: ``orderbook``, ``date`` and ``timezone``.

    Returns
    -------
    Tape
        All events, checked.

    Raises
    ------
    DataError
        If a file cannot be trusted; the message names file and row.

    Examples
    --------
    >>> tape = read("book.csv", tick_size="0.01", lot_size=1)  # doctest: +SKIP
    """
    paths = _paths(path)
    if not paths:
        message = "no file given; give one path or several"
        raise DataError(message)
    for file in paths:
        if paths.count(file) > 1:
            message = f"{file}: given twice"
            raise DataError(message)
        if not file.is_file() and not (file / STORE_META).is_file():
            found = (
                "a folder without a stored tape" if file.is_dir() else "no such file"
            )
            message = f"{file}: {found}"
            raise DataError(message)
    names = {infer_format(file) for file in paths} if format is None else {format}
    if len(names) > 1:
        message = f"files of different formats ({', '.join(sorted(names))}) are no tape"
        raise DataError(message)
    name = check_format(names.pop())
    given = {key: value for key, value in details.items() if value}
    if given and name != "lobster":
        message = (
            f"{', '.join(given)}: only for files of the format lobster, not {name}"
        )
        raise DataError(message)
    options = ReadOptions(
        _symbols(symbol),
        tick_size,
        lot_size,
        multiplier,
        allow_gaps,
        tuple(_paths(details.get("orderbook") or ())),
        details.get("date"),
        details.get("timezone"),
    )
    return READERS[name](paths, options)


def _paths(given: str | Path | Sequence[str | Path]) -> list[Path]:
    return [Path(given)] if isinstance(given, str | Path) else [Path(p) for p in given]


def _symbols(symbol: str | Sequence[str] | None) -> tuple[str, ...]:
    if symbol is None:
        return ()
    return (symbol,) if isinstance(symbol, str) else tuple(symbol)
