"""The one way in: files of any known format to one tape."""

from collections.abc import Callable, Sequence
from pathlib import Path

from commonbook.core.errors import DataError
from commonbook.data.binance_stream import read_binance_stream
from commonbook.data.csv_files import read_csv
from commonbook.data.hftbacktest import read_hftbacktest
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
    "hftbacktest": read_hftbacktest,
    "tape": read_store,
}


def read(
    path: str | Path | Sequence[str | Path],
    format: str | None = None,  # noqa: A002
    symbol: str | Sequence[str] | None = None,
    *,
    tick_size: Grid | None = None,
    lot_size: Grid | None = None,
    multiplier: Grid = 1,
    allow_gaps: bool = False,
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
    paths = [Path(path)] if isinstance(path, str | Path) else [Path(p) for p in path]
    if not paths:
        message = "no file given; give one path or several"
        raise DataError(message)
    for file in paths:
        if paths.count(file) > 1:
            message = f"{file}: given twice"
            raise DataError(message)
        if not file.is_file() and not (file / STORE_META).is_file():
            message = f"{file}: no such file"
            raise DataError(message)
    names = {infer_format(file) for file in paths} if format is None else {format}
    if len(names) > 1:
        message = f"files of different formats ({', '.join(sorted(names))}) are no tape"
        raise DataError(message)
    reader = READERS[check_format(names.pop())]
    options = ReadOptions(_symbols(symbol), tick_size, lot_size, multiplier, allow_gaps)
    return reader(paths, options)


def _symbols(symbol: str | Sequence[str] | None) -> tuple[str, ...]:
    if symbol is None:
        return ()
    return (symbol,) if isinstance(symbol, str) else tuple(symbol)
