"""``commonbook inspect`` and ``commonbook synth``: tapes, read and made."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from commonbook.cli.console import (
    JsonOption,
    QuietOption,
    failing_clearly,
    print_json,
    show,
    working,
)
from commonbook.cli.options import TapeArgument
from commonbook.core.words import counted

if TYPE_CHECKING:
    from commonbook.data.tape import Tape

LEVELS = 5
_KINDS = {
    "l2": "by level (L2)",
    "l3": "order by order (L3)",
    "trades": "trades only, no book",
}

KindOption = Annotated[
    Literal["l2", "l3"],
    typer.Option(help="l2: by level; l3: order by order, unit orders."),
]
VerifyOption = Annotated[
    bool,
    typer.Option("--verify", help="Compare the book with what the feed says it was."),
]


def inspect_command(
    source: TapeArgument,
    verify: VerifyOption = False,
    json: JsonOption = False,
) -> None:
    """
    Show what is in a tape: events, times, tick sizes and the book at its end.

    Parameters
    ----------
    source : Source
        The tape, and how it is read.
    verify : bool, default False
        Compare the book with what the feed says it was.
    json : bool, default False
        Print results as JSON and nothing else.
    """
    with failing_clearly():
        with working(f"reading {source.paths[0].name}", shown=not json):
            found = source.read()
            verified = {"verify": found.verify()} if verify else {}
            facts = describe(found) | verified
        if json:
            print_json(facts)
        else:
            _print_facts(facts)


def synth_command(  # noqa: PLR0913, PLR0917 - one for each option
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="A .csv or .parquet file.")
    ],
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    duration: Annotated[str, typer.Option(help="How much time, such as 10min.")] = "1h",
    symbol: Annotated[str, typer.Option(help="Name of the instrument.")] = "SYNTH",
    price: Annotated[str, typer.Option(help="Where the price starts.")] = "100.00",
    tick_size: Annotated[str, typer.Option(help="Price of one tick.")] = "0.01",
    lot_size: Annotated[str, typer.Option(help="Size of one lot, in units.")] = "1",
    kind: KindOption = "l2",
    quiet: QuietOption = False,
) -> None:
    """
    Make a realistic order book and write it as a tape.

    Parameters
    ----------
    out : Path
        A ``.csv`` or ``.parquet`` file.
    seed : int, default 1
        The same seed gives the same bytes.
    duration : str, default "1h"
        How much time.
    symbol : str, default "SYNTH"
        Name of the instrument.
    price : str, default "100.00"
        Where the price starts [currency].
    tick_size : str, default "0.01"
        Price of one tick [currency].
    lot_size : str, default "1"
        Size of one lot [units].
    kind : {"l2", "l3"}, default "l2"
        By level, or order by order.
    quiet : bool, default False
        Print nothing.
    """
    with failing_clearly():
        from commonbook.config.scalars import parse_duration
        from commonbook.data.columns import NS_PER_SECOND
        from commonbook.data.frame import check_written

        check_written(out)
        try:
            span = parse_duration(duration)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--duration") from error
        with working("making an order book", shown=not quiet):
            from commonbook.data.synth import synth
            from commonbook.data.synth_queue import synth_orders

            make = synth_orders if kind == "l3" else synth
            tape = make(
                seed,
                span / NS_PER_SECOND,
                symbol=symbol,
                price=price,
                tick_size=tick_size,
                lot_size=lot_size,
            )
            tape.write(out)
    if not quiet:
        typer.echo(f"{out}: {tape!r}")


def describe(tape: "Tape") -> dict[str, Any]:
    """
    Sum up a tape as JSON has it.

    Parameters
    ----------
    tape : Tape
        The tape.

    Returns
    -------
    dict
        Source, hash, times, instruments, what each is told by (orders, ``l3``; levels,
        ``l2``; ``trades`` only), events by action, the book at the end, and by symbol
        after how many packets the best bid was at or above the best ask (``crossed``).
    """
    import numpy as np

    from commonbook.core.enums import Action
    from commonbook.data.columns import iso_time
    from commonbook.runner.tapes import provenance

    actions = np.bincount(tape.events["action"], minlength=max(Action) + 1)
    return {
        **provenance(tape),
        "packets": tape.packets,
        "kinds": dict(zip(tape.symbols, _kinds(tape), strict=True)),
        "order_slots": tape.order_slots,
        "first_ts": iso_time(tape.start),
        "last_ts": iso_time(tape.end),
        "seconds": (tape.end - tape.start) / 1e9,
        "events_by_action": {
            action.name.lower(): int(actions[action])
            for action in Action
            if actions[action]
        },
        "book_at_end": {symbol: _book(tape, symbol) for symbol in tape.symbols},
        "crossed": dict(zip(tape.symbols, tape.crossed, strict=True)),
    }


def _kinds(tape: "Tape") -> list[str]:
    """Say what the data tells of each instrument."""
    from commonbook.data.assumed_quotes import trades_only

    alone = trades_only(tape.events, len(tape.instruments))
    return [
        "trades" if only else "l3" if by_order else "l2"
        for only, by_order in zip(alone, tape.by_order, strict=True)
    ]


def _book(tape: "Tape", symbol: str) -> dict[str, list[list[float]]]:
    """Give the best levels at the end, as price and size."""
    last = tape.top_of_book(depth=LEVELS, symbol=symbol).tail(1)
    sides: dict[str, list[list[float]]] = {"bids": [], "asks": []}
    for row in last.iter_rows(named=True):
        for side, levels in sides.items():
            for level in range(LEVELS):
                price = row[f"{side[:3]}_px_{level:02}"]
                if price is not None:
                    levels.append([price, row[f"{side[:3]}_sz_{level:02}"]])
    return sides


def _nouns(kind: str) -> tuple[str, str]:
    """Name one event of a kind, and several."""
    return kind, "modifies" if kind == "modify" else ""


def _print_facts(facts: dict[str, Any]) -> None:
    """Print a tape for people."""
    from commonbook.cli.tables import book_table, facts_table

    kinds = facts["events_by_action"].items()
    rows = [
        ("source", facts["source"]),
        ("sha256", facts["sha256"]),
        ("from", facts["first_ts"]),
        ("to", facts["last_ts"]),
        ("events", f"{facts['events']:,} in {counted(facts['packets'], 'packet')}"),
        ("by kind", ", ".join(counted(n, *_nouns(kind)) for kind, n in kinds)),
    ]
    if facts["order_slots"]:
        rows.append(("orders", f"up to {facts['order_slots']:,} at one time"))
    rows.extend(
        (
            instrument["symbol"],
            f"{_KINDS[facts['kinds'][instrument['symbol']]]}, "
            f"tick {instrument['tick_size']}, lot {instrument['lot_size']}, "
            f"multiplier {instrument['multiplier']}",
        )
        for instrument in facts["instruments"]
    )
    rows.extend(("note", note) for note in facts["notes"])
    rows.extend(
        (
            "crossed",
            f"{symbol}: the best bid is at or above the best ask after "
            f"{counted(count, 'packet')}",
        )
        for symbol, count in facts["crossed"].items()
        if count
    )
    if "verify" in facts:
        verified = facts["verify"]
        agreed = (
            f"{verified['agreed']:,} of {verified['checked']:,} agree with the feed"
        )
        rows.append(("verify", agreed))
        if "free_running_checked" in verified:
            replayed = (
                f"{verified['free_running_agreed']:,} of "
                f"{verified['free_running_checked']:,} books replayed from the "
                "beginning have its best prices and sizes"
            )
            rows.append(("", replayed))
    show(facts_table("", rows))
    for instrument in facts["instruments"]:
        symbol = instrument["symbol"]
        if facts["kinds"][symbol] == "trades":
            continue
        units = (instrument["tick_size"], instrument["lot_size"])
        typer.echo()
        show(book_table(symbol, facts["book_at_end"][symbol], units))
