"""Pro-rata matching: what each order in line gives to a quantity that comes."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.oracle.lines import TapeOrder
from tests.oracle.orders import LiveOrder
from tests.oracle.scenario import ProRata


@dataclass
class Piece:
    """Something in line at a price: an own order, or size of the tape."""

    size: int
    own: LiveOrder | None = None
    tape: TapeOrder | None = None  # where the tape names its orders
    part: int = 0  # what it gives

    @property
    def nameless(self) -> bool:
        """Whether it is tape size of which no order is known."""
        return self.own is None and self.tape is None


def share_out(line: Sequence[Piece], qty: int, rule: ProRata, top: Piece | None) -> int:
    """
    Let each piece of a line give its part: top, in proportion, then by time.

    Nameless pieces are one body, which gives from its end and has no smallest part.
    Return how many parts in proportion were too small.
    """
    if sum(piece.size for piece in line) <= qty:
        for piece in line:
            piece.part = piece.size
        return 0
    for piece in line:
        piece.part = min(piece.size, qty) if piece is top else 0
    left = qty - (top.part if top else 0)
    if left == 0:
        return 0
    small = 0
    others = [piece for piece in line if piece is not top]
    whole = sum(piece.size for piece in others)
    for piece in others:
        share = left * piece.size // whole
        if piece.nameless:
            continue
        if share >= rule.min_share:
            piece.part = share
        else:
            small += share > 0
    body = [piece for piece in others if piece.nameless]
    share = left * sum(piece.size for piece in body) // whole
    for piece in reversed(body):
        piece.part = min(share, piece.size)
        share -= piece.part
    left = qty - sum(piece.part for piece in line)
    for piece in line:
        more = min(left, piece.size - piece.part)
        piece.part += more
        left -= more
    assert left == 0
    return small


def nameless_line(orders: Sequence[LiveOrder], tape: int) -> list[Piece]:
    """Put tape size between own orders, as far as it is estimated to be ahead."""
    line, ahead = [], 0
    for order in orders:
        gap = max(0, min(tape, order.tape_ahead) - ahead)
        ahead += gap
        line += [Piece(gap), Piece(order.leaves, order)]
    return [*line, Piece(tape - ahead)]


def named_line(
    orders: Sequence[LiveOrder], tape: Sequence[tuple[TapeOrder, int]]
) -> list[Piece]:
    """Put own orders behind the tape orders that were there when they joined."""
    line = [(o.place, 0, Piece(size, tape=o)) for o, size in tape]
    line += [(o.place, 1, Piece(o.leaves, o)) for o in orders]
    return [piece for _, _, piece in sorted(line, key=lambda entry: entry[:2])]
