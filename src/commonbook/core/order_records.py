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
        ("cancels", "u2"),  # cancels and replaces on their way; the slot stays for them
        ("side", "u1"),
        ("type", "u1"),
        ("time_in_force", "u1"),
        ("post_only", "u1"),
        ("state", "u1"),
        ("reason", "u1"),
        ("told", "u1"),  # ACCEPTING, then OVER
        ("journey", "u1"),  # how far it has come: DECIDED to ARRIVED
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

#: How far an order has come: not sent; waiting to be netted; on its way since it was
#: decided, or let go; at the venue since its portfolio's order delay was over.
DECIDED, AT_DESK, LEFT, ARRIVED = 0, 1, 2, 3

#: It rests or waits, and its portfolio is still to be told; the portfolio knows that it
#: has ended.
ACCEPTING, OVER = 1, 2

#: What few orders have.
TERMS = np.dtype(
    [
        ("expires", "i8"),  # time at the venue when it ends, 0 for never [ns]
        ("ts_trigger", "i8"),  # 0 until it is triggered [ns]
        ("ts_arrival", "i8"),  # at the venue, where the order delay varies [ns]
        ("serial", "i8"),  # in the order in which stops began to wait
        ("known_qty", "i8"),  # as the portfolio knows [lots]
        ("asked", "i8"),  # more than that, asked for and not answered yet [lots]
        ("stop_price", "i4"),  # [ticks]
        ("price", "i4"),  # its limit at the venue, which may have repriced it [ticks]
        ("slot", "i4"),  # the order
        ("heap_place", "i4"),  # in the heap of expiries, -1 when it is not there
        ("prev", "i4"),  # the stop that is triggered before it
        ("next", "i4"),  # the stop that is triggered after it, or the free chain
        ("first_replace", "i4"),  # REPLACE, the oldest on its way
        ("last_replace", "i4"),  # the newest
        ("answers", "i4"),  # replaces whose answers its portfolio does not know
        ("replaced", "i4"),  # how often it was replaced
        ("rested", "i4"),  # 1 once it rested, and was replaced since
        ("reduce_only", "i4"),  # 1 if it may not make the position larger
    ],
    align=True,
)

#: What a replace on its way asks for.
REPLACE = np.dtype(
    [
        ("qty", "i8"),  # in all, with what is filled, or SAME_QTY [lots]
        ("price", "i4"),  # or SAME_PRICE [ticks]
        ("stop_price", "i4"),  # or SAME_PRICE [ticks]
        ("next", "i4"),  # the next one of its order, or the free chain
    ],
    align=True,
)

#: What a replace leaves as it is.
SAME_QTY, SAME_PRICE = -(1 << 62), -(1 << 31)

#: A replace of this step, and what was to be told of its order before.
ANSWER = np.dtype(
    [
        ("fills", "i8"),  # how many fills were written before it
        ("leaves", "i8"),  # just after it [lots]
        ("reduced", "i8"),  # taken off before, not reported [lots]
        ("slot", "i4"),
        ("accepted", "i4"),  # OrderState to be told before it, -1 for none
        ("price_before", "i4"),  # [ticks]
        ("price", "i4"),  # [ticks]
        ("stop_price", "i4"),  # [ticks]
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
        ("price_half", "i8"),  # of a fill, or of the order [half ticks]
        ("slot", "i4"),
        ("next", "i4"),
        ("kind", "i4"),  # ReportKind
        # Liquidity of a fill, with what its price is beyond `price_half`, see
        # `core.limits`; stop price of a replaced order [ticks].
        ("detail", "i4"),
    ],
    align=True,
)
