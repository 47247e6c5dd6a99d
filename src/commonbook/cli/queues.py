"""``commonbook compare-queues``: simulated orders beside the tape's own."""

from typing import TYPE_CHECKING, Annotated

import typer

from commonbook.cli.console import (
    JsonOption,
    failing_clearly,
    print_json,
    show,
    working,
)
from commonbook.cli.options import TapeArgument

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

SampleOption = Annotated[
    int, typer.Option(help="Orders of the tape, at most.", min=1, max=1_000_000)
]
AwayOption = Annotated[
    int, typer.Option(help="Ticks from the best price, at most.", min=0, max=1_000)
]
SeedOption = Annotated[int, typer.Option(help="Chooses the orders.", min=0)]
TenthsOption = Annotated[
    bool, typer.Option("--tenths", help="Also by tenths of the size ahead.")
]


def compare_queues_command(
    source: TapeArgument,
    sample: SampleOption = 5_000,
    away: AwayOption = 0,
    seed: SeedOption = 1,
    tenths: TenthsOption = False,
    json: JsonOption = False,
) -> None:
    """
    Compare simulated resting orders with the tape's own, under each queue model.

    Parameters
    ----------
    source : Source
        An order-by-order tape, and how it is read.
    sample : int, default 5000
        Orders of the tape, at most.
    away : int, default 0
        How far from the best price of its side an order may join [ticks].
    seed : int, default 1
        Chooses the orders.
    tenths : bool, default False
        Also show tenths by size ahead.
    json : bool, default False
        Print results as JSON and nothing else.
    """
    with failing_clearly():
        with working(f"comparing queues of {source.paths[0].name}", shown=not json):
            from commonbook.runner.compare_queues import compare_queues

            found = source.read()
            frame = compare_queues(found, sample=sample, seed=seed, away=away)
        if json:
            print_json({"source": found.source, "rows": frame.to_dicts()})
        else:
            groups = frame.partition_by("tenth", maintain_order=True)
            show(*(_table(group) for group in groups[: None if tenths else 1]))


def _table(frame: "pl.DataFrame") -> "Table":
    """Lay out one group of orders."""
    from rich import box
    from rich.table import Table

    first = frame.row(0, named=True)
    which = f", tenth {first['tenth']} by size ahead" if first["tenth"] else ""
    title = f"{first['orders']:,} orders, {first['ahead']:,.1f} ahead on average{which}"
    table = Table(
        title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1)
    )
    table.add_column("orders of", no_wrap=True)
    columns = frame.columns[frame.columns.index("filled") :]
    for name in columns:
        table.add_column(name.replace("_", " "), justify="right")
    for row in frame.iter_rows(named=True):
        table.add_row(row["orders_of"], *(_cell(name, row[name]) for name in columns))
    return table


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return ""
    if name in {"filled", "early", "missed"}:
        return f"{value:.1%}"
    return f"{value:.2f}"
