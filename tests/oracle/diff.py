"""Where two runs of one scenario part, told so that it is easy to read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from tests.oracle.outcome import Fill, Outcome

CONTEXT = 3  # equal fills shown before the first difference


def diff(left: Outcome, right: Outcome, names: tuple[str, str] = ("a", "b")) -> str:
    """
    Return what is different, first things first; empty when nothing is.

    Fills are compared portfolio by portfolio within one time and instrument, because
    the rules order the fills of one portfolio, not those of different ones. Crosses
    are numbered by first appearance.
    """
    parts = [
        _fills(in_order(left.fills), in_order(right.fills), names),
        _keyed(
            "order",
            {(o.portfolio, o.id): o for o in left.orders},
            {(o.portfolio, o.id): o for o in right.orders},
            names,
        ),
        _keyed("position", left.positions, right.positions, names),
        _keyed("cash", left.cash, right.cash, names),
        _keyed("consumed", left.consumed, right.consumed, names),
        _keyed("displaced", left.displaced, right.displaced, names),
        _reports(left, right, names),
        _keyed("log", _entries(left.logs), _entries(right.logs), names),
    ]
    return "\n".join(part for part in parts if part)


def in_order(fills: Iterable[Fill]) -> list[Fill]:
    """Return fills in an order that does not depend on which engine spoke first."""
    ordered = sorted(fills, key=lambda f: (f.ts, f.portfolio, f.instrument))
    numbers: dict[int, int] = {0: 0}
    return [
        replace(fill, cross=numbers.setdefault(fill.cross, len(numbers)))
        for fill in ordered
    ]


def _fills(left: Sequence[Fill], right: Sequence[Fill], names: tuple[str, str]) -> str:
    same = 0
    while same < min(len(left), len(right)) and left[same] == right[same]:
        same += 1
    if same == len(left) == len(right):
        return ""
    lines = [f"fills part at number {same} ({len(left)} and {len(right)} in all):"]
    lines += [f"  both  {_line(f)}" for f in left[max(0, same - CONTEXT) : same]]
    for name, side in zip(names, (left, right), strict=True):
        lines += [f"  {name:5} {_line(f)}" for f in side[same : same + CONTEXT]]
        if len(side) <= same:
            lines.append(f"  {name:5} nothing more")
    if same < min(len(left), len(right)):
        lines.append(f"  they differ in {_unequal(left[same], right[same])}")
    return "\n".join(lines)


def _line(fill: Fill) -> str:
    price = f"{fill.price_half // 2}{'.5' if fill.price_half % 2 else ''}"
    marks = [m for m in ("cross_fill", "through") if getattr(fill, m)]
    marks += [f"cross {fill.cross}"] if fill.cross else []
    return (
        f"t={fill.ts} i={fill.instrument} {fill.portfolio}#{fill.order_id}"
        f" {'sell' if fill.side else 'buy'} {fill.qty} @ {price} {fill.liquidity}"
        f" vs {fill.counterparty} fee {fill.fee_e8} impact {fill.impact_e8}"
        f" adjust {fill.adjust_e8}"
        f" {' '.join(marks)}"
    ).rstrip()


def _keyed(
    what: str, left: Mapping[Any, Any], right: Mapping[Any, Any], names: tuple[str, str]
) -> str:
    keys = sorted(set(left) | set(right))
    unequal = [key for key in keys if left.get(key) != right.get(key)]
    if not unequal:
        return ""
    key = unequal[0]
    a, b = left.get(key, "nothing"), right.get(key, "nothing")
    lines = [f"{what} {key} ({len(unequal)} of {len(keys)} differ):"]
    lines += [f"  {names[0]:5} {a}", f"  {names[1]:5} {b}"]
    if hasattr(a, "__dataclass_fields__") and hasattr(b, "__dataclass_fields__"):
        lines.append(f"  they differ in {_unequal(a, b)}")
    return "\n".join(lines)


def _reports(left: Outcome, right: Outcome, names: tuple[str, str]) -> str:
    """Compare what portfolios are told, of engines that both write it down."""
    if left.too_late is None or right.too_late is None:
        return ""
    late = {"too late": left.too_late}, {"too late": right.too_late}
    if left.reports is None or right.reports is None:
        return _keyed("count", *late, names)
    told = _entries(left.reports), _entries(right.reports)
    return _keyed("report", *told, names) or _keyed("count", *late, names)


def _entries(logs: Mapping[str, Sequence[Any]]) -> dict[tuple[str, int], Any]:
    return {
        (name, i): entry for name, log in logs.items() for i, entry in enumerate(log)
    }


def _unequal(left: Any, right: Any) -> str:
    names = [field.name for field in fields(left)]
    return ", ".join(n for n in names if getattr(left, n) != getattr(right, n))
