"""Tables of comparisons of more than two lanes."""

from collections.abc import Mapping
from textwrap import fill
from typing import Any

from rich.table import Table
from rich.text import Text

from commonbook.cli.figures import money, signed
from commonbook.cli.tables import add_columns, fits, start_table

#: Portfolios that are shown; of more, those with the largest effects.
SHOWN = 10

#: Letters of one line of a heading: as many as fit, the widest first.
_HEADINGS = (14, 10, 6)


def profit_table(summary: Mapping[str, Any]) -> Table | None:
    """
    Lay out the net profit in each lane.

    Parameters
    ----------
    summary : mapping
        `Comparison.summary`.

    Returns
    -------
    rich.table.Table or None
        One row for each portfolio; None if there are but two lanes.
    """
    rows = summary["net_profits"]
    lanes = list(next(iter(rows.values())))
    if len(lanes) < 3:
        return None
    table = start_table("net profit by who shares a book")
    add_columns(table, lanes)
    for name, profits in rows.items():
        table.add_row(Text(name), *(money(profits[lane]) for lane in lanes))
    return table


def leaving_table(summary: Mapping[str, Any], width: int) -> Table | None:
    """
    Lay out what the others gain when a portfolio leaves.

    Parameters
    ----------
    summary : mapping
        `Comparison.summary`.
    width : int
        Columns of the terminal.

    Returns
    -------
    rich.table.Table or None
        Who leaves by who gains where that fits; else one row for each who leaves, those
        with the largest effects. None if nobody was left out.
    """
    leaving = summary["leave_one_out"]
    if not leaving:
        return None
    if len(summary["portfolios"]) <= SHOWN:
        matrix = _matrix(leaving, list(summary["portfolios"]))
        if fits(matrix, width):
            return matrix
    return _largest(leaving)


def _matrix(leaving: Mapping[str, Any], names: list[str]) -> Table:
    table = start_table("what the others gain when one leaves", "who leaves")
    add_columns(table, [*names, "all others"])
    for name, figures in leaving.items():
        others = figures["portfolios"]
        cells = (
            signed(others[other]["gain"]) if other in others else Text("")
            for other in names
        )
        table.add_row(Text(name), *cells, signed(figures["total"]["gain"]))
    return table


def _largest(leaving: Mapping[str, Any]) -> Table:
    table = start_table("what the others gain when one leaves", "who leaves")
    add_columns(table, ["others make\nwith it", "\nwithout it", "all others"])
    table.add_column("most of it", overflow="fold", vertical="bottom")

    def effect(figures: Mapping[str, Any]) -> float:
        return abs(float(figures["gain"] or 0.0))

    order = sorted(leaving, key=lambda name: -effect(leaving[name]["total"]))
    for name in order[:SHOWN]:
        others, total = leaving[name]["portfolios"], leaving[name]["total"]
        most = max(others, key=lambda other: effect(others[other]))
        table.add_row(
            Text(name),
            money(total["with"]),
            money(total["without"]),
            signed(total["gain"]),
            Text(f"{most} ").append_text(signed(others[most]["gain"])),
        )
    return table


def causes_table(summary: Mapping[str, Any], width: int) -> Table | None:
    """
    Lay out why sharing changed the net profit, portfolio by portfolio.

    Parameters
    ----------
    summary : mapping
        `Comparison.summary`.
    width : int
        Columns of the terminal.

    Returns
    -------
    rich.table.Table or None
        One row for each portfolio, and the totals, with headings so narrow that names
        are not folded, if that is possible; None if nobody asked.
    """
    if not summary["causes"]:
        return None
    tables = [_causes(summary, letters) for letters in _HEADINGS]
    return next((table for table in tables if fits(table, width)), tables[-1])


def parts_table(summary: Mapping[str, Any]) -> Table | None:
    """
    Lay out through what each cause changed the net profit of all.

    Parameters
    ----------
    summary : mapping
        `Comparison.summary`.

    Returns
    -------
    rich.table.Table or None
        One row for each cause; None if nobody asked.
    """
    causes = summary["causes"]
    if not causes:
        return None
    table = start_table("what each cause changed, for all together", "cause")
    add_columns(table, ["prices", "quantities", "impact\ncharge", "fees", "in all"])
    for cause in causes:
        parts = ("prices", "quantities", "impact_charge", "fees", "net_profit")
        cells = (signed(cause["total"][part]) for part in parts)
        table.add_row(Text(cause["meaning"]), *cells)
    return table


def _causes(summary: Mapping[str, Any], letters: int) -> Table:
    """Lay out the causes below headings whose lines have so many letters."""
    causes = summary["causes"]
    table = start_table("difference by cause, switched on one after another")
    headings = (
        fill(cause["meaning"], letters, break_long_words=False) for cause in causes
    )
    add_columns(table, [*headings, "difference"])

    def row(name: str, effects: list[Any], whole: Mapping[str, Any]) -> list[Text]:
        gains = [effect["net_profit"] for effect in effects]
        return [Text(name), *map(signed, gains), signed(whole["difference"])]

    for name, figures in summary["portfolios"].items():
        effects = [cause["portfolios"][name] for cause in causes]
        table.add_row(*row(name, effects, figures["net_profit"]))
    table.add_section()
    effects = [cause["total"] for cause in causes]
    whole = row("all", effects, summary["totals"]["net_profit"])
    table.add_row(*whole, style="bold")
    return table
