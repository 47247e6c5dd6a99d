"""Records of the tape's own books: sides, levels, orders; and marks for "none"."""

import numpy as np

#: A price that no order can have: "no bid" below all prices, "no ask" above all.
NO_BID = -(1 << 40)
NO_ASK = 1 << 40

#: "No two-sided book yet", instead of a mid or a time.
NO_MARK = -(1 << 62)

#: Whether the feed shows a level: yes, cleared in this packet, out of its depth.
SHOWN, CLEARED, HIDDEN = 0, 1, 2

#: Bits of ``BOOK.by_order``: the tape names orders; or it shows no book, and quotes are
#: assumed; then prints fill at their price, too; and takes are half a tick better.
BY_ORDER, ASSUMED, AT_PRICE, HALF_TICK = 1, 2, 4, 8

#: Why a packet clears a book: it is empty now, or it is told again from the start.
WIPED, AGAIN = 1, 2

#: Trading was halted before the current packet; this packet halts it, lets it go on.
HALTED, HALTING, RESUMING = 1, 2, 4

#: One price level inside the window of one side of a book.
LEVEL = np.dtype(
    [
        ("qty", "i8"),  # size that the tape displays [lots]
        ("own", "i4"),  # OWN_LEVEL at this price, -1 when we have nothing here
        ("hidden", "i4"),  # SHOWN, CLEARED or HIDDEN
        ("head", "i4"),  # order by order: first TAPE_ORDER of the line, -1 for none
    ],
    align=True,
)

#: One side of one book: rows are instruments (repeated for each view), columns sides.
BOOK = np.dtype(
    [
        ("base", "i8"),  # lowest price of the window [ticks]
        ("best", "i8"),  # best price with size, or NO_BID, NO_ASK [ticks]
        ("own_best", "i8"),  # best price with an OWN_LEVEL [ticks]
        ("noted", "i8"),  # `best` at the end of the last packet that moved it [ticks]
        ("n_levels", "i8"),  # levels with size inside the window
        ("n_far", "i8"),  # levels with size outside of it
        ("cleared", "i2"),  # by the current packet: WIPED, or AGAIN; else 0
        ("halted", "i2"),  # bits HALTED, HALTING and RESUMING; on the bid side only
        ("own_head", "i4"),  # OWN_LEVELs by price, best first
        ("by_order", "i4"),  # BY_ORDER, or what is assumed; 0 for a book of levels
        ("n_orders", "i4"),  # tape orders that live here
    ],
    align=True,
)

#: The touch of an instrument from a time on.
TOUCH = np.dtype(
    [
        ("ts", "i8"),  # [ns]
        ("bid", "i8"),  # best bid, or NO_BID [ticks]
        ("ask", "i8"),  # best ask, or NO_ASK [ticks]
    ],
    align=True,
)

#: Where a ring of touches begins, and how far back it reaches.
TRAIL = np.dtype(
    [
        ("reach", "i8"),  # longest delay with which anyone looks [ns]
        ("first", "i8"),  # the oldest touch
        ("count", "i8"),
    ],
    align=True,
)

#: A level outside the window: open addressing by price; size 0 is an empty level.
FAR = np.dtype(
    [
        ("price", "i8"),
        ("qty", "i8"),
        ("used", "i4"),
        ("hidden", "i4"),
        ("head", "i4"),  # as in LEVEL
    ],
    align=True,
)

#: An order of the tape. The orders at a price stand in a line, by place.
TAPE_ORDER = np.dtype(
    [
        ("qty", "i8"),  # what the tape shows of it, 0 when it is gone [lots]
        ("place", "i8"),  # lower is served first
        ("price", "i4"),  # [ticks]
        ("prev", "i4"),  # the order ahead of it; of the first one, the last
        ("next", "i4"),  # the order behind it, -1 for none
        ("side", "i4"),
    ],
    align=True,
)

#: What matters of a tape order only where we have traded, apart from the hot record.
TAPE_NOTE = np.dtype(
    [
        ("cleared", "i8"),  # number of the packet that cleared it
        ("taken", "i4"),  # TAKEN entries that point here
        ("change", "i4"),  # its CHANGE, while that points back
    ],
    align=True,
)
