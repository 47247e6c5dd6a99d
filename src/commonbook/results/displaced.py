"""Volume of the tape that could not have traded, and when it is too much."""

from collections.abc import Mapping
from fractions import Fraction

from commonbook.results.lane import LaneRecords

#: Shares of the traded volume above it are warned of.
TOLERATED = 0.01
#: Engines that are named before the rest is counted.
NAMED = 3


def displaced_quantities(lane: LaneRecords) -> dict[str, dict[str, float]]:
    """
    Say how much of the tape's volume could not have traded.

    Parameters
    ----------
    lane : LaneRecords
        The lane.

    Returns
    -------
    dict of str to dict of str to float
        Units by engine and symbol, without zeros.
    """
    return {
        engine: {
            unit.symbol: float(count * Fraction(unit.lot_size))
            for count, unit in zip(lots, lane.instruments, strict=True)
            if count
        }
        for engine, lots in lane.displaced.items()
    }


def displaced_shares(lane: LaneRecords) -> dict[str, dict[str, float]]:
    """
    Say which part of the tape's volume could not have traded.

    Parameters
    ----------
    lane : LaneRecords
        The lane.

    Returns
    -------
    dict of str to dict of str to float
        Fractions of the traded volume by engine and symbol, without zeros.
    """
    return {
        engine: {
            unit.symbol: count / traded
            for count, traded, unit in zip(
                lots, lane.traded, lane.instruments, strict=True
            )
            if count and traded
        }
        for engine, lots in lane.displaced.items()
        if lane.traded
    }


def displacement_warnings(
    shares: Mapping[str, Mapping[str, float]],
) -> list[str]:
    """
    Warn of engines that displaced too much to be believed.

    Parameters
    ----------
    shares : mapping of str to mapping of str to float
        As `displaced_shares` gives them.

    Returns
    -------
    list of str
        One sentence with the engines, the largest share first; empty for none.
    """
    largest = {
        engine: max(symbols.values()) for engine, symbols in shares.items() if symbols
    }
    much = sorted(largest, key=lambda engine: (-largest[engine], engine))
    much = [engine for engine in much if largest[engine] > TOLERATED]
    if not much:
        return []
    more = f" and {len(much) - NAMED} more" if len(much) > NAMED else ""
    return [
        f"{', '.join(much[:NAMED])}{more}: took more than {TOLERATED:.0%} of what the "
        "tape went on to trade; such orders are too large for a replay"
    ]
