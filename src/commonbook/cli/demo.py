"""``commonbook demo``: portfolios that compete on one book, from one command."""

import json as json_text
from decimal import ROUND_CEILING, Decimal
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Annotated, cast

import typer

from commonbook.cli.console import (
    JsonOption,
    Progress,
    failing_clearly,
    print_json,
    progress_bar,
    working,
)
from commonbook.cli.options import DataOption, Source
from commonbook.cli.run import default_folder, print_comparison, print_remarks

if TYPE_CHECKING:
    from commonbook.data.tape import Tape
    from commonbook.results.comparison import Comparison

#: Parts of the time of the tape after which the schedules start and end.
EDGES = (0.02, 0.98)
SLICE_EVERY_NS = 20 * 10**9
SLICES = (6, 360)
CASH_IN_TOUCHES = 1000


def demo_command(
    source: DataOption,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder for the results."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """
    Let eight portfolios compete on one book; show what it costs them.

    Parameters
    ----------
    source : Source
        A tape, and how it is read; without files a book is generated.
    out : Path or None
        Folder for the results; None is ``runs/demo``.
    json : bool, default False
        Print results as JSON and nothing else.
    """
    if source.options and not source.paths:
        options = ", ".join(f"--{key.replace('_', '-')}" for key in source.options)
        message = "only together with --data FILE"
        raise typer.BadParameter(message, param_hint=options)
    folder = out or default_folder("demo")
    with failing_clearly():
        from commonbook.results.store import check_target

        check_target(folder)
        what = source.paths[0].name if source.paths else "a generated book"
        with working(f"looking at {what}", shown=not json):
            text = demo_config(source)
        with progress_bar(shown=not json) as progress:
            comparison = _compare(text, folder, progress)
    if json:
        print_json(comparison.summary)
        return
    print_comparison(comparison)
    _print_end(comparison, folder)


def demo_config(source: Source) -> str:
    """
    Fit the demo's configuration to its data.

    Parameters
    ----------
    source : Source
        The data; without files a book is generated.

    Returns
    -------
    str
        YAML whose sizes suit what the book usually shows.

    Raises
    ------
    DataError
        If a file cannot be trusted, or has no two-sided book.
    """
    import numpy as np

    from commonbook.core.errors import DataError
    from commonbook.data.columns import iso_time
    from commonbook.data.synth import synth

    tape = source.read() if source.paths else synth()
    busiest = int(np.bincount(tape.events["instrument"]).argmax())
    instrument = tape.instruments[busiest]
    top = tape.top_of_book(symbol=instrument.symbol).drop_nulls()
    if top.is_empty():
        message = f"{tape.source}: {instrument.symbol} never has a two-sided book"
        raise DataError(message)
    sizes = np.concatenate([top["bid_sz_00"].to_numpy(), top["ask_sz_00"].to_numpy()])
    spread = float((top["ask_px_00"] - top["bid_px_00"]).median() or 0.0)  # type: ignore[arg-type]
    touch = max(1, round(float(np.median(sizes)) / float(instrument.lot_size)))
    price = Decimal(str(top["bid_px_00"][0]))
    tight = max(1, round(spread / float(instrument.tick_size) / 2))
    span = tape.end - tape.start
    start, end = (_second(tape.start + int(span * edge), span) for edge in EDGES)
    slices = min(max((end - start) // SLICE_EVERY_NS, SLICES[0]), SLICES[1])
    few = max(1, slices // 4)

    def units(lots: int) -> str:
        return f"{instrument.qty(max(1, lots)):f}"

    values = {
        "data": _data_block(source, tape, busiest),
        "symbol": json_text.dumps(instrument.symbol),
        "cash": f"{_round_up(price * instrument.qty(touch) * CASH_IN_TOUCHES)}",
        "maker_size": units(touch // 2),
        "maker_limit": units(5 * touch),
        "taker_size": units(touch // 4),
        "taker_limit": units(5 * touch),
        "patient_qty": units(touch * slices),
        "seller_qty": units(touch * slices // 2),
        "hasty_qty": units(4 * touch * few),
        "slices": str(slices),
        "few_slices": str(few),
        "tight": str(tight),
        "wide": str(2 * tight),
        "start": iso_time(start),
        "end": iso_time(end),
    }
    template = files("commonbook.cli").joinpath("demo.yaml").read_text("utf-8")
    return Template(template).substitute(values)


def _second(ts: int, span: int) -> int:
    """Round a time to a whole second, if that is little of the whole."""
    second = 10**9
    return ts - ts % second if span > 60 * second else ts


def _round_up(amount: Decimal) -> int:
    """Round an amount of money up to one digit and zeros."""
    unit = Decimal(1).scaleb(max(0, amount.adjusted()))
    return int((amount / unit).to_integral_value(ROUND_CEILING) * unit)


def _data_block(source: Source, tape: "Tape", number: int) -> str:
    """Write the source of the tape as YAML."""
    instrument = tape.instruments[number]
    if not source.paths:
        return "  - synth: {seed: 1, duration: 1h}"
    entry = (
        {"path": source.paths}
        | source.options
        | {
            "symbol": instrument.symbol,
            "tick_size": f"{instrument.tick_size:f}",
            "lot_size": f"{instrument.lot_size:f}",
        }
    )
    # JSON is YAML, and quotes what needs it.
    return f"  - {json_text.dumps(entry, default=_absolute)}"


def _absolute(path: Path) -> str:
    return str(path.absolute())


def _compare(text: str, folder: Path, progress: Progress | None) -> "Comparison":
    """Run both modes and write the folder, with the configuration as it was written."""
    from commonbook.config.yaml12 import load_yaml
    from commonbook.results.store import publish
    from commonbook.runner.job import compare

    config = load_yaml(text, "demo.yaml").value
    comparison = compare(cast("dict[str, object]", config), progress=progress)

    def write(aside: Path) -> None:
        comparison.write(aside)
        (aside / "demo.yaml").write_text(text, encoding="utf-8")

    publish(folder, write)
    return comparison


def _print_end(comparison: "Comparison", folder: Path) -> None:
    """Print where everything is, and what to do next."""
    print_remarks(comparison.summary)
    typer.echo(f"results: {folder} (a folder for each mode, comparison.json)")
    typer.echo(
        "try next:\n"
        f"  edit {folder / 'demo.yaml'}: more portfolios in `grid`, other fees,\n"
        "    enable_order_netting: false, fill_distribution: fifo\n"
        f"  commonbook compare {folder / 'demo.yaml'}\n"
        "  commonbook demo --data FILE   on a book of your own"
    )
