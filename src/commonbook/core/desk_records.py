"""Records of the desks, where orders cross before they leave."""

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
