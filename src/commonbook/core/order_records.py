"""Records of our orders while they live, and of what their portfolios will learn."""

import numpy as np

#: An order of ours, from the decision until the portfolio knows of its end, 128 bytes.
#: What its portfolio asks for again and again stands first, in one cache line.
ORDER = np.dtype(
    [
        ("price", "i4"),  # [ticks]
        ("next_mine", "i4"),  # the portfolio's open orders, in the order of sending
        ("prev_mine", "i4"),
        ("portfolio", "i4"),
        ("instrument", "u2"),
        ("cancels", "u2"),  # cancels on their way; the slot stays until they arrive
        ("side", "u1"),
        ("type", "u1"),
        ("time_in_force", "u1"),
        ("post_only", "u1"),
        ("state", "u1"),
        ("reason", "u1"),
        ("told", "u1"),  # ACCEPTING, then OVER
        ("journey", "u1"),  # how far it has come: DECIDED, LEFT, ARRIVED
        ("terms", "i4"),  # its TERMS, -1 for none
        ("known_leaves", "i8"),  # open, as the portfolio knows [lots]
        ("leaves", "i8"),  # still open [lots]
        ("share", "i4"),  # SHARE while it rests
        ("queue", "i4"),  # QUEUE while it rests
        ("prev", "i4"),  # older order in the share
        ("next", "i4"),  # newer order in the share, or the chain of free slots
        ("filled", "i8"),  # [lots]
        ("cut", "i8"),  # taken off by self-trade prevention, not reported yet [lots]
        ("qty", "i8"),  # as decided [lots]
        ("ahead", "i8"),  # size ahead when it joined, -1 before [lots]
        ("order_id", "i8"),
        ("ts_decision", "i8"),
        ("ts_first_fill", "i8"),
        ("ts_last_fill", "i8"),
    ],
    align=True,
)

#: How far an order has come: not sent; on its way since it was decided; at the venue
#: since its portfolio's order delay was over.
DECIDED, LEFT, ARRIVED = 0, 1, 2

#: It rests or waits, and its portfolio is still to be told; the portfolio knows that it
#: has ended.
ACCEPTING, OVER = 1, 2

#: What few orders have.
TERMS = np.dtype(
    [
        ("expires", "i8"),  # time at the venue when it ends, 0 for never [ns]
        ("ts_trigger", "i8"),  # 0 until it is triggered [ns]
        ("ts_arrival", "i8"),  # at the venue, where the order delay varies [ns]
        ("serial", "i8"),  # in the order of sending
        ("stop_price", "i4"),  # [ticks]
        ("price", "i4"),  # its limit at the venue, which may have repriced it [ticks]
        ("slot", "i4"),  # the order
        ("heap_place", "i4"),  # in the heap of expiries, -1 when it is not there
        ("prev", "i4"),  # the stop that is triggered before it
        ("next", "i4"),  # the stop that is triggered after it, or the free chain
    ],
    align=True,
)

#: The stops of one instrument and side that wait for one kind of trigger.
STOPS = np.dtype([("nearest", "i8"), ("head", "i4")], align=True)

#: What a portfolio will learn about one of its orders.
REPORT = np.dtype(
    [
        ("ts", "i8"),  # when it learns [ns]
        ("ts_venue", "i8"),  # when it happened [ns]
        ("qty", "i8"),  # filled or taken off [lots]
        ("price_half", "i8"),  # of a fill [half ticks]
        ("slot", "i4"),
        ("next", "i4"),
        ("kind", "i4"),  # ReportKind
        ("liquidity", "i4"),  # of a fill
    ],
    align=True,
)
