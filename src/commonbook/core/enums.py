"""Codes that appear in records; every value is part of the stored format."""

from enum import IntEnum


class Side(IntEnum):
    """Side of an order or of the book; of a trade, the aggressor's."""

    BUY = 0  # the bid side of the book
    SELL = 1  # the ask side of the book
    NONE = 2  # a print whose aggressor is unknown


class Action(IntEnum):
    """What an event does to the book (letters as in the canonical tape)."""

    ADD = 1  # A
    MODIFY = 2  # M
    CANCEL = 3  # C
    CLEAR = 4  # R
    TRADE = 5  # T
    FILL = 6  # F
    SET = 7  # S: the level now shows this size


class Flag(IntEnum):
    """Bits of ``EVENT.flags``, numbered as in DBN."""

    SNAPSHOT = 32
    LAST = 128  # last event of a packet


class OrderType(IntEnum):
    """How an order is priced."""

    MARKET = 0
    LIMIT = 1


class TimeInForce(IntEnum):
    """How long an order lives."""

    GTC = 0
    IOC = 1


class OrderState(IntEnum):
    """Where an order is in its life."""

    SENT = 0  # decided, on its way to the venue
    RESTING = 1
    FILLED = 2
    CANCELLED = 3
    REJECTED = 4
    EXPIRED = 5


class Reason(IntEnum):
    """Why an order ended without being filled."""

    NONE = 0
    USER_CANCEL = 1
    NO_LIQUIDITY = 2  # a market order found no more size
    IOC_REMAINDER = 3
    POST_ONLY = 4  # it would have taken liquidity
    SELF_TRADE = 5
    MAX_POSITION = 6
    END_OF_DATA = 7


class Liquidity(IntEnum):
    """How a fill came about."""

    MAKER = 0
    TAKER = 1
    CROSS = 2


class FillFlag(IntEnum):
    """Bits of ``FILL.flags``."""

    CROSS_FILL = 1  # the book crossed the resting order
    THROUGH = 2  # a print went through the order's price


class QueueModel(IntEnum):
    """How cancels ahead of a resting order are estimated on L2 data."""

    RISK_AVERSE = 0
    POWER = 1


class Distribution(IntEnum):
    """Who gets scarce liquidity when a batch wants more than a level has."""

    FIFO = 0
    PRO_RATA = 1


class SelfTrade(IntEnum):
    """What happens when a taker meets an order it must not trade with."""

    CANCEL_NEWEST = 0
    CANCEL_OLDEST = 1
    CANCEL_BOTH = 2
    DECREMENT = 3


class SelfTradeScope(IntEnum):
    """Whose resting orders a taker must not trade with."""

    PORTFOLIO = 0
    GROUP = 1


class StrategyKind(IntEnum):
    """Compiled strategies that the event loop knows by number."""

    SCRIPTED = 0
    TWAP = 1
    MARKET_MAKER = 2
    IMBALANCE_TAKER = 3


class Status(IntEnum):
    """What the event loop says to the Python that called it."""

    CHUNK_END = 0  # all events up to the stop are applied
    FINISHED = 1  # the data has ended, everything is settled
    GROW_ORDERS = 10  # a pool is too small: make room for ``CLOCK.need`` more
    GROW_REPORTS = 11
    GROW_LEVELS = 12
    GROW_QUEUES = 13
    GROW_FILLS = 14
    GROW_HISTORY = 15
    GROW_MARKS = 16
    GROW_FLIGHTS = 17
    GROW_BATCH = 18
    GROW_TOUCHED = 19
    OVERFLOW = 20  # money left the range of 64-bit integers
    BROKEN = 21  # an invariant of the engine failed


class Phase(IntEnum):
    """Where the event loop stands, so that it can be left and entered again."""

    PACKETS = 0
    RECONCILE = 1  # the last event of a packet is applied, its effect on us is not
    GATHER = 2  # a time is due: collect what reaches the venue
    BATCHES = 3
    WAKES = 4
    DESK = 5
    DISPATCH = 6
