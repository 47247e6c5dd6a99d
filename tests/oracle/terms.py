"""Orders and replaces that are impossible, whatever the market does."""

from tests.oracle.codes import Reason
from tests.oracle.orders import MAX_PRICE, MAX_QTY
from tests.oracle.scenario import Order, Replace


def impossible(order: Order, instruments: int) -> Reason | None:
    """Return why an order cannot leave its portfolio, None if it can."""
    if not 0 <= order.instrument < instruments:
        return Reason.UNKNOWN_INSTRUMENT
    if not 0 < order.qty <= MAX_QTY:
        return Reason.BAD_QTY
    if _far(order.price) or _far(order.stop):
        return Reason.BAD_PRICE
    if _contradicts(order):
        return Reason.BAD_TERMS
    if order.tif == "gtd" and order.expires <= order.at:
        return Reason.BAD_EXPIRY
    return None


def _contradicts(order: Order) -> bool:
    """Say whether the terms of an order do not go together."""
    never_rests = order.price is None or order.tif == "fok"
    if order.post_only and never_rests:
        return True
    return order.expires != 0 and order.tif != "gtd"


def impossible_replace(message: Replace, order: Order) -> bool:
    """Say whether a replace asks for what its order cannot be."""
    if message.qty is not None and message.qty > MAX_QTY:
        return True
    if message.price is not None and order.price is None:
        return True
    if message.stop is not None and order.stop is None:
        return True
    return _far(message.price) or _far(message.stop)


def _far(price: int | None) -> bool:
    return price is not None and abs(price) > MAX_PRICE
