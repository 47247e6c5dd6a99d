"""The codes of `commonbook.core.enums` with those that orders of all kinds need."""

from enum import IntEnum


class OrderState(IntEnum):
    """Where an order is in its life."""

    SENT = 0
    RESTING = 1
    FILLED = 2
    CANCELLED = 3
    REJECTED = 4
    EXPIRED = 5
    WAITING = 6  # a stop at the venue that is not triggered yet


class Reason(IntEnum):
    """Why an order ended without being filled."""

    NONE = 0
    USER_CANCEL = 1
    NO_LIQUIDITY = 2
    IOC_REMAINDER = 3
    POST_ONLY = 4
    SELF_TRADE = 5
    MAX_POSITION = 6
    END_OF_DATA = 7
    STOPPED = 8
    FOK_UNFILLED = 9  # it would not have been filled whole
    EXPIRED = 10  # its time was over
    REDUCE_ONLY = 11  # it would have made the position larger, or turned it
    REPLACED = 12  # a replace left nothing
    IMPOSSIBLE = 13
    BAD_QTY = 14
    BAD_PRICE = 15
    UNKNOWN_INSTRUMENT = 16
    BAD_EXPIRY = 17  # not after the decision
    BAD_TERMS = 18  # that do not go together


class ReportKind(IntEnum):
    """What a report says about an order."""

    ENDED = 0
    FILL = 1
    REDUCED = 2
    ACCEPTED = 3  # it rests, or waits, at the venue
    CANCEL_REJECTED = 4  # a cancel or a replace came too late, or was impossible
    REPLACED = 5


#: An order with one of these never left its portfolio.
NEVER_LEFT = frozenset(
    {Reason.MAX_POSITION, *(r for r in Reason if r >= Reason.IMPOSSIBLE)}
)
