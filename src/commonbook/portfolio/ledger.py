"""Book fills into accounts: positions, exact trade cash, fees rounded once."""

from commonbook.core.dtypes import Records
from commonbook.core.enums import Side
from commonbook.core.integers import round_half_even
from commonbook.core.jit import kernel

BUY = int(Side.BUY)

#: Products at or above this are refused: they might leave 64 bits.
LIMIT = 4.0e18


@kernel
def fee_e8(fee: Records, price_half: int, qty: int) -> int:
    """
    Compute the fee of one fill.

    Parameters
    ----------
    fee : record of FEE
        Rates; a negative one is a rebate.
    price_half : int
        Price (half ticks).
    qty : int
        Quantity (lots).

    Returns
    -------
    int
        Fee (1e-8 currency units), each part rounded once, half to even.
    """
    amount = 0
    if fee["notional_num"] != 0:
        amount += round_half_even(
            abs(price_half) * qty, int(fee["notional_num"]), int(fee["notional_den"])
        )
    if fee["share_num"] != 0:
        amount += round_half_even(qty, int(fee["share_num"]), int(fee["share_den"]))
    if fee["minimum_e8"] > 0:
        amount = max(amount, int(fee["minimum_e8"]))
    return amount


@kernel
def fits(price_half: int, qty: int, fee: Records) -> bool:
    """
    Check that a fill's money fits 64-bit integers.

    Parameters
    ----------
    price_half : int
        Price (half ticks).
    qty : int
        Quantity (lots).
    fee : record of FEE
        Rates.

    Returns
    -------
    bool
        False when cash or fee could overflow.
    """
    cash = abs(float(price_half)) * float(qty)
    on_notional = cash * abs(float(fee["notional_num"])) / float(fee["notional_den"])
    on_shares = float(qty) * abs(float(fee["share_num"])) / float(fee["share_den"])
    return cash < LIMIT and on_notional < LIMIT and on_shares < LIMIT


@kernel
def apply_fill(account: Records, fee: Records, fill: Records) -> bool:
    """
    Book one fill.

    Parameters
    ----------
    account : record of ACCOUNT
        Changed in place.
    fee : record of FEE
        Rates for the fill's liquidity.
    fill : record of FILL
        ``fee_e8`` is set in place.

    Returns
    -------
    bool
        False when a sum would leave 64 bits; nothing is booked then.
    """
    price_half = int(fill["price_half"])
    qty = int(fill["qty"])
    if not fits(price_half, qty, fee):
        return False
    cash = price_half * qty
    cost = fee_e8(fee, price_half, qty)
    charge = int(fill["impact_e8"])
    adjust = int(fill["adjust_e8"])
    if (
        abs(float(account["cash_half"])) + abs(float(cash)) >= LIMIT
        or abs(float(account["fees_e8"])) + abs(float(cost)) >= LIMIT
        or abs(float(account["charges_e8"])) + float(charge) >= LIMIT
        or abs(float(account["adjusts_e8"])) + abs(float(adjust)) >= LIMIT
        or abs(float(account["position"])) + float(qty) >= LIMIT
    ):
        return False
    if fill["side"] == BUY:
        account["position"] += qty
        account["cash_half"] -= cash
    else:
        account["position"] -= qty
        account["cash_half"] += cash
    account["fees_e8"] += cost
    account["charges_e8"] += charge
    account["adjusts_e8"] += adjust
    fill["fee_e8"] = cost
    return True
