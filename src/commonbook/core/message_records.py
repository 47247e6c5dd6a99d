"""
Records of messages between strategies and the venue.

A *run* is what one portfolio sends in a row for one instrument: its messages travel,
are sorted and arrive together.
"""

import numpy as np

#: Added to the slot in the message of a replace: ``~(slot + REPLACES)``.
REPLACES = 1 << 30

#: A message on its way to the venue.
MESSAGE = np.dtype(
    [
        ("ts", "i8"),  # when the venue acts on it [ns]
        ("sent", "i4"),  # slot of the order; ~slot for a cancel; see REPLACES
        ("count", "i4"),  # of the first of a run: messages of the run
    ],
    align=True,
)

#: What one portfolio sends in a row for one instrument, as it arrives; sorted by
#: ``first`` and ``second``.
RUN = np.dtype(
    [
        ("first", "i8"),  # where it goes: group or desk, instrument, pool
        ("second", "i8"),  # tie hash, portfolio
        ("start", "i4"),  # in the ring or the outbox; once sorted in the batch
        ("count", "i4"),  # messages
    ],
    align=True,
)

#: A message that arrives.
ARRIVAL = np.dtype(
    [
        ("slot", "i4"),
        ("kind", "i2"),  # MessageKind
        ("deferred", "i2"),  # DEFERRED to the end of its batch, or REFUSED
    ],
    align=True,
)

#: Messages on their way in a ring, oldest first: all that have one constant delay, or
#: those of one portfolio, whose delay varies.
FLIGHT = np.dtype(
    [
        ("delay", "i8"),  # with what the venue takes; this alone where it varies [ns]
        ("head", "i8"),
        ("count", "i8"),
        ("sent", "i8"),  # messages so far, where the delay varies
        ("last", "i8"),  # when the last one arrives, where the delay varies [ns]
        ("rule", "i4"),  # row of DELAY, -1 where the delay is constant
        ("heap_place", "i4"),  # in the heap of arrivals
    ],
    align=True,
)

#: How much a portfolio may send in a while, and what it has sent.
RATE = np.dtype(
    [
        ("messages", "i8"),  # orders and replaces that may leave ...
        ("per", "i8"),  # ... in so long [ns]
        ("over", "i8"),  # OverRate
        ("first", "i8"),  # of the times of the last ones that left, a ring
        ("count", "i8"),  # how many have left so far
        ("last", "i8"),  # when the last message left, a cancel too [ns]
        ("round", "i8"),  # the last round in which something was asked for
        ("asked", "i8"),  # how many in that round
        ("waiting", "i8"),  # orders at the desk, which will leave
    ],
    align=True,
)

#: How a delay that is not constant comes about.
DELAY = np.dtype(
    [
        ("kind", "i8"),  # DelayKind
        ("median", "f8"),  # of a lognormal delay [ns]
        ("sigma", "f8"),  # of its logarithm
        ("least", "i8"),  # [ns]
        ("first", "i8"),  # of its samples; of a curve or of steps first the times
        ("count", "i8"),  # of samples, of points, or of packets
    ],
    align=True,
)

#: What becomes of a message about an order: it waits for the end of the batch; it was
#: refused, and its portfolio will be told.
DEFERRED, REFUSED = 1, 2
