"""Keep orders apart that must not trade with each other."""

from commonbook.core.enums import OrderState, Reason, SelfTrade, SelfTradeScope
from commonbook.core.jit import kernel
from commonbook.core.order_records import ACCEPTING
from commonbook.core.state import State
from commonbook.execution.orders import end_order, leave_level, tell_later

CANCELLED = int(OrderState.CANCELLED)
SELF_TRADE = int(Reason.SELF_TRADE)
CANCEL_NEWEST = int(SelfTrade.CANCEL_NEWEST)
CANCEL_OLDEST = int(SelfTrade.CANCEL_OLDEST)
CANCEL_BOTH = int(SelfTrade.CANCEL_BOTH)
GROUP = int(SelfTradeScope.GROUP)


@kernel
def is_forbidden(s: State, engine: int, taker: int, slot: int) -> bool:
    """
    Say whether a taker must not trade with a resting order.

    Parameters
    ----------
    s : State
        Read only.
    engine : int
        Row of the engine.
    taker : int
        The order that takes.
    slot : int
        The order that rests.

    Returns
    -------
    bool
        True for orders of one portfolio, or with the scope of the group for all.
    """
    if s.engines[engine]["self_trade_scope"] == GROUP:
        return True
    return bool(s.orders[taker]["portfolio"] == s.orders[slot]["portfolio"])


@kernel
def prevent(s: State, engine: int, taker: int, slot: int) -> None:
    """
    Apply self-trade prevention to a taker and the order that is next in line.

    Parameters
    ----------
    s : State
        Changed in place; the buffers have room.
    engine : int
        Row of the engine.
    taker : int
        The order that takes.
    slot : int
        The order that rests.
    """
    mode = int(s.engines[engine]["self_trade"])
    taking = s.orders[taker]
    resting = s.orders[slot]
    cut_taker = 0
    cut_resting = 0
    if mode in (CANCEL_NEWEST, CANCEL_BOTH):
        cut_taker = int(taking["leaves"])
    if mode in (CANCEL_OLDEST, CANCEL_BOTH):
        cut_resting = int(resting["leaves"])
    if cut_taker == 0 and cut_resting == 0:  # decrement
        cut_taker = min(int(taking["leaves"]), int(resting["leaves"]))
        cut_resting = cut_taker
        _cut(s, taker, cut_taker)
        _cut(s, slot, cut_resting)
    taking["leaves"] -= cut_taker
    resting["leaves"] -= cut_resting
    s.shares[int(resting["share"])]["leaves"] -= cut_resting
    if resting["leaves"] == 0:
        leave_level(s, slot)
        end_order(s, slot, CANCELLED, SELF_TRADE)
    if taking["leaves"] == 0:
        end_order(s, taker, CANCELLED, SELF_TRADE)


@kernel
def _cut(s: State, slot: int, lots: int) -> None:
    """Note what is taken off an order that stays alive."""
    order = s.orders[slot]
    if lots < order["leaves"]:
        if order["cut"] == 0 and order["told"] != ACCEPTING:
            tell_later(s, slot)
        order["cut"] += lots
