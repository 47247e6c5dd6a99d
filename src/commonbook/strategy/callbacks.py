"""The callbacks of strategies in plain Python: which there are, and what they mean."""

from difflib import get_close_matches
from inspect import get_annotations

from commonbook.core.enums import Wake

#: What wakes a strategy that has a callback.
WAKES = {
    "on_book": Wake.BOOK,
    "on_trade": Wake.TRADE,
    "on_order": Wake.REPORT,
    "on_fill": Wake.REPORT,
}
CALLBACKS = ("on_start", *WAKES, "on_timer", "on_end")


def check_names(kind: type, base: type) -> None:
    """
    Refuse callbacks that nobody would call and parameters that hide something.

    Parameters
    ----------
    kind : type
        A strategy class.
    base : type
        The class whose names are taken.

    Raises
    ------
    TypeError
        If there is one.
    """
    for name in vars(kind):
        if name.startswith("on_") and name not in CALLBACKS:
            close = get_close_matches(name, CALLBACKS, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            message = (
                f"{kind.__name__}.{name} is no callback{hint} "
                f"(callbacks: {', '.join(CALLBACKS)})"
            )
            raise TypeError(message)
    for name in get_annotations(kind):
        if hasattr(base, name) and name not in get_annotations(base):
            message = f"{kind.__name__}.{name}: the name is taken; choose another"
            raise TypeError(message)
