"""What orders promise, checked from the outside, on what a run leaves behind."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.oracle.outcome import Fill, OrderEnd, Outcome
from tests.oracle.scenario import BUY, Order, Scenario


def broken(scenario: Scenario, outcome: Outcome) -> list[str]:
    """Return the promises that a run has broken, in words."""
    sent = {
        (spec.name, message.id): message
        for spec in scenario.portfolios
        for message in spec.messages
        if isinstance(message, Order)
    }
    fills: dict[tuple[str, int], list[Fill]] = defaultdict(list)
    for fill in outcome.fills:
        fills[fill.portfolio, fill.order_id].append(fill)
    found = list(_positions(scenario, outcome, sent))
    for end in outcome.orders:
        key = end.portfolio, end.id
        promises = [
            *_times(sent[key], end, fills[key]),
            *_ends(sent[key], end, fills[key]),
        ]
        found += [f"{end.portfolio}#{end.id}: {promise}" for promise in promises]
    return found


def _positions(
    scenario: Scenario, outcome: Outcome, sent: dict[tuple[str, int], Order]
) -> Iterator[str]:
    """Follow the positions fill by fill; fills of one portfolio are in order."""
    held = {
        (spec.name, i): spec.positions.get(i, 0)
        for spec in scenario.portfolios
        for i, _ in enumerate(scenario.instruments)
    }
    for fill in outcome.fills:
        key = fill.portfolio, fill.instrument
        was = held[key]
        held[key] += fill.qty if fill.side == BUY else -fill.qty
        if not sent[fill.portfolio, fill.order_id].reduce_only:
            continue
        if abs(held[key]) >= abs(was) or held[key] * was < 0:
            yield f"reduce-only: {was} to {held[key]} by {fill}"
    if held != outcome.positions:
        yield f"positions are {outcome.positions}, fills say {held}"


def _times(order: Order, end: OrderEnd, fills: Sequence[Fill]) -> Iterator[str]:
    for fill in fills:
        if order.expires and fill.ts > order.expires:
            yield "filled after its time"
        if order.expires == fill.ts and fill.liquidity == "taker":
            yield "took at the end of its time"
        if order.stop is not None and not 0 < end.ts_trigger <= fill.ts:
            yield "filled before its trigger"
        if fill.ts > end.ts_end:
            yield "filled after its end"
    if end.ts_trigger and not end.ts_arrival <= end.ts_trigger <= end.ts_end:
        yield "triggered at no time of its life"
    if end.ts_trigger and order.stop is None:
        yield "triggered without a stop price"


def _ends(order: Order, end: OrderEnd, fills: Sequence[Fill]) -> Iterator[str]:
    qty = sum(fill.qty for fill in fills)
    if qty != end.filled:
        yield f"{end.filled} filled, {qty} in fills"
    if (end.state == "filled") != (qty == end.qty > 0):
        yield f"{end.state} with {qty} of {end.qty}"
    if end.state == "rejected" and (qty or end.ahead >= 0):
        yield "rejected after it worked"
    whole = order.tif == "fok"
    if whole and len({fill.ts for fill in fills}) > 1:
        yield "filled whole at several times"
    if whole and 0 < qty < end.qty and end.reason != "reduce_only":
        yield "fill or kill, filled in part"
    never_rests = whole or order.tif == "ioc" or order.price is None
    kinds = {fill.liquidity for fill in fills}
    if never_rests and "maker" in kinds:
        yield "rested although it never rests"
    if order.post_only and kinds - {"maker"}:
        yield "post-only took"
    if end.reason == "reduce_only" and not order.reduce_only:
        yield "ended by a term that it has not"
    if end.reason == "expired" and not order.expires:
        yield "expired without a time"
