"""Records of the desks, where orders cross before they leave, and of their limits."""

import numpy as np

#: A desk that nets the orders of its portfolios.
DESK = np.dtype(
    [
        ("window", "i8"),  # how long orders wait to be netted [ns]
        ("distribution", "i4"),
        ("price", "i4"),  # NettingPrice
        ("n_engines", "i4"),
        ("first_engine", "i4"),
    ],
    align=True,
)

#: A group whose portfolios have limits together.
GROUP = np.dtype(
    [
        ("notional", "i4"),  # row of NOTIONAL, -1 for none
        ("first_unheard", "i4"),  # a portfolio with reports that it has not heard
    ],
    align=True,
)

#: What positions may be worth, in the unit of ``worths``; -1 for no limit.
NOTIONAL = np.dtype([("gross", "f8"), ("net", "f8")], align=True)

#: Columns of ``counted``: what a group counts as open of an order [lots], and replaces
#: of it whose answers the group has not heard.
OPEN, ANSWERS = 0, 1
