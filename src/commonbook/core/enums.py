"""Codes that appear in records; every value is part of the stored format."""

from enum import IntEnum, unique


@unique
class Side(IntEnum):
    """Side of an order or of the book; of a trade, the aggressor's."""

    BUY = 0  # the bid side of the book
    SELL = 1  # the ask side of the book
    NONE = 2  # a print whose aggressor is unknown


@unique
class Action(IntEnum):
    """What an event does to the book (letters as in the canonical tape)."""

    ADD = 1  # A
    MODIFY = 2  # M
    CANCEL = 3  # C
    CLEAR = 4  # R
    TRADE = 5  # T
    FILL = 6  # F
    SET = 7  # S: the level now shows this size
    HALT = 8  # X: trading stops
    RESUME = 9  # O: trading goes on


@unique
class Flag(IntEnum):
    """Bits of ``EVENT.flags``, numbered as in DBN."""

    OUT_OF_DEPTH = 2  # a level set to 0 has only left the feed's depth (not in DBN)
    SNAPSHOT = 32
    LAST = 128  # last event of a packet


@unique
class OrderType(IntEnum):
    """How an order is priced."""

    MARKET = 0
    LIMIT = 1
    STOP = 2  # a market order once it is triggered
    STOP_LIMIT = 3  # a limit order once it is triggered


@unique
class TimeInForce(IntEnum):
    """How long an order lives."""

    GTC = 0
    IOC = 1
    FOK = 2  # all at once, or nothing
    GTD = 3  # until a time
    DAY = 4  # until the close of the session


@unique
class OrderState(IntEnum):
    """Where an order is in its life."""

    SENT = 0  # decided, on its way to the venue
    RESTING = 1
    FILLED = 2
    CANCELLED = 3
    REJECTED = 4
    EXPIRED = 5
    WAITING = 6  # a stop order at the venue that is not triggered yet


@unique
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
    STOPPED = 8  # its portfolio was stopped
    FOK_UNFILLED = 9  # it would not have been filled whole
    EXPIRED = 10  # its time was over
    REDUCE_ONLY = 11  # it would have made the position larger, or turned it
    REPLACED = 12  # a replace left nothing
    IMPOSSIBLE = 13  # for whatever has no finer reason below
    BAD_QTY = 14
    BAD_PRICE = 15
    UNKNOWN_INSTRUMENT = 16
    BAD_EXPIRY = 17  # not after the decision
    BAD_TERMS = 18  # that do not go together
    HALTED = 19  # trading was halted
    BOOK_CLEARED = 20
    AFTER_END = 21  # the data had ended when it was decided
    RATE_LIMIT = 22  # its portfolio had sent as much as it may in a while
    GROUP_LIMIT = 23  # its whole group would have gone beyond a limit
    MAX_ORDER_QTY = 24  # more than one order of its portfolio may have
    GROSS_NOTIONAL = 25
    NET_NOTIONAL = 26
    PRICE_COLLAR = 27  # its limit was too far beyond the mid


@unique
class Liquidity(IntEnum):
    """How a fill came about."""

    MAKER = 0
    TAKER = 1
    CROSS = 2


@unique
class FillFlag(IntEnum):
    """Bits of ``FILL.flags``."""

    CROSS_FILL = 1  # the book crossed the resting order
    THROUGH = 2  # a print went through the order's price
    FIRST_CHARGED = 4  # first take of a batch that moved the market
    FIRST_OF_BATCH = 8  # of one engine and instrument


@unique
class QueueModel(IntEnum):
    """How cancels ahead of a resting order are estimated on L2 data."""

    RISK_AVERSE = 0
    POWER = 1
    LOG = 2


@unique
class ImpactModel(IntEnum):
    """How net volume displaces the price."""

    NONE = 0
    LINEAR = 1
    SQUARE_ROOT = 2


@unique
class PostOnly(IntEnum):
    """What happens to an order that must not take but could."""

    NO = 0  # it may take
    REJECT = 1
    REPRICE = 2  # it joins one tick away from what it could have taken


@unique
class StopTrigger(IntEnum):
    """What triggers stop orders."""

    TRADE = 0  # a print of the tape at the stop price or beyond
    TOUCH = 1  # the tape's best opposite price there


@unique
class MessageKind(IntEnum):
    """What a message of a batch does."""

    ORDER = 0
    TRIGGER = 1  # a stop order becomes an order
    AGAIN = 2  # a replace that is done, whose order comes anew
    CANCEL = 3
    EXPIRY = 4  # an order's time is over
    REPLACE = 5


@unique
class Leg(IntEnum):
    """A way between a portfolio and the venue, which takes time."""

    FEED = 0
    ORDER = 1
    RESPONSE = 2


@unique
class DelayKind(IntEnum):
    """How delays that are not constant come about."""

    LOGNORMAL = 0
    EMPIRICAL = 1  # drawn from samples
    CURVE = 2  # of time, linear between given points
    STEPS = 3  # of time, as given from some times on
    PACKETS = 4  # given for each packet


@unique
class Distribution(IntEnum):
    """Who gets scarce liquidity when a batch wants more than a level has."""

    FIFO = 0
    PRO_RATA = 1
    AVERAGE_PRICE = 2  # in proportion to size, at the average price of all


@unique
class NettingPrice(IntEnum):
    """At what price a desk crosses orders."""

    MID = 0
    TOUCH = 1  # the price that the heavier side would hit
    LAST = 2  # of the tape, within the touch


