"""The largest numbers that orders and tapes can have; needs neither NumPy nor numba."""

#: Largest price of an event or an order, either way [ticks].
MAX_TICKS = 2**31 - 1

#: Largest quantity of an order [lots].
MAX_ORDER_LOTS = 2**48

#: What a strategy is told of a fill: its Liquidity, and ``BEYOND`` times what its price
#: is beyond whole half ticks, in ``PARTS`` of one.
BEYOND, PARTS = 4, 2**28

#: Stands for what a replace leaves as it is: no quantity, and no price.
SAME = 2**62
