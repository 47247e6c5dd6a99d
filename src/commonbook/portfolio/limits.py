"""What a portfolio must not do, judged by what it knows."""

from commonbook.core.dtypes import Records
from commonbook.core.enums import Side
from commonbook.core.jit import kernel

BUY = int(Side.BUY)


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
    if side == BUY:
        worst = account["known_position"] + account["open_buy"] + qty
    else:
        worst = account["open_sell"] + qty - account["known_position"]
    return bool(worst <= account["max_position"])
