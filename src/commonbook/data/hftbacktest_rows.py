"""The rows of hftbacktest's files (version 2): their fields, bits and kinds."""

from enum import IntEnum

import numpy as np

from commonbook.core.enums import Action

#: One row of the files, 64 bytes.
ROW = np.dtype(
    [
        ("ev", "u8"),  # kind and bits
        ("exch_ts", "i8"),  # at the venue [ns]
        ("local_ts", "i8"),  # received [ns]
        ("px", "f8"),  # [currency]
        ("qty", "f8"),  # [units]
        ("order_id", "u8"),
        ("ival", "i8"),
        ("fval", "f8"),
    ]
)
#: The array in an ``.npz`` that holds the rows.
DATA = "data"
#: An array that commonbook adds: the flags of the tape, which have no column.
FLAGS = "commonbook_flags"
#: A bit of these flags: the row modifies an order of which ``ival`` lots are taken off.
#: The format knows no cancel of a part.
PARTLY = 1

AT_VENUE = 1 << 31
AT_STRATEGY = 1 << 30
BUY = 1 << 29
SELL = 1 << 28


class Kind(IntEnum):
    """What a row is; the lowest byte of ``ev``."""

    DEPTH = 1
    TRADE = 2
    CLEAR = 3
    SNAPSHOT = 4
    BEST = 5  # best bid and ask: repeats what depth says
    ADD = 10
    CANCEL = 11
    MODIFY = 12
    FILL = 13


#: What each kind is on a tape.
ACTIONS = {
    Kind.DEPTH: Action.SET,
    Kind.SNAPSHOT: Action.SET,
    Kind.TRADE: Action.TRADE,
    Kind.CLEAR: Action.CLEAR,
    Kind.ADD: Action.ADD,
    Kind.CANCEL: Action.CANCEL,
    Kind.MODIFY: Action.MODIFY,
    Kind.FILL: Action.FILL,
}

#: Kinds that name an order.
ORDER_KINDS = (Kind.ADD, Kind.CANCEL, Kind.MODIFY, Kind.FILL)
