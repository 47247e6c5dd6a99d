"""What a portfolio, or a whole group, must not do, judged by what it knows."""

from commonbook.core.book_records import NO_MARK
from commonbook.core.dtypes import Records
from commonbook.core.enums import OrderType, Reason, Side
from commonbook.core.jit import kernel
from commonbook.core.state import State

BUY = int(Side.BUY)
LIMIT = int(OrderType.LIMIT)
NONE = int(Reason.NONE)
MAX_POSITION = int(Reason.MAX_POSITION)
MAX_ORDER_QTY = int(Reason.MAX_ORDER_QTY)
GROSS_NOTIONAL = int(Reason.GROSS_NOTIONAL)
NET_NOTIONAL = int(Reason.NET_NOTIONAL)

_ONE = 10**8  # of the unit of collars


@kernel
def broken_limit(
    s: State, portfolio: int, instrument: int, side: int, qty: int, more: int
) -> int:
    """
    Name the limit that forbids a portfolio to send an order, or to ask for more of one.

    Parameters
    ----------
    s : State
        Read only.
    portfolio : int
        The portfolio.
    instrument : int
        Instrument of the order.
    side : int
        Its side.
    qty : int
        Its quantity in all (lots).
    more : int
        What of that is new (lots), positive.

    Returns
    -------
    int
        Reason, ``NONE`` when it may leave.
    """
    account = s.accounts[portfolio, instrument]
    if 0 <= account["max_order"] < qty:
        return MAX_ORDER_QTY
    if not within_position_limit(account, side, more):
        return MAX_POSITION
    row = int(s.portfolios[portfolio]["notional"])
    if row < 0:
        return NONE
    return broken_notional(s, s.accounts[portfolio], instrument, side, more, row)


@kernel
def within_position_limit(account: Records, side: int, qty: int) -> bool:
    """
    Check the position limit for a new order, as if everything open were filled.

    Parameters
    ----------
    account : record of ACCOUNT
        Read only.
    side : int
        Side of the order.
    qty : int
        Its quantity (lots).

    Returns
    -------
    bool
        True when the order may leave.
    """
    if account["max_position"] < 0:
        return True
    return bool(_reach(account, side) + qty <= account["max_position"])


@kernel
def broken_notional(
    s: State, accounts: Records, instrument: int, side: int, qty: int, row: int
) -> int:
    """
    Name the limit of what positions may be worth that a new order would break.

    Parameters
    ----------
    s : State
        Read only.
    accounts : ndarray of ACCOUNT, shape (n_instruments,)
        Of the portfolio or the group; read only.
    instrument : int
        Instrument of the order.
    side : int
        Its side.
    qty : int
        Its quantity (lots).
    row : int
        Row of ``notionals``.

    Returns
    -------
    int
        Reason, ``NONE`` when the order may leave.

    Notes
    -----
    Everything is worth its last two-sided mid. `net` is that of all instruments if all
    that is open on the side of the order were filled, and nothing on the other; `gross`
    counts each instrument at the longer or shorter of the positions that its open
    orders could make. An order that makes the worst position in its instrument no
    larger passes the limit of `gross`, wherever that stands.
    """
    limit = s.notionals[row]
    here = accounts[instrument]
    reach = _reach(here, side) + qty
    grows = reach > max(_reach(here, side), _reach(here, 1 - side))
    if grows and s.mids[instrument] == NO_MARK:
        return GROSS_NOTIONAL if limit["gross"] >= 0 else NET_NOTIONAL
    gross, net = 0.0, 0.0
    for i in range(accounts.shape[0]):
        if s.mids[i] == NO_MARK:
            continue
        # Whole numbers: exact up to 2^53.
        worth = float(abs(s.mids[i])) * s.worths[i]
        ahead, behind = _reach(accounts[i], side), _reach(accounts[i], 1 - side)
        if i == instrument:
            ahead += qty
        net += float(ahead) * worth
        gross += float(max(ahead, behind)) * worth
    if grows and 0 <= limit["gross"] < gross:
        return GROSS_NOTIONAL
    return NET_NOTIONAL if 0 <= limit["net"] < net else NONE


@kernel
def within_collar(s: State, order: Records, price: int) -> bool:
    """
    Check how far the limit of an order is beyond the mid.

    Parameters
    ----------
    s : State
        Read only.
    order : record of ORDER
        Read only; stops are not judged.
    price : int
        Its limit, or the one that a replace asks for (ticks).

    Returns
    -------
    bool
        True when it may leave.
    """
    collar = int(s.portfolios[int(order["portfolio"])]["collar_e8"])
    if collar < 0 or order["type"] != LIMIT:
        return True
    mid = int(s.mids[int(order["instrument"])])
    if mid == NO_MARK:
        return False
    beyond = 2 * price - mid if order["side"] == BUY else mid - 2 * price
    return bool(beyond * _ONE <= collar * abs(mid))


@kernel
def _reach(account: Records, side: int) -> int:
    """Say how far all that is open on a side could take the position to that side."""
    if side == BUY:
        return int(account["known_position"] + account["open_buy"])
    return int(account["open_sell"] - account["known_position"])