@unique
class OverRate(IntEnum):
    """What happens to what a portfolio sends faster than it may."""

    REJECT = 0
    DELAY = 1  # it leaves as soon as it may, and all that comes after it behind it


@unique
class SelfTrade(IntEnum):
    """What happens when a taker meets an order it must not trade with."""

    CANCEL_NEWEST = 0
    CANCEL_OLDEST = 1
    CANCEL_BOTH = 2
    DECREMENT = 3


@unique
class SelfTradeScope(IntEnum):
    """Whose resting orders a taker must not trade with."""

    PORTFOLIO = 0
    GROUP = 1


@unique
class StrategyKind(IntEnum):
    """Strategies as the event loop knows them, by number."""

    SCRIPTED = 0
    TWAP = 1
    MARKET_MAKER = 2
    IMBALANCE_TAKER = 3
    GRID_MAKER = 4
    COMPILED = 5  # a compiled function of the user's
    PYTHON = 6  # a class of the user's, called by Python


@unique
class Status(IntEnum):
    """What the event loop says to the Python that called it."""

    CHUNK_END = 0  # all events up to the stop are applied
    FINISHED = 1  # the data has ended, everything is settled
    CALL_PYTHON = 2  # strategies in plain Python are due
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
    GROW_TAKEN = 22
    GROW_OUTBOX = 23
    GROW_RUNS = 24
    GROW_TAKERS = 25
    GROW_TRAILS = 26
    GROW_TERMS = 28
    GROW_REPLACES = 29
    GROW_REFUSED = 30
    GROW_LINE = 35
    OVERFLOW = 20  # money left the range of 64-bit integers
    BROKEN = 21  # an invariant of the engine failed
    BEYOND = 27  # a quote at a price that no order can have


@unique
class Phase(IntEnum):
    """Where the event loop stands, so that it can be left and entered again."""

    PACKETS = 0
    RECONCILE = 1  # the last event of a packet is applied, its effect on us is not
    GATHER = 2  # a time is due: collect what reaches the venue
    BATCHES = 3
    WAKES = 4
    LIMITS = 5  # what whole groups may not exceed
    DESK = 6
    DISPATCH = 7


@unique
class Wake(IntEnum):
    """Bits that say why a strategy wakes, or what can wake it."""

    TIMER = 1
    BOOK = 2  # packets with one of its instruments became visible to it
    TRADE = 4  # and among them a print
    REPORT = 8  # a report reached it


@unique
class Brief(IntEnum):
    """Columns of what a strategy in plain Python is told when it wakes."""

    PORTFOLIO = 0
    WAKE = 1  # Wake bits
    INSTRUMENT = 2  # its main one, which the next six columns are about
    BID = 3  # as it sees the book [ticks], NO_BID when there is none
    ASK = 4  # [ticks], NO_ASK when there is none
    BID_QTY = 5  # [lots]
    ASK_QTY = 6  # [lots]
    POSITION = 7  # as it knows it [lots]
    OPEN_BUY = 8  # what it knows to be open [lots]
    OPEN_SELL = 9  # [lots]
    HALTED = 10  # 1 if it sees that trading in its main instrument is halted
    FIRST_EVENT = 11  # the events that became visible since it last woke for events
    LAST_EVENT = 12  # one past them
    FIRST_TOLD = 13  # its rows of what is told
    LAST_TOLD = 14  # one past them


@unique
class Told(IntEnum):
    """Columns of a report, as it reaches a strategy in plain Python."""

    SLOT = 0
    ORDER_ID = 1
    KIND = 2  # ReportKind
    INSTRUMENT = 3
    SIDE = 4  # Side
    QTY = 5  # filled or taken off [lots]; 1 when a replace was refused
    PRICE_HALF = 6  # of a fill, or of an order that waits or rests [half ticks]
    DETAIL = 7  # Liquidity of a fill; stop price of a replaced order [ticks]
    STATE = 8  # OrderState after it
    REASON = 9  # Reason, if the order ended
    TS = 10  # when it happened at the venue [ns]
    LEAVES = 11  # what is open afterwards, as the strategy knows it [lots]


@unique
class ReportKind(IntEnum):
    """What a report says about an order."""

    ENDED = 0
    FILL = 1
    REDUCED = 2  # a self trade took size off
    ACCEPTED = 3  # it rests, or waits, at the venue
    CANCEL_REJECTED = 4  # a cancel or a replace came too late, or was impossible
    REPLACED = 5


@unique
class Request(IntEnum):
    """Columns of what a strategy in plain Python, or a compiled one, asks for."""

    KIND = 0  # RequestKind
    PORTFOLIO = 1
    INSTRUMENT = 2
    SIDE = 3  # Side
    TYPE = 4  # OrderType
    TIME_IN_FORCE = 5  # TimeInForce
    POST_ONLY = 6  # PostOnly
    PRICE = 7  # [ticks]; of a TIMER the next irregular wake [ns], -1 for none
    QTY = 8  # [lots]
    ORDER_ID = 9  # chosen by the strategy: 1, 2, ... in its portfolio
    SLOT = 10  # out: where it went; to change an order: its slot, or -2 - its row
    STOP_PRICE = 11  # [ticks]
    EXPIRES = 12  # time of a GTD order [ns]
    REDUCE_ONLY = 13  # 0 or 1


@unique
class RequestKind(IntEnum):
    """What is asked for."""

    ORDER = 0
    CANCEL = 1
    TIMER = 2
    STOP = 3  # never wake again; everything open is cancelled
    REPLACE = 4
