"""The largest numbers that orders and tapes can have; needs neither NumPy nor numba."""

#: Largest price of an event or an order, either way [ticks].
MAX_TICKS = 2**31 - 1

#: Largest quantity of an order [lots].
MAX_ORDER_LOTS = 2**48
