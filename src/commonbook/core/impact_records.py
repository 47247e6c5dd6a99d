"""Records of market impact: how groups move the markets of instruments."""

import numpy as np

#: A group's net volume decays at this many speeds at most.
MAX_SCALES = 4

#: How one group moves the market of one instrument.
IMPACT = np.dtype(
    [
        ("parts", "f8", (MAX_SCALES,)),  # net volume, in units of daily volume
        ("weights", "f8", (MAX_SCALES,)),  # of the scales, 1 in all
        ("half_lives", "i8", (MAX_SCALES,)),  # [ns], 0 for never
        ("scales", "i8"),  # how many there are
        ("ts", "i8"),  # when the parts were last brought up to date [ns]
        ("scale", "f8"),  # coefficient times daily volatility
        ("volume", "f8"),  # daily volume [lots]
        ("lot_e8", "f8"),  # what a tick of a lot is worth, in 1e-8
        ("model", "i8"),  # ImpactModel
    ],
    align=True,
)
