"""Numbers as people read them in tables."""

from rich.text import Text

NOTHING = "-"


def money(amount: float | None, decimals: int = 2) -> str:
    """
    Write an amount with thousands separators.

    Parameters
    ----------
    amount : float or None
        The amount.
    decimals : int, default 2
        Places after the point.

    Returns
    -------
    str
        A dash for None, never a negative zero.
    """
    if amount is None:
        return NOTHING
    text = f"{amount:,.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def signed(amount: float | None, decimals: int = 2) -> Text:
    """
    Write a difference: green and with a plus when good, red when bad.

    Parameters
    ----------
    amount : float or None
        The difference.
    decimals : int, default 2
        Places after the point.

    Returns
    -------
    rich.text.Text
        A dash for None.
    """
    text = money(amount, decimals)
    if amount is None or not text.strip("-0.,"):
        return Text(text)
    return Text(f"+{text}", "green") if amount > 0 else Text(text, "red")


def quantity(amount: float | None) -> str:
    """
    Write a quantity in units with no more places than it needs.

    Parameters
    ----------
    amount : float or None
        The quantity.

    Returns
    -------
    str
        A dash for None.
    """
    if amount is None:
        return NOTHING
    places = 0 if abs(amount) >= 1000 or amount == int(amount) else 3
    return f"{amount:,.{places}f}"


def share(part: float | None) -> str:
    """
    Write a ratio in percent.

    Parameters
    ----------
    part : float or None
        The ratio.

    Returns
    -------
    str
        A dash for None.
    """
    if part is None:
        return NOTHING
    return "<0.1%" if 0 < part < 0.0005 else f"{part:.1%}"
