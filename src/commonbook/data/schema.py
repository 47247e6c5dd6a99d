"""Names of the canonical tape: columns, letters, formats. Imports no compiler."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from commonbook.core.enums import Action, Side
from commonbook.core.errors import DataError

#: Columns a canonical file must have; `flags` may be left out.
REQUIRED_COLUMNS = ("ts_event", "symbol", "action", "side", "price", "size")
#: Columns a canonical file may have besides.
OPTIONAL_COLUMNS = ("order_id", "flags", "ts_recv", "sequence")
#: Order in which they are written.
COLUMNS = (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS)

#: Columns of a canonical file of quotes: the best price and size of each side.
QUOTE_COLUMNS = ("ts_event", "symbol", "bid_px", "bid_sz", "ask_px", "ask_sz")

#: Columns that it may have besides: a trade, and when the row was received.
QUOTE_OPTIONS = ("price", "size", "side", "ts_recv")

ACTION_LETTERS = {
    "A": Action.ADD,
    "M": Action.MODIFY,
    "C": Action.CANCEL,
    "R": Action.CLEAR,
    "T": Action.TRADE,
    "F": Action.FILL,
    "S": Action.SET,
    "X": Action.HALT,
    "O": Action.RESUME,
}
#: Actions without a side, a price and a size.
BARE_ACTIONS = (Action.CLEAR, Action.HALT, Action.RESUME)
#: Actions that name an order.
ORDER_ACTIONS = (Action.ADD, Action.MODIFY, Action.CANCEL, Action.FILL)
SIDE_LETTERS = {"B": Side.BUY, "A": Side.SELL, "N": Side.NONE}


#: What a feed itself says the top of the book was; prices in ticks, sizes in lots.
TRUTH = np.dtype(
    [
        ("sequence", "i8"),  # the packet of the tape it belongs to
        ("bid_qty", "i8"),  # [lots]
        ("ask_qty", "i8"),  # [lots]
        ("bid", "i4"),  # [ticks]
        ("ask", "i4"),  # [ticks]
        ("instrument", "i4"),
        (
            "follows",
            "i1",
        ),  # from the one before: 1 yes, -1 no, 2 the first, 0 not judged
    ],
    align=True,
)

#: Columns that a message names before it counts the rest.
NAMED = 6

#: The file that makes a folder a stored tape.
STORE_META = "meta.json"

#: What can be read, with the file endings that say so.
FORMATS = {
    "csv": (".csv", ".csv.gz", ".csv.xz"),
    "parquet": (".parquet", ".pq"),
    "binance-stream": (),
    "lobster": (),
    "dbn": (".dbn", ".dbn.zst", ".dbz"),
    "databento-csv": (),
    "hftbacktest": (".npz",),
    "tape": (),
}


def infer_format(path: Path) -> str:
    """
    Tell the format of a file from its name.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        A key of `FORMATS`.

    Raises
    ------
    DataError
        If the ending belongs to no format.
    """
    if (path / STORE_META).is_file():
        return "tape"
    for name, endings in FORMATS.items():
        if path.name.lower().endswith(endings):
            return name
    message = (
        f"{path}: the name does not tell the format; give format: {known_formats()}"
    )
    raise DataError(message)


def check_format(name: str) -> str:
    """
    Check the name of a format.

    Parameters
    ----------
    name : str
        As given by the user.

    Returns
    -------
    str
        `name`.

    Raises
    ------
    DataError
        If there is no such format.
    """
    if name not in FORMATS:
        message = f"format {name!r} is not known; choose from {known_formats()}"
        raise DataError(message)
    return name


def known_formats() -> str:
    """
    List the formats for a message.

    Returns
    -------
    str
        Their names, separated by commas.
    """
    return ", ".join(FORMATS)


def check_columns(names: list[str], source: str, symbol_known: bool) -> None:
    """
    Check the names of the columns of a canonical file.

    Parameters
    ----------
    names : list of str
        Columns in the order of the file.
    source : str
        The file, for messages.
    symbol_known : bool
        True if the user names the one symbol, so that its column may be missing.

    Raises
    ------
    DataError
        If a column is missing, unknown or there twice.
    """
    kind, required, optional = (
        ("file of quotes", QUOTE_COLUMNS, QUOTE_OPTIONS)
        if are_quotes(names)
        else ("tape", REQUIRED_COLUMNS, OPTIONAL_COLUMNS)
    )
    allowed = (
        f"a canonical {kind} has {', '.join(required)} "
        f"and may have {', '.join(optional)}"
    )
    needed = set(required) - ({"symbol"} if symbol_known else set())
    missing = [name for name in required if name in needed - set(names)]
    unknown = [repr(name) for name in names if name not in required + optional]
    twice = sorted({name for name in names if names.count(name) > 1})
    for what, found in (
        ("unknown column", unknown),
        ("column given twice", twice),
        ("missing column", missing),
    ):
        if found:
            listed = ", ".join(found[:NAMED])
            more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
            message = (
                f"{source}: {what} {listed}{more}; {allowed}{_hint(names, source)}"
            )
            raise DataError(message)


def are_quotes(names: Sequence[str]) -> bool:
    """
    Tell a canonical file of quotes from one of events.

    Parameters
    ----------
    names : sequence of str
        Its columns.

    Returns
    -------
    bool
        Whether one of them is that of a best price.
    """
    return "bid_px" in names or "ask_px" in names


def _hint(names: list[str], source: str) -> str:
    """Name the format of a file that is another feed's."""
    if {"instrument_id", "publisher_id"} & set(names):
        return "; Databento's CSV files are read with format databento-csv"
    if "_message_" in source:
        return "; LOBSTER's files are read with format lobster"
    return ""
