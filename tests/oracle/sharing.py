"""Who gets how much when there is not enough for everybody."""

from collections.abc import Sequence
from fractions import Fraction

#: Policies that divide in proportion to size.
SHARING = ("pro_rata", "average_price")


def divide(policy: str | None, supply: int, wants: Sequence[int]) -> list[int]:
    """
    Divide `supply` lots among those who want them, given in tie order.

    Without a policy, first come, first served.
    """
    if sum(wants) <= supply:
        return list(wants)
    return pro_rata(supply, wants) if policy in SHARING else fifo(supply, wants)


def fifo(supply: int, wants: Sequence[int]) -> list[int]:
    """Serve each in turn."""
    parts = []
    for want in wants:
        parts.append(min(want, supply))
        supply -= parts[-1]
    return parts


def pro_rata(supply: int, wants: Sequence[int]) -> list[int]:
    """Serve in proportion; left over lots go to the largest remainders."""
    shares = [Fraction(supply * want, sum(wants)) for want in wants]
    parts = [int(share) for share in shares]
    rest = [share - part for share, part in zip(shares, parts, strict=True)]
    first = sorted(range(len(wants)), key=lambda i: (-rest[i], -shares[i], i))
    for i in first[: supply - sum(parts)]:
        parts[i] += 1
    return parts
