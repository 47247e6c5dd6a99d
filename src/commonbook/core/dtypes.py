"""
Every record that crosses a package boundary, and its units.

Prices are integer ticks, quantities integer lots, times nanoseconds UTC since 1970.
``*_half`` prices are half ticks, so that a mid between two ticks is exact.
Money in ``*_e8`` fields is in 1e-8 currency units.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Records = NDArray[Any]  # a structured array; docstrings name the dtype

#: One market event, 32 bytes.
EVENT = np.dtype(
    [
        ("ts", "i8"),  # event time at the venue [ns]
        ("qty", "i8"),  # size of the order, trade or level [lots]
        ("price", "i4"),  # [ticks]
        ("order", "i4"),  # L3: dense slot of the order, -1 when there is none
        ("instrument", "u2"),  # index into the tape's instruments
        ("action", "u1"),  # Action
        ("side", "u1"),  # Side
        ("flags", "u1"),  # Flag bits
    ],
    align=True,
)

#: One execution of an order of ours.
FILL = np.dtype(
    [
        ("ts", "i8"),  # time at the venue (a cross: at the desk) [ns]
        ("price_half", "i8"),  # [half ticks]
        ("qty", "i8"),  # [lots]
        ("order_id", "i8"),  # number of the order within its portfolio
        ("cross_id", "i8"),  # 0 unless crossed; both sides share it
        ("fee_e8", "i8"),  # positive is paid, negative is received
        ("impact_e8", "i8"),  # impact charge, never negative
        ("adjust_e8", "i8"),  # paid beyond the price, to come to an average
        ("mark_half", "i8"),  # best bid + best ask of the tape: the mid [half ticks]
        ("portfolio", "i4"),
        ("counterparty", "i4"),  # a portfolio, -1 for the market
        ("slot", "i4"),  # order slot while the run lasts
        ("instrument", "u2"),
        ("side", "u1"),  # Side
        ("liquidity", "u1"),  # Liquidity
        ("flags", "u1"),  # FillFlag bits
    ],
    align=True,
)

#: Added to ``ORDER_HISTORY.promises`` for a reduce-only order.
REDUCES = 1 << 7

#: The life of one order, written when it ends.
ORDER_HISTORY = np.dtype(
    [
        ("order_id", "i8"),  # number of the order within its portfolio
        ("price", "i8"),  # limit price [ticks], 0 for market orders
        ("qty", "i8"),  # as sent, or as replaced [lots]
        ("filled", "i8"),  # [lots]
        ("ahead", "i8"),  # size ahead when it joined the queue [lots], -1 if never
        ("ts_decision", "i8"),  # the strategy decided [ns]
        ("ts_sent", "i8"),  # it left for the venue; 0 if never [ns]
        ("ts_arrival", "i8"),  # it reached the venue; 0 if never [ns]
        ("ts_first_fill", "i8"),  # 0 if never [ns]
        ("ts_last_fill", "i8"),  # 0 if never [ns]
        ("ts_end", "i8"),  # it was filled, cancelled, rejected or expired [ns]
        ("stop_price", "i8"),  # [ticks], 0 for orders without one
        ("expires", "i8"),  # when its time is over at the venue; 0 for never [ns]
        ("ts_trigger", "i8"),  # a stop was triggered; 0 if never [ns]
        ("ts_report", "i8"),  # the portfolio learned of the end; 0 if never [ns]
        ("portfolio", "i4"),
        ("instrument", "u2"),
        ("side", "u1"),  # Side
        ("type", "u1"),  # OrderType
        ("time_in_force", "u1"),  # TimeInForce
        ("promises", "u1"),  # PostOnly, and REDUCES if it may only reduce
        ("state", "u1"),  # OrderState
        ("reason", "u1"),  # Reason
        ("replaces", "u4"),  # how often it was replaced
    ],
    align=True,
)

#: The mid of an instrument when it was last looked at; only changes are kept.
MARK = np.dtype(
    [
        ("ts", "i8"),  # [ns]
        ("mark_half", "i8"),  # best bid + best ask: the mid [half ticks]
        ("instrument", "i4"),
    ],
    align=True,
)
